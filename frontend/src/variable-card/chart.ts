/** Home Assistant's own charts, inside a card of ours. */

import { loadCardHelpers, type CoreCard } from "../core-cards";
import type { HomeAssistant } from "../hass";

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

/** The card that the chart is in. */
interface ChartedCard {
  hass: HomeAssistant;
  coreCards: readonly CoreCard[];
  requestUpdate: () => void;
}

/** Makes the chart of an entity, and a new one when something else is to be shown. */
export class Chart {
  #made = "";

  constructor(private readonly card: ChartedCard) {}

  /** Return the element; undefined while it is being made. */
  of(entityId: string, hours: number, isNumber: boolean): HTMLElement | undefined {
    const { card } = this;
    const wanted = JSON.stringify([entityId, hours, isNumber]);
    if (wanted !== this.#made) {
      this.#made = wanted;
      void loadCardHelpers().then((helpers) => {
        if (helpers && wanted === this.#made) {
          const element = helpers.createCardElement(configOf(entityId, hours, isNumber));
          element.hass = card.hass;
          card.coreCards = [element];
          card.requestUpdate();
        }
      });
    }
    return card.coreCards[0];
  }
}
