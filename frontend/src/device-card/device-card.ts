/** The content of `particle-device-card`: one device. */

import "../shared";
import "../shared-by-devices";

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { timeOf } from "../age";
import type { CardModule } from "../card";
import { Clock, present } from "../clock";
import { Content, type Later } from "../content";
import { deviceStyles } from "../device-styles";
import { Feed } from "../feed";
import { freshness, mark, Ripple } from "../freshness";
import { deviceName, type DeviceEntry } from "../hass";
import { header } from "../header";
import { History } from "../history";
import { formatMomentExactly } from "../locale";
import { define } from "../registry";
import type { Snapshot, Variable } from "../snapshot";
import { flashStep, flashStepText, lookOf, statusText } from "../status";
import { sharedStyles } from "../styles";
import { chosenNames, hoursOf, type DeviceCardConfig } from "./config";
import type { DetailedCard, Details } from "./details";
import { isMeasured, variableHero, variableRow, type ShownVariable } from "./rows";
import { deviceCardStyles } from "./styles";

const MAX_VARIABLES = 8;
const MAX_HEROES = 2;
const ICON = "mdi:developer-board";

class DeviceCardContent extends Content implements DetailedCard {
  static override styles = [sharedStyles, deviceStyles, deviceCardStyles];

  protected readonly section = "device_card";

  declare config: DeviceCardConfig;

  showsAll = false;
  functionNames: string[] = [];

  #details: Details | undefined;

