/** The content of `particle-variable-card`: one variable, large. */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";

import { ageText, timeOf } from "../age";
import type { CardContent, CardModule } from "../card";
import { Clock } from "../clock";
import { Feed } from "../feed";
import { deviceName, type CardConfig, type HomeAssistant } from "../hass";
import { header } from "../header";
import { History } from "../history";
import { formatNumber } from "../locale";
import { text } from "../localize";
import { define } from "../registry";
import type { Snapshot, Variable } from "../snapshot";
import { DISCONNECTED, LOOKS, statusText } from "../status";
import { sharedStyles } from "../styles";
import { shownValue } from "../values";
import { Chart } from "./chart";
import { Reading } from "./reading";
import { variableStyles } from "./styles";
import { colorOf, reached, type Threshold } from "./thresholds";
import { changeInLastHour } from "./trend";

const WINDOWS: [hours: number, key: string][] = [
  [1, "1_h"],
  [24, "24_h"],
  [168, "7_d"],
];

class VariableCardContent extends LitElement implements CardContent {
  static override styles = [sharedStyles, variableStyles];

  @property({ attribute: false }) config!: CardConfig;
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ type: Boolean }) preview = false;

  @state() private chosenHours: number | undefined;

  private readonly feed = new Feed<Snapshot>(this, () => {
    const { deviceId } = this;
    return deviceId === undefined
      ? undefined
      : { type: "particle/device/subscribe", device_id: deviceId };
  });
  private readonly history = new History(
    this,
    () => [this.entityId].filter((id) => id !== ""),
    () => 2,
  );
  private readonly reading = new Reading(this);
  private readonly chart = new Chart();

  constructor() {
    super();
    new Clock(this);
  }

  private get entityId(): string {
    const { entity } = this.config;
    return typeof entity === "string" ? entity : "";
  }

  private get deviceId(): string | undefined {
    return this.hass.entities[this.entityId]?.device_id;
  }

  private get hours(): number {
    const { hours_to_show: hours } = this.config;
    return this.chosenHours ?? (typeof hours === "number" ? hours : 24);
  }

  private say(key: string, values?: Record<string, string>): string {
    return text(this.hass.localize, `variable_card.${key}`, values);
  }

  protected override render(): TemplateResult {
    if (!this.entityId) {
      return this.note(this.say("choose"));
    }
    if (this.deviceId === undefined) {
      return this.note(this.say("missing", { entity: this.entityId }));
    }
    const snapshot = this.feed.object;
    if (!snapshot) {
      return this.feed.error
        ? this.note(
            text(
              this.hass.localize,
              this.feed.error.code === "unauthorized" ? "cards.not_allowed" : "cards.disconnected",
            ),
          )
        : html`<ha-card aria-busy="true"
            ><span class="visually-hidden"
              >${text(this.hass.localize, "cards.loading")}</span
            ></ha-card
          >`;
    }
    const found = Object.entries(snapshot.variables ?? {}).find(
      ([, { entity_id: entityId }]) => entityId === this.entityId,
    );
    return found
      ? this.card(snapshot, ...found)
      : this.note(
          snapshot.variables
            ? this.say("no_variable", { entity: this.entityId })
            : statusText(this.hass, snapshot.status, Date.now()),
        );
  }

  private card(snapshot: Snapshot, name: string, variable: Variable): TemplateResult {
    const now = Date.now();
    const isLive = this.feed.live && variable.live;
    const { status } = snapshot;
    const look = this.feed.live ? LOOKS[status.state] : DISCONNECTED;
    const device = this.hass.devices[this.deviceId ?? ""];
    const state = this.feed.live
      ? status.state === "online"
        ? ""
        : ` · ${statusText(this.hass, status, now)}`
      : ` · ${text(this.hass.localize, "cards.disconnected")}`;
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
          this.moreInfo();
        },
      })}
      ${this.value(variable, isLive, now)} ${this.windows()} ${this.foot(snapshot, name)}
    </ha-card>`;
  }

  private value(variable: Variable, isLive: boolean, now: number): TemplateResult {
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
            ? html`<ha-icon
                  .icon=${"mdi:alert"}
                  style=${styleMap({ color: colorOf(limit) })}
                ></ha-icon>
                <bdi>${limit.label ?? this.say("beyond")}</bdi>`
            : this.change(isLive, shown?.unit, now)
        }
      </div>
      <div class="say secondary age">
        ${isLive ? html`<span class="disc"></span>` : nothing}
        ${
          readAt === undefined
            ? this.say("never_read")
            : html`${ageText(readAt, now, this.hass.locale.language)}${
                variable.source
                  ? ` · ${text(this.hass.localize, `cards.source_${variable.source}`)}`
                  : ""
              }`
        }
      </div>
    </div>`;
  }

  /** Say how a live number has changed within the last hour. */
  private change(
    isLive: boolean,
    unit: string | undefined,
    now: number,
  ): TemplateResult | typeof nothing {
    const change = isLive ? changeInLastHour(this.history.of(this.entityId), now) : undefined;
    if (change === undefined) {
      return nothing;
    }
    const icon =
      change > 0 ? "mdi:trending-up" : change < 0 ? "mdi:trending-down" : "mdi:trending-neutral";
    const by = `${formatNumber(this.hass, Math.abs(change))}${unit ? ` ${unit}` : ""}`;
    const key = change > 0 ? "up" : change < 0 ? "down" : "unchanged";
    return html`<ha-icon .icon=${icon}></ha-icon> ${this.say(key, { change: by })}`;
  }

  private windows(): TemplateResult {
    const isNumber = typeof this.variable?.value === "number";
    return html`<div class="chart">
        ${
          this.chart.of(this.hass, this.entityId, this.hours, isNumber, () => {
            this.requestUpdate();
          }) ?? nothing
        }
      </div>
      <div class="windows" role="group" aria-label=${this.say("window")}>
        ${WINDOWS.map(
          ([hours, key]) =>
            html`<button
              class="chip"
              aria-pressed=${hours === this.hours ? "true" : "false"}
              @click=${(): void => {
                this.chosenHours = hours;
              }}
            >
              ${this.say(key)}
            </button>`,
        )}
      </div>`;
  }

  private get variable(): Variable | undefined {
    return Object.values(this.feed.object?.variables ?? {}).find(
      ({ entity_id: entityId }) => entityId === this.entityId,
    );
  }

  private foot({ access, status }: Snapshot, name: string): TemplateResult | typeof nothing {
    if (!access?.control || this.config["read_now"] === false) {
      return nothing;
    }
    const { isRunning, failure } = this.reading;
    const isReachable =
      this.feed.live && (status.state === "online" || status.state === "updating");
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
          ?disabled=${isRunning || !isReachable}
          @click=${(): void => {
            void this.reading.run(this.deviceId ?? "", name);
          }}
        >
          ${isRunning ? html`<span class="spinner"></span>` : this.say("read_now")}
        </button>
      </div>
    `;
  }

  /** Open Home Assistant's own dialog of the entity. */
  private moreInfo(): void {
    this.dispatchEvent(
      new CustomEvent("hass-more-info", {
        detail: { entityId: this.entityId },
        bubbles: true,
        composed: true,
      }),
    );
  }

  private note(message: string): TemplateResult {
    return html`<ha-card
      ><div class="note attention">
        <ha-icon .icon=${"mdi:alert-outline"}></ha-icon>
        <p>${message}</p>
      </div></ha-card
    >`;
  }
}

define("particle-variable-card-content", VariableCardContent);

export const createContent: CardModule["createContent"] = () => new VariableCardContent();

export const configForm: CardModule["configForm"] = () => ({
  schema: [
    {
      name: "entity",
      required: true,
      selector: {
        entity: { filter: [{ integration: "particle", domain: ["sensor", "binary_sensor"] }] },
      },
    },
    { name: "name", selector: { text: {} } },
    {
      name: "hours_to_show",
      selector: {
        select: {
          mode: "dropdown",
          options: WINDOWS.map(([hours, key]) => ({ value: hours, label: key.replace("_", " ") })),
        },
      },
    },
    { name: "read_now", default: true, selector: { boolean: {} } },
    {
      name: "thresholds",
      selector: {
        object: {
          multiple: true,
          label_field: "label",
          fields: {
            above: { label: "> ", selector: { number: { mode: "box", step: "any" } } },
            below: { label: "< ", selector: { number: { mode: "box", step: "any" } } },
            label: { selector: { text: {} } },
            color: { selector: { ui_color: {} } },
          },
        },
      },
    },
  ],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
});

export const stubConfig: CardModule["stubConfig"] = (hass) => {
  const entity = Object.values(hass.entities).find(
    ({ entity_id: id, platform, entity_category: category, translation_key: key }) =>
      platform === "particle" && id.startsWith("sensor.") && !category && !key,
  );
  return { entity: entity?.entity_id ?? "", hours_to_show: 24 };
};
