/** An event in one or two lines: name, device, the first values, time. */

import { html, nothing, type TemplateResult } from "lit";

import { deviceName, type HomeAssistant } from "../hass";
import { text } from "../localize";
import type { LogEvent } from "./event";
import { splitMatches } from "./filter";
import { firstPairs } from "./json";
import { readPayload } from "./payload";
import { formatEventTime } from "./times";

/** What fits into a line, whatever its width. */
const MAX_PAIRS = 12;
const MAX_TEXT = 300;

type Summary = TemplateResult | symbol;

export const marked = (content: string, wanted: string): unknown =>
  wanted
    ? splitMatches(content, wanted).map((part, index) =>
        index % 2 ? html`<mark>${part}</mark>` : part,
      )
    : content;

const cut = (content: string): string =>
  content.length > MAX_TEXT ? `${content.slice(0, MAX_TEXT)}…` : content;

export const formatBytes = (hass: HomeAssistant, bytes: number): string =>
  new Intl.NumberFormat(hass.locale.language, {
    style: "unit",
    unit: "byte",
    unitDisplay: "long",
  }).format(bytes);

const summary = (hass: HomeAssistant, { data }: LogEvent, wanted: string): Summary => {
  const payload = readPayload(data);
  switch (payload.kind) {
    case "none":
      return nothing;
    case "text":
      return html`<bdi class="value">${marked(cut(payload.text), wanted)}</bdi>`;
    case "binary":
      return html`${text(hass.localize, "events_card.binary", {
        size: formatBytes(hass, payload.bytes),
      })}`;
    case "json":
      return html`${firstPairs(payload.text, MAX_PAIRS).map(
        ({ key, value }) =>
          html`<span class="pair"
            >${key === undefined ? nothing : html`<bdi>${marked(cut(key), wanted)}</bdi> `}<bdi
              class="value"
              >${marked(cut(value), wanted)}</bdi
            ></span
          > `,
      )}`;
  }
};

/** Return where an event came from, as people call it. */
export const senderName = (hass: HomeAssistant, event: LogEvent): string => {
  const device = event.device_id === null ? undefined : hass.devices[event.device_id];
  if (device) {
    return deviceName(device);
  }
  return text(
    hass.localize,
    `events_card.${event.device_id === null ? "cloud" : "unknown_device"}`,
  );
};

/** Events are drawn again and again while they move down; what they say does not change. */
const summaries = new WeakMap<LogEvent, { wanted: string; summary: Summary }>();

const keptSummary = (hass: HomeAssistant, event: LogEvent, wanted: string): Summary => {
  const known = summaries.get(event);
  if (known?.wanted === wanted) {
    return known.summary;
  }
  const made = { wanted, summary: summary(hass, event, wanted) };
  summaries.set(event, made);
  return made.summary;
};

export const eventRow = (
  hass: HomeAssistant,
  event: LogEvent,
  time: number,
  now: number,
  wanted: string,
): TemplateResult =>
  html`<span class="event ellipsis"><bdi>${marked(cut(event.event), wanted)}</bdi></span
    ><time datetime=${event.received_at}>${formatEventTime(hass, time, now)}</time
    ><span class="what ellipsis"
      ><bdi>${senderName(hass, event)}</bdi>${event.data || event.replayed ? " · " : nothing}${
        event.replayed
          ? html`<span class="tag">${text(hass.localize, "events_card.replayed")}</span> `
          : nothing
      }${keptSummary(hass, event, wanted)}</span
    >`;
