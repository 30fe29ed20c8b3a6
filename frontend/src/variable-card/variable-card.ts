/** The content of `particle-variable-card`: one variable, large. */

import "../shared";
import "../shared-by-devices";

import { html, nothing, type TemplateResult } from "lit";

import { ageText, timeOf } from "../age";
import type { CardModule } from "../card";
import { Clock, present } from "../clock";
import { Content, type Later } from "../content";
import { deviceStyles } from "../device-styles";
import { Feed } from "../feed";
import { freshness, mark, Ripple } from "../freshness";
import { deviceName } from "../hass";
import { header } from "../header";
import { History } from "../history";
import { formatNumber } from "../locale";
import { showMoreInfo } from "../navigation";
import { define } from "../registry";
import type { Snapshot, Variable } from "../snapshot";
import { lookOf, statusText } from "../status";
import { sharedStyles } from "../styles";
import { shownValue } from "../values";
import { Chart } from "./chart";
import type { Reading } from "./reading";
import { variableStyles } from "./styles";
import { colorOf, reached, type Threshold } from "./thresholds";
import { changeInLastHour } from "./trend";
import { WINDOWS } from "./windows";

class VariableCardContent extends Content {
  static override styles = [sharedStyles, deviceStyles, variableStyles];

  protected readonly section = "variable_card";

  #chosenHours: number | undefined;
  #reading: Reading | undefined;

