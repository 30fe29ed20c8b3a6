/** The content of `particle-device-card`: one device. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { timeOf } from "../age";
import type { CardContent, CardModule } from "../card";
import { Clock } from "../clock";
import { Feed } from "../feed";
import { deviceName, type DeviceEntry, type HomeAssistant } from "../hass";
import { header } from "../header";
import { History } from "../history";
import { formatMomentExactly } from "../locale";
import { text } from "../localize";
import { define } from "../registry";
import type { Snapshot, Variable } from "../snapshot";
import { DISCONNECTED, flashStep, flashStepText, LOOKS, statusText } from "../status";
import { sharedStyles } from "../styles";
import {
  chosenNames,
  configForm,
  hoursOf,
  rememberNames,
  stubConfig,
  type DeviceCardConfig,
} from "./config";
import { EntityTiles, otherEntities } from "./entities";
import { foot } from "./foot";
import { functionRow } from "./function-row";
import { FunctionCalls } from "./functions";
import { eventRow, isMeasured, variableHero, variableRow, type ShownVariable } from "./rows";
import { deviceCardStyles } from "./styles";

const MAX_VARIABLES = 8;
const MAX_FUNCTIONS = 5;
const MAX_HEROES = 2;
const ICON = "mdi:developer-board";

class DeviceCardContent extends LitElement implements CardContent {
  static override styles = [sharedStyles, deviceCardStyles];

  @property({ attribute: false }) config!: DeviceCardConfig;
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ type: Boolean }) preview = false;

  @state() private showsAll = false;

  private readonly feed = new Feed<Snapshot>(this, () =>
    this.config.device_id
      ? { type: "particle/device/subscribe", device_id: this.config.device_id }
      : undefined,
  );
  private readonly history = new History(
    this,
    () => this.trendIds(),
    () => hoursOf(this.config),
  );
  private readonly calls = new FunctionCalls(this, () => ({
    deviceId: this.config.device_id ?? "",
    confirm: this.config.confirm_functions ?? false,
  }));
  private readonly tiles = new EntityTiles(this);

  constructor() {
    super();
    new Clock(this);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("config");
    if (before && before.device_id !== this.config.device_id) {
      this.calls.clear();
      this.showsAll = false;
    }
  }

  protected override render(): TemplateResult {
    const { device_id: deviceId } = this.config;
    if (!deviceId) {
      return this.note("choose_device", "mdi:cursor-default-click-outline");
    }
    const { object: snapshot, error } = this.feed;
    if (error?.code === "unauthorized") {
      return this.note("not_allowed", "mdi:lock-outline");
    }
    if (!this.hass.devices[deviceId] || snapshot?.status.state === "gone") {
      return this.note("device_gone", "mdi:alert-outline");
    }
    if (!snapshot) {
      return error ? this.note("not_loaded", "mdi:alert-outline") : this.loading();
    }
    rememberNames(Object.keys(snapshot.variables ?? {}), Object.keys(snapshot.functions ?? {}));
    return this.config.compact ? this.compact(snapshot) : this.full(snapshot);
  }

  private say(key: string, values?: Record<string, string>): string {
    return text(this.hass.localize, `device_card.${key}`, values);
  }

  private note(key: string, icon: string): TemplateResult {
    return html`<ha-card>
      <div class="note attention" role="status">
        <ha-icon .icon=${icon}></ha-icon>
        <p>${text(this.hass.localize, `cards.${key}`)}</p>
      </div>
    </ha-card>`;
  }

  private loading(): TemplateResult {
    return html`<ha-card aria-busy="true">
      <div class="skeleton" role="status">
        <span></span><span></span>
        <p class="visually-hidden">${text(this.hass.localize, "cards.loading")}</p>
      </div>
    </ha-card>`;
  }

  private get href(): string | undefined {
    return this.hass.user?.is_admin
      ? `/config/devices/device/${this.config.device_id ?? ""}`
      : undefined;
  }

  /** Whether what is shown may be what is. */
  private isLive({ status }: Snapshot): boolean {
    return this.feed.live && status.state === "online";
  }

  private header(snapshot: Snapshot): TemplateResult {
    const { status } = snapshot;
    const device = this.hass.devices[this.config.device_id ?? ""];
    const look = this.feed.live ? LOOKS[status.state] : DISCONNECTED;
    return header({
      icon: ICON,
      badge: look.badge,
      tone: look.tone,
      name: this.name(device),
      state: this.feed.live
        ? statusText(this.hass, status, Date.now(), this.config.compact)
        : text(this.hass.localize, "cards.disconnected"),
      fresh: this.isLive(snapshot) && status.answering !== false,
      href: this.href,
    });
  }

  private name(device: DeviceEntry | undefined): string {
    const chosen = this.config.name?.trim() ?? "";
    return chosen !== "" || !device ? chosen : deviceName(device);
  }

  private compact(snapshot: Snapshot): TemplateResult {
    const [first] = this.variables(snapshot);
    return html`<ha-card class="compact ${this.isLive(snapshot) ? "" : "stale"}">
      ${this.header(snapshot)} ${first ? variableHero({ ...first, brief: true }) : nothing}
    </ha-card>`;
  }

  private full(snapshot: Snapshot): TemplateResult {
    const { status } = snapshot;
    const others = this.others(snapshot);
    const left = [
      this.progress(snapshot),
      status.state === "safe_mode" && this.feed.live
        ? html`<div class="note attention">
            <ha-icon .icon=${"mdi:alert-outline"}></ha-icon>
            <div>
              <p>${this.say("safe_mode")}</p>
              <p>${this.say("safe_mode_help")}</p>
            </div>
          </div>`
        : nothing,
      this.variableList(snapshot),
      others,
    ];
    const right = [this.functionList(snapshot), this.eventList(snapshot)];
    const isEmpty =
      snapshot.variables &&
      !Object.keys(snapshot.variables).length &&
      !Object.keys(snapshot.functions ?? {}).length;
    return html`<ha-card class=${this.isLive(snapshot) ? "" : "stale"}>
      ${this.header(snapshot)}
      <div class="body ${right.some((part) => part !== nothing) ? "columns" : ""}">
        <div>${left}${isEmpty ? this.empty(status.state === "online") : nothing}</div>
        <div>${right}</div>
      </div>
      ${foot(this.hass, snapshot, this.href)}
    </ha-card>`;
  }

  private progress({ status }: Snapshot): TemplateResult | typeof nothing {
    const { flash_step: step } = status;
    if (status.state !== "updating" || step === undefined || !this.feed.live) {
      return nothing;
    }
    const current = flashStep(step);
    return html`<div class="steps" aria-hidden="true">
        ${[1, 2, 3].map(
          (number) =>
            html`<span
              class=${number < current ? "done" : number === current ? "current" : ""}
            ></span>`,
        )}
      </div>
      <p class="sentence" role="status">${flashStepText(this.hass, step)}</p>`;
  }

  private empty(isOnline: boolean): TemplateResult {
    return html`<div class="empty">
      <ha-icon .icon=${"mdi:code-braces"}></ha-icon>
      <b>${this.say("empty")}</b>
      <p>${this.say(isOnline ? "empty_help" : "empty_offline")}</p>
    </div>`;
  }

  private names(snapshot: Snapshot): string[] {
    return chosenNames(this.config.variables, Object.keys(snapshot.variables ?? {}));
  }

  /** Return the variables in the order in which they are shown. */
  private variables(snapshot: Snapshot): ShownVariable[] {
    const isLive = this.isLive(snapshot);
    const now = Date.now();
    return this.names(snapshot).flatMap((name) => {
      const variable = snapshot.variables?.[name];
      return variable
        ? [
            {
              hass: this.hass,
              name,
              variable,
              live: isLive && variable.live,
              points: variable.entity_id ? this.history.of(variable.entity_id) : [],
              hours: hoursOf(this.config),
              now,
            },
          ]
        : [];
    });
  }

  private variableList(snapshot: Snapshot): TemplateResult | typeof nothing {
    const all = this.variables(snapshot);
    if (!all.length) {
      return nothing;
    }
    const isLimited = !this.showsAll && !this.config.variables?.length;
    const shown = isLimited ? all.slice(0, MAX_VARIABLES) : all;
    const heroes = shown.filter(({ variable }) => isMeasured(variable)).slice(0, MAX_HEROES);
    const rows = shown.filter((variable) => !heroes.includes(variable));
    const title = this.isLive(snapshot) ? undefined : lastRead(all.map(({ variable }) => variable));
    return html`${
      title === undefined
        ? nothing
        : html`<h3 class="part">
            ${this.say("last_values", { time: formatMomentExactly(this.hass, title, Date.now()) })}
          </h3>`
    }
    ${heroes.length ? html`<div class="heroes">${heroes.map(variableHero)}</div>` : nothing}
    ${repeat(rows, ({ name }) => name, variableRow)}
    ${all.length > MAX_VARIABLES && !this.config.variables?.length ? this.showAll(all.length) : nothing}`;
  }

  private showAll(number: number): TemplateResult {
    return html`<button
      class="button plain all"
      aria-expanded=${this.showsAll}
      @click=${() => {
        this.showsAll = !this.showsAll;
      }}
    >
      ${this.showsAll ? this.say("show_fewer") : this.say("show_all", { number: String(number) })}
    </button>`;
  }

  private others(snapshot: Snapshot): TemplateResult | typeof nothing {
    const { device_id: deviceId } = this.config;
    if (!deviceId || !snapshot.variables) {
      return nothing;
    }
    const ids = otherEntities(this.hass, deviceId, snapshot);
    const tiles = this.tiles.of(ids, snapshot.access?.control ?? false);
    return tiles.length ? html`<div class="tiles">${tiles}</div>` : nothing;
  }

  /** Return why no function can be called now; undefined if they can. */
  private blocked({ status }: Snapshot): string | undefined {
    if (!this.feed.live) {
      return text(this.hass.localize, "cards.disconnected");
    }
    switch (status.state) {
      case "online":
        return undefined;
      case "asleep":
        return this.say("when_awake");
      case "updating":
        return this.say("when_updated");
      case "safe_mode":
        return this.say("when_firmware_runs");
      case "cloud_lost":
      case "not_permitted":
        return text(this.hass.localize, `cards.${status.state}`);
      default:
        return this.say("when_online");
    }
  }

  private functionList(snapshot: Snapshot): TemplateResult | typeof nothing {
    const functions = snapshot.functions ?? {};
    const names = chosenNames(this.config.functions, Object.keys(functions));
    if (!names.length) {
      return nothing;
    }
    const control = snapshot.access?.control ?? false;
    const blocked = this.blocked(snapshot);
    const now = Date.now();
    const shown =
      this.showsAll || this.config.functions?.length ? names : names.slice(0, MAX_FUNCTIONS);
    return html`<h3 class="part">
        ${this.say("functions")}${control ? ` · ${blocked ?? this.say("cost_each")}` : ""}
      </h3>
      ${repeat(
        shown,
        (name) => name,
        (name) =>
          functionRow({
            hass: this.hass,
            name,
            last: functions[name] ?? {},
            calls: this.calls,
            isBlocked: blocked !== undefined || this.preview,
            control,
            now,
          }),
      )}
      ${
        names.length > MAX_FUNCTIONS && !this.config.functions?.length
          ? this.showAll(names.length)
          : nothing
      }
      ${control ? nothing : html`<p class="sentence">${this.say("no_control")}</p>`}`;
  }

  private eventList({ events }: Snapshot): TemplateResult | typeof nothing {
    const newest = Object.entries(events ?? {}).sort(
      ([, one], [, other]) => (timeOf(other.received_at) ?? 0) - (timeOf(one.received_at) ?? 0),
    );
    if (this.config.hide_events || !newest.length) {
      return nothing;
    }
    const now = Date.now();
    return html`<h3 class="part">${this.say("events")}</h3>
      ${repeat(
        newest,
        ([name]) => name,
        ([name, event]) => eventRow(this.hass, name, event, now),
      )}`;
  }

  /** Return the entities whose trends are shown. */
  private trendIds(): string[] {
    const snapshot = this.feed.object;
    if (!snapshot) {
      return [];
    }
    const shown = this.config.compact
      ? this.names(snapshot).slice(0, 1)
      : this.names(snapshot).slice(0, this.showsAll ? undefined : MAX_VARIABLES);
    return shown.flatMap((name) => {
      const variable = snapshot.variables?.[name];
      return variable?.entity_id && variable.type !== "string" ? [variable.entity_id] : [];
    });
  }
}

/** Return when the newest of some values was read. */
const lastRead = (variables: Variable[]): number | undefined => {
  const times = variables.flatMap(({ read_at: readAt }) => timeOf(readAt) ?? []);
  return times.length ? Math.max(...times) : undefined;
};

define("particle-device-card-content", DeviceCardContent);

export const createContent: CardModule["createContent"] = () => new DeviceCardContent();

export { configForm, stubConfig };
