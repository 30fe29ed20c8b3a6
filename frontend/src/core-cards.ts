/** Home Assistant's own cards, to be shown inside ours. */

import type { HomeAssistant } from "./hass";

export interface CoreCard extends HTMLElement {
  hass: HomeAssistant;
}

export interface CardHelpers {
  createCardElement: (config: Record<string, unknown>) => CoreCard;
}

declare global {
  interface Window {
    loadCardHelpers?: () => Promise<CardHelpers>;
  }
}

/** Return what creates the cards; undefined in a frontend that does not offer it. */
export const loadCardHelpers = async (): Promise<CardHelpers | undefined> =>
  window.loadCardHelpers?.();