  readonly #feed = new Feed<Snapshot>(this, () => {
    const deviceId = this.#deviceId;
    return deviceId === undefined
      ? undefined
      : { type: "particle/device/subscribe", device_id: deviceId };
  });
  readonly #history = new History(
    this,
    () => [this.#entityId].filter((id) => id !== ""),
    () => 2,
  );
  readonly #chart = new Chart(this);

  constructor() {
    super();
    new Clock(this);
    new Ripple(this, () => this.#variable?.read_at);
  }

  get #entityId(): string {
    const { entity } = this.config;
    return typeof entity === "string" ? entity : "";
  }

  get #deviceId(): string | undefined {
    return this.hass.entities[this.#entityId]?.device_id;
  }

  get #hours(): number {
    const { hours_to_show: hours } = this.config;
    return this.#chosenHours ?? (typeof hours === "number" ? hours : 24);
  }

  protected override updated(): void {
    if (this.#feed.object) {
      void this.loadLater();
    }
  }

  protected override addLater({ Reading: ReadingNow }: Later): void {
    this.#reading = new ReadingNow(this);
  }

  protected override render(): TemplateResult {
    this.entityIds = [this.#entityId];
    if (!this.#entityId) {
      return this.note(this.say("choose"));
    }
    if (this.#deviceId === undefined) {
      return this.note(this.say("missing", { entity: this.#entityId }));
    }
    const snapshot = this.#feed.object;
    if (!snapshot) {
      const { error } = this.#feed;
      return error
        ? this.note(
            this.sayShared(error.code === "unauthorized" ? "not_allowed" : this.#feed.problem),
          )
        : this.loading();
    }
    const found = Object.entries(snapshot.variables ?? {}).find(
      ([, { entity_id: entityId }]) => entityId === this.#entityId,
    );
    return found
      ? this.#card(snapshot, ...found)
      : this.note(
          snapshot.variables
            ? this.say("no_variable", { entity: this.#entityId })
            : statusText(this.hass, snapshot.status, present()),
        );
  }

  #card(snapshot: Snapshot, name: string, variable: Variable): TemplateResult {
    const now = present();
    const isLive = this.#feed.live && variable.live;
    const { status } = snapshot;
    const look = lookOf(status, this.#feed.live);
    const device = this.hass.devices[this.#deviceId ?? ""];
    const state = this.#feed.live
      ? status.state === "online" && status.answering !== false
        ? ""
        : ` · ${statusText(this.hass, status, now)}`
      : ` · ${this.sayShared(this.#feed.problem)}`;
    const { name: configured } = this.config;
    const title = typeof configured === "string" && configured ? configured : name;
    const named = device ? deviceName(device) : "";
    return html`<ha-card class=${isLive ? "" : "stale"}>
      ${header({
        icon: variable.icon ?? "mdi:variable",
        badge: look.badge,
        tone: look.tone,
        name: title,
        state: html`<bdi>${named}</bdi>${state}`,
        action: () => {
          showMoreInfo(this, this.#entityId);
        },
      })}
      ${this.#value(variable, isLive, now)} ${this.#windows()} ${this.#foot(snapshot, name)}
    </ha-card>`;
  }

  #value(variable: Variable, isLive: boolean, now: number): TemplateResult {
    const shown = shownValue(this.hass, variable);
    const number = typeof variable.value === "number" ? variable.value : undefined;
    const { thresholds } = this.config;
    const limit = reached(number, Array.isArray(thresholds) ? (thresholds as Threshold[]) : []);
    const readAt = timeOf(variable.read_at);
    return html`<div class="hero">
      <div class="figure">
        <span class="number value">${shown ? shown.text : "–"}</span>
        ${shown?.unit ? html`<span class="unit value">${shown.unit}</span>` : nothing}
      </div>
      <div class="beside say">
        ${
          limit
            ? html`<ha-icon .icon=${"mdi:alert"} style="color:${colorOf(limit)}"></ha-icon>
                <bdi>${limit.label ?? this.say("beyond")}</bdi>`
            : this.#change(isLive, shown?.unit, now)
        }
      </div>
      <div class="say secondary age">
        ${mark(isLive ? freshness(readAt, now) : 0)}
        ${
          readAt === undefined
            ? this.say("never_read")
            : html`${ageText(readAt, now, this.hass.locale.language)}${
                variable.source ? ` · ${this.sayShared(`source_${variable.source}`)}` : ""
              }`
        }
      </div>
    </div>`;
  }

  /** Say how a live number has changed within the last hour. */
  #change(isLive: boolean, unit: string | undefined, now: number): TemplateResult | typeof nothing {
    const change = isLive ? changeInLastHour(this.#history.of(this.#entityId), now) : undefined;
    if (change === undefined) {
      return nothing;
    }
    const icon =
      change > 0 ? "mdi:trending-up" : change < 0 ? "mdi:trending-down" : "mdi:trending-neutral";
    const by = `${formatNumber(this.hass, Math.abs(change))}${unit ? ` ${unit}` : ""}`;
    const key = change > 0 ? "up" : change < 0 ? "down" : "unchanged";
    return html`<ha-icon .icon=${icon}></ha-icon> ${this.say(key, { change: by })}`;
  }

  #windows(): TemplateResult {
    const isNumber = typeof this.#variable?.value === "number";
    return html`<div class="chart">${this.#chart.of(this.#entityId, this.#hours, isNumber)}</div>
      <div class="windows" role="group" aria-label=${this.say("window")}>
        ${WINDOWS.map(
          ([hours, key]) =>
            html`<button
              class="chip"
              aria-pressed=${hours === this.#hours ? "true" : "false"}
              @click=${(): void => {
                this.#chosenHours = hours;
                this.requestUpdate();
              }}
            >
              ${this.say(key)}
            </button>`,
        )}
      </div>`;
  }

  get #variable(): Variable | undefined {
    return Object.values(this.#feed.object?.variables ?? {}).find(
      ({ entity_id: entityId }) => entityId === this.#entityId,
    );
  }

  #foot({ access, status }: Snapshot, name: string): TemplateResult | typeof nothing {
    if (!access?.control || this.config["read_now"] === false) {
      return nothing;
    }
    const { isRunning = false, failure } = this.#reading ?? {};
    const isReachable =
      this.#feed.live && (status.state === "online" || status.state === "updating");
    return html`
      ${
        failure === undefined
          ? nothing
          : html`<div class="note error" role="alert">
              <ha-icon .icon=${"mdi:alert-circle-outline"}></ha-icon>
              <p>${failure || this.say("read_failed")}</p>
            </div>`
      }
      <div class="foot">
        <span class="secondary" aria-live="polite">
          ${isRunning ? this.say("reading") : this.say(isReachable ? "cost" : "later")}
        </span>
        <button
          class="button strong"
          aria-busy=${isRunning ? "true" : "false"}
          ?disabled=${isRunning || !isReachable || !this.#reading}
          @click=${(): void => {
            void this.#reading?.run(this.#deviceId ?? "", name);
          }}
        >
          ${isRunning ? html`<span class="spinner"></span>` : this.say("read_now")}
        </button>
      </div>
    `;
  }
}

define("particle-variable-card-content", VariableCardContent);

export const createContent: CardModule["createContent"] = () => new VariableCardContent();
