/** What Home Assistant says of an action that failed. */

import type { HomeAssistant } from "./hass";
import { text } from "./localize";

export interface ServiceError {
  message?: string;
  translation_domain?: string;
  translation_key?: string;
  translation_placeholders?: Record<string, string>;
}

/** Return the message of a failed action in the user's language. */
export const errorMessage = async (hass: HomeAssistant, error: ServiceError): Promise<string> => {
  const { translation_domain: domain, translation_key: key } = error;
  if (domain && key) {
    const localize = await hass
      .loadBackendTranslation("exceptions", domain)
      .catch(() => hass.localize);
    const translated = localize(
      `component.${domain}.exceptions.${key}.message`,
      error.translation_placeholders,
    );
    if (translated) {
      return translated;
    }
  }
  // Without a message the connection was lost, and nobody knows what came of it.
  return error.message ?? text(hass.localize, "cards.no_answer");
};
