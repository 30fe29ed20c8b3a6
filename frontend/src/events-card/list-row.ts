/** A row of the list: an event, open or not, or a place where events are missing. */

import { html, nothing, type TemplateResult } from "lit";

import type { HomeAssistant } from "../hass";
import { text } from "../localize";
import { isEvent, type EventRow, type GapRow, type Row } from "./event";
import { eventRow } from "./event-row";
import type { EventTools } from "./tools";
import type { PlacedRow } from "./virtual-rows";

export interface ListView {
  count: number;
  now: number;
  /** The key of the row that the Tab key leads to. */
  tabKey: number | undefined;
  /** What is searched for. */
  wanted: string;
  open: ReadonlySet<number>;
  /** Shows what is open, as soon as it is loaded. */
  tools: EventTools | undefined;
  toggle: (row: EventRow) => void;
}

const gap = (hass: HomeAssistant, { leftOut }: GapRow): string =>
  leftOut === undefined
    ? text(hass.localize, "events_card.interrupted")
    : text(hass.localize, "events_card.left_out", { count: leftOut });

export const listRow = (
  hass: HomeAssistant,
  { item, index, offset }: PlacedRow<Row>,
  { count, now, tabKey, wanted, open, tools, toggle }: ListView,
): TemplateResult => {
  const position = `transform:translateY(${String(offset)}px)`;
  if (!isEvent(item)) {
    return html`<article
      class="gap"
      style=${position}
      aria-posinset=${index + 1}
      aria-setsize=${count}
    >
      <ha-icon icon="mdi:dots-horizontal"></ha-icon>${gap(hass, item)}
    </article>`;
  }
  const { event, key, time } = item;
  const isOpen = open.has(key);
  return html`<article
    class="${event.own ? "" : "foreign"} ${isOpen ? "open" : ""}"
    style=${position}
    aria-posinset=${index + 1}
    aria-setsize=${count}
  >
    <button
      class="line"
      data-key=${key}
      tabindex=${key === tabKey ? 0 : -1}
      aria-expanded=${isOpen}
      @click=${() => {
        toggle(item);
      }}
    >
      ${eventRow(hass, event, time, now, wanted)}
    </button>
    ${isOpen ? html`<div data-detail=${key}>${tools?.detail(event, now)}</div>` : nothing}
  </article>`;
};
