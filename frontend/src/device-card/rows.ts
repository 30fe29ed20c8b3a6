/** Variables and events of a device, a line each. */

import { html, nothing, type TemplateResult } from "lit";

import { ageText, timeOf } from "../age";
import type { HomeAssistant } from "../hass";
import { text } from "../localize";
import type { LatestEvent, Variable } from "../snapshot";
import { onOffBand, sparkline, type Point } from "../sparkline";
import { shownValue } from "../values";

const DEFAULT_ICON = "mdi:variable";

export interface ShownVariable {
  hass: HomeAssistant;
  name: string;
  variable: Variable;
  /** Whether the value is what the device has now. */
  live: boolean;
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

const showMore = (entityId: string) => (event: Event) => {
  event.currentTarget?.dispatchEvent(
    new CustomEvent("hass-more-info", { detail: { entityId }, bubbles: true, composed: true }),
  );
};

/** Return a line, which opens the entity's dialog if there is an entity. */
const line = (shown: ShownVariable, kind: string, content: TemplateResult): TemplateResult => {
  const { variable, live } = shown;
  const classes = `${kind} ${live ? "" : "stale"}`;
  return variable.entity_id !== undefined && variable.entity_id in shown.hass.states
    ? html`<button class=${classes} @click=${showMore(variable.entity_id)}>${content}</button>`
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
        <span class="say secondary"><span class="ellipsis">${ageOf(shown)}</span></span>
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
      <span class="say secondary"><span class="ellipsis">${ageOf(shown)}</span></span>`,
  );

/** Return an event as a row: its name, what it said and when. */
export const eventRow = (
  hass: HomeAssistant,
  name: string,
  event: LatestEvent,
  now: number,
): TemplateResult => {
  const receivedAt = timeOf(event.received_at);
  return html`<div class="event">
    <span class="who">
      <span class="ellipsis"><bdi>${name}</bdi></span>
      ${
        event.data
          ? html`<span class="say secondary"
              ><span class="ellipsis"><bdi>${event.data}</bdi>${event.cut ? "…" : ""}</span></span
            >`
          : nothing
      }
    </span>
    <span class="say secondary"
      >${receivedAt === undefined ? nothing : ageText(receivedAt, now, hass.locale.language)}</span
    >
  </div>`;
};
