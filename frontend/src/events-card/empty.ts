/** What stands in place of the log while there is nothing to show. */

import { html, type TemplateResult } from "lit";

import type { HomeAssistant } from "../hass";
import { text } from "../localize";

export const loadingLog = (hass: HomeAssistant): TemplateResult =>
  html`<div role="status" aria-label=${text(hass.localize, "cards.loading")}>
    <div class="bone"></div>
    <div class="bone"></div>
    <div class="bone"></div>
  </div>`;

interface Reason {
  /** Why nothing comes in. */
  problem: "not_connected" | "no_account" | undefined;
  /** Whether the user may see any of the devices. */
  isVisible: boolean;
  isFiltered: boolean;
}

const words = ({ problem, isVisible, isFiltered }: Reason): [icon: string, key: string] => {
  if (problem) {
    return ["mdi:lan-disconnect", problem];
  }
  if (!isVisible) {
    return ["mdi:lock-outline", "not_allowed"];
  }
  return isFiltered ? ["mdi:magnify-close", "no_match"] : ["mdi:broadcast", "empty"];
};

export const emptyLog = (hass: HomeAssistant, reason: Reason): TemplateResult => {
  const [icon, key] = words(reason);
  return html`<div class="empty">
    <ha-icon .icon=${icon}></ha-icon><strong>${text(hass.localize, `events_card.${key}`)}</strong
    ><span>${text(hass.localize, `events_card.${key}_hint`)}</span>
  </div>`;
};
