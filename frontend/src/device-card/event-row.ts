/** The latest event of a name, in a line. */

import { html, nothing, type TemplateResult } from "lit";

import { ageText, timeOf } from "../age";
import type { HomeAssistant } from "../hass";
import type { LatestEvent } from "../snapshot";

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
