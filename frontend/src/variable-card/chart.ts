/** Home Assistant's own charts, inside a card of ours. */

import type { HomeAssistant } from "../hass";

interface ChartElement extends HTMLElement {
  hass?: HomeAssistant;
}

interface CardHelpers {
  createCardElement: (config: Record<string, unknown>) => ChartElement;
}

declare global {
  interface Window {
    loadCardHelpers?: () => Promise<CardHelpers>;
  }
}

/** Longer than this, statistics show more than single states do. */
const HOURS_OF_HISTORY = 48;

const configOf = (entityId: string, hours: number, isNumber: boolean): Record<string, unknown> =>
  isNumber && hours > HOURS_OF_HISTORY
    ? {
        type: "statistics-graph",
        entities: [entityId],
        days_to_show: Math.round(hours / 24),
        period: "hour",
        stat_types: ["mean"],
        hide_legend: true,
      }
    : {
        type: "history-graph",
        entities: [entityId],
        hours_to_show: hours,
        show_names: false,
      };

/** Makes the chart of an entity, and a new one when something else is to be shown. */
export class Chart {
  private made = "";
  private element: ChartElement | undefined;

  /** Return the element; undefined while it is being made. `onReady` is called when it is there. */
  of(
    hass: HomeAssistant,
    entityId: string,
    hours: number,
    isNumber: boolean,
    onReady: () => void,
  ): HTMLElement | undefined {
    const wanted = JSON.stringify([entityId, hours, isNumber]);
    if (wanted !== this.made) {
      this.made = wanted;
      void window.loadCardHelpers?.().then(({ createCardElement }) => {
        if (wanted === this.made) {
          this.element = createCardElement(configOf(entityId, hours, isNumber));
          onReady();
        }
      });
    }
    if (this.element) {
      this.element.hass = hass;
    }
    return this.element;
  }
}
