/** Variables of a device, a line each. */

import { html, nothing, type TemplateResult } from "lit";

import { ageText, timeOf } from "../age";
import { mark } from "../freshness";
import type { HomeAssistant } from "../hass";
import { text } from "../localize";
import { showMoreInfo } from "../navigation";
import type { Variable } from "../snapshot";
import { onOffBand, sparkline, type Point } from "../sparkline";
import { shownValue } from "../values";

const DEFAULT_ICON = "mdi:variable";

export interface ShownVariable {
  hass: HomeAssistant;
  name: string;
  variable: Variable;
  /** Whether the value is what the device has now. */
  live: boolean;
  /** Whether it is old although the device is not. */
  differs: boolean;
  points: readonly Point[];
  hours: number;
  now: number;
  /** Leave out how the value came. */
  brief?: boolean;
}

const isOnOff = ({ variable }: ShownVariable): boolean => variable.type === "bool";

const isNumber = ({ type }: Variable): boolean => type === "int32" || type === "double";

/** Whether a variable is a number that is known, and so can be shown large. */
export const isMeasured = (variable: Variable): boolean =>
  isNumber(variable) && typeof variable.value === "number";

const iconOf = ({ hass, variable }: ShownVariable): string => {
  const icon = hass.states[variable.entity_id ?? ""]?.attributes["icon"];
  return typeof icon === "string" ? icon : (variable.icon ?? DEFAULT_ICON);
};

const valueOf = ({ hass, variable }: ShownVariable): TemplateResult => {
  const value = shownValue(hass, variable);
  const isText = typeof variable.value === "string";
  return html`<span class="value ellipsis"
    >${
      value
        ? html`<bdi dir=${isText ? "auto" : "ltr"}
            >${value.text}${
              value.unit === undefined ? nothing : html`<span class="unit">${value.unit}</span>`
            }</bdi
          >`
        : "—"
    }</span
  >`;
};

/** Return how old a value is, and how it came. */
const ageOf = ({ hass, variable, now, brief }: ShownVariable): string => {
  const readAt = timeOf(variable.read_at);
  if (readAt === undefined) {
    return text(hass.localize, "device_card.never_read");
  }
  const age = ageText(readAt, now, hass.locale.language);
  const source =
    !brief && variable.source && text(hass.localize, `cards.source_${variable.source}`);
  return source ? `${age} · ${source}` : age;
};

const trendOf = (shown: ShownVariable, height: number, area: boolean): unknown => {
  const { variable, points, hours, now, live } = shown;
  if (!isOnOff(shown) && !isNumber(variable)) {
    return nothing;
  }
  const draw = isOnOff(shown) ? onOffBand : sparkline;
  const knownUntil = live ? now : (timeOf(variable.read_at) ?? now);
  return draw(points, { now, hours, width: 200, height, knownUntil, area }) ?? nothing;
};

/** Return a line, which opens the entity's dialog if there is an entity. */
const line = (shown: ShownVariable, kind: string, content: TemplateResult): TemplateResult => {
  const { variable, live } = shown;
  const { entity_id: entityId } = variable;
  const classes = `${kind} ${live ? "" : "stale"}`;
  return entityId !== undefined && entityId in shown.hass.states
    ? html`<button
        class=${classes}
        @click=${({ currentTarget }: Event) => {
          showMoreInfo(currentTarget, entityId);
        }}
      >
        ${content}
      </button>`
    : html`<div class=${classes}>${content}</div>`;
};

/** Return the variable as a row. */
export const variableRow = (shown: ShownVariable): TemplateResult =>
  line(
    shown,
    "row",
    html`<ha-icon .icon=${iconOf(shown)}></ha-icon>
      <span class="who">
        <span class="name"><bdi>${shown.name}</bdi></span>
        <span class="say secondary"
          >${shown.differs ? mark(0) : nothing}<span class="ellipsis">${ageOf(shown)}</span></span
        >
      </span>
      ${trendOf(shown, 24, false)} ${valueOf(shown)}`,
  );

/** Return the variable large, with its trend under it. */
export const variableHero = (shown: ShownVariable): TemplateResult =>
  line(
    shown,
    "hero",
    html`<span class="label ellipsis"><bdi>${shown.name}</bdi></span>
      ${valueOf(shown)} ${trendOf(shown, 32, true)}
      <span class="say secondary"
        >${shown.differs ? mark(0) : nothing}<span class="ellipsis"
          >${shown.brief ? html`<bdi aria-hidden="true">${shown.name}</bdi> · ` : nothing}${ageOf(shown)}</span
        ></span
      >`,
  );