  readonly #feed = new Feed<Snapshot>(this, () =>
    this.config.device_id
      ? { type: "particle/device/subscribe", device_id: this.config.device_id }
      : undefined,
  );
  readonly #history = new History(
    this,
    () => this.#trendIds(),
    () => hoursOf(this.config),
  );

  constructor() {
    super();
    new Clock(this);
    new Ripple(this, () => this.#feed.object?.status.heard_at);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("config");
    if (before && before.device_id !== this.config.device_id) {
      this.#details?.clear();
      this.showsAll = false;
    }
  }

  protected override updated(): void {
    if (this.#feed.object && !this.config.compact) {
      void this.loadLater();
    }
  }

  protected override addLater({ Details, detailsStyles }: Later): void {
    this.addStyles(detailsStyles);
    this.#details = new Details(this);
  }

  protected override render(): TemplateResult {
    const { device_id: deviceId } = this.config;
    if (!deviceId) {
      return this.note(this.sayShared("choose_device"), "mdi:cursor-default-click-outline");
    }
    const { object: snapshot, error } = this.#feed;
    if (error?.code === "unauthorized") {
      return this.note(this.sayShared("not_allowed"), "mdi:lock-outline");
    }
    if (!this.hass.devices[deviceId] || snapshot?.status.state === "gone") {
      return this.note(this.sayShared("device_gone"));
    }
    if (!snapshot) {
      return error ? this.note(this.sayShared("not_loaded")) : this.loading();
    }
    return this.config.compact ? this.#compact(snapshot) : this.#full(snapshot);
  }

  get href(): string | undefined {
    return this.hass.user?.is_admin
      ? `/config/devices/device/${this.config.device_id ?? ""}`
      : undefined;
  }

  /** Whether what is shown may be what is. */
  #isLive({ status }: Snapshot): boolean {
    return this.#feed.live && status.state === "online" && status.answering !== false;
  }

  #header(snapshot: Snapshot): TemplateResult {
    const { status } = snapshot;
    const device = this.hass.devices[this.config.device_id ?? ""];
    const look = lookOf(status, this.#feed.live);
    return header({
      icon: ICON,
      badge: look.badge,
      tone: look.tone,
      name: this.#name(device),
      state: this.#feed.live
        ? statusText(this.hass, status, present(), this.config.compact)
        : this.sayShared(this.#feed.problem),
      mark: this.#isLive(snapshot)
        ? mark(freshness(timeOf(status.heard_at), present()))
        : undefined,
      href: this.config.navigation_path ?? this.href,
    });
  }

  #name(device: DeviceEntry | undefined): string {
    const chosen = this.config.name?.trim() ?? "";
    return chosen !== "" || !device ? chosen : deviceName(device);
  }

  #compact(snapshot: Snapshot): TemplateResult {
    const [first] = this.#variables(snapshot);
    this.entityIds = first?.variable.entity_id === undefined ? [] : [first.variable.entity_id];
    return html`<ha-card class="compact ${this.#isLive(snapshot) ? "" : "stale"}">
      ${this.#header(snapshot)} ${first ? variableHero({ ...first, brief: true }) : nothing}
    </ha-card>`;
  }

  #full(snapshot: Snapshot): TemplateResult {
    const details = this.#details;
    const feed = this.#feed;
    const { status, variables, functions, events } = snapshot;
    const others = details?.others(snapshot) ?? [];
    this.entityIds = [
      ...Object.values(variables ?? {}).flatMap(({ entity_id: id }) => id ?? []),
      ...others,
    ];
    this.functionNames = chosenNames(this.config.functions, Object.keys(functions ?? {}));
    const hasEvents = !this.config.hide_events && Object.keys(events ?? {}).length > 0;
    const isEmpty =
      variables && !Object.keys(variables).length && !Object.keys(functions ?? {}).length;
    return html`<ha-card class=${this.#isLive(snapshot) ? "" : "stale"}>
      ${this.#header(snapshot)}
      <div class="body ${this.functionNames.length || hasEvents ? "columns" : ""}">
        <div>
          ${this.#progress(snapshot)}
          ${
            status.state === "safe_mode" && feed.live
              ? html`<div class="note attention">
                  <ha-icon .icon=${"mdi:alert-outline"}></ha-icon>
                  <div>
                    <p>${this.say("safe_mode")}</p>
                    <p>${this.say("safe_mode_help")}</p>
                  </div>
                </div>`
              : nothing
          }
          ${this.#variableList(snapshot)} ${details?.entities(others, snapshot)}
          ${isEmpty ? this.#empty(status.state === "online") : nothing}
        </div>
        <div>
          ${details?.functions(snapshot, feed.live ? undefined : this.sayShared(feed.problem))}
          ${details?.events(snapshot)}
        </div>
      </div>
      ${snapshot.device && details?.foot(snapshot)}
    </ha-card>`;
  }

  #progress({ status }: Snapshot): TemplateResult | typeof nothing {
    const { flash_step: step } = status;
    if (status.state !== "updating" || step === undefined || !this.#feed.live) {
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

  #empty(isOnline: boolean): TemplateResult {
    return html`<div class="empty">
      <ha-icon .icon=${"mdi:code-braces"}></ha-icon>
      <b>${this.say("empty")}</b>
      <p>${this.say(isOnline ? "empty_help" : "empty_offline")}</p>
    </div>`;
  }

  #names(snapshot: Snapshot): string[] {
    return chosenNames(this.config.variables, Object.keys(snapshot.variables ?? {}));
  }

  /** Return the variables in the order in which they are shown. */
  #variables(snapshot: Snapshot): ShownVariable[] {
    const isLive = this.#isLive(snapshot);
    const now = present();
    return this.#names(snapshot).flatMap((name) => {
      const variable = snapshot.variables?.[name];
      return variable
        ? [
            {
              hass: this.hass,
              name,
              variable,
              live: isLive && variable.live,
              differs: isLive && !variable.live,
              points: variable.entity_id ? this.#history.of(variable.entity_id) : [],
              hours: hoursOf(this.config),
              now,
            },
          ]
        : [];
    });
  }

  #variableList(snapshot: Snapshot): TemplateResult | typeof nothing {
    const all = this.#variables(snapshot);
    if (!all.length) {
      return nothing;
    }
    const isLimited = !this.showsAll && !this.config.variables?.length;
    const shown = isLimited ? all.slice(0, MAX_VARIABLES) : all;
    const heroes = shown.filter(({ variable }) => isMeasured(variable)).slice(0, MAX_HEROES);
    const rows = shown.filter((variable) => !heroes.includes(variable));
    const title = this.#isLive(snapshot)
      ? undefined
      : lastRead(all.map(({ variable }) => variable));
    return html`${
      title === undefined
        ? nothing
        : html`<h3 class="part">
            ${this.say("last_values", { time: formatMomentExactly(this.hass, title, present()) })}
          </h3>`
    }
    ${heroes.length ? html`<div class="heroes">${heroes.map(variableHero)}</div>` : nothing}
    ${rows.map(variableRow)}
    ${all.length > MAX_VARIABLES && !this.config.variables?.length ? this.showAll(all.length) : nothing}`;
  }

  showAll(number: number): TemplateResult {
    return html`<button
      class="button plain all"
      aria-expanded=${this.showsAll}
      @click=${() => {
        this.showsAll = !this.showsAll;
        this.requestUpdate();
      }}
    >
      ${this.showsAll ? this.say("show_fewer") : this.say("show_all", { number: String(number) })}
    </button>`;
  }

  /** Return the entities whose trends are shown. */
  #trendIds(): string[] {
    const snapshot = this.#feed.object;
    if (!snapshot) {
      return [];
    }
    const shown = this.config.compact
      ? this.#names(snapshot).slice(0, 1)
      : this.#names(snapshot).slice(0, this.showsAll ? undefined : MAX_VARIABLES);
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
