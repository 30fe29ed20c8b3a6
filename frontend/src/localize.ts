/** Texts of the cards: the section `config_panel` of the integration's translations. */

import type { HomeAssistant, Localize } from "./hass";

const PREFIX = "component.particle.config_panel.";

const loading = new Map<string, Promise<Localize>>();

/** Load the texts in the user's language, once. Never rejects: without texts a card shows values alone. */
export const loadTexts = (hass: HomeAssistant): Promise<Localize> => {
  const known = loading.get(hass.language);
  if (known) {
    return known;
  }
  const load = hass.loadBackendTranslation("config_panel", "particle").catch(() => {
    loading.delete(hass.language);
    return hass.localize;
  });
  loading.set(hass.language, load);
  return load;
};

/** Return a text of the cards, such as `cards.gone`. */
export const text = (
  localize: Localize,
  key: string,
  values?: Record<string, string | number>,
): string => localize(PREFIX + key, values);
