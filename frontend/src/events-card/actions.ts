/** The actions of the integration that the log runs. */

import type { HomeAssistant } from "../hass";
import type { LogEvent } from "./event";

const run = async (
  hass: HomeAssistant,
  service: string,
  data: Record<string, unknown>,
): Promise<void> => {
  await hass.callWS({ type: "call_service", domain: "particle", service, service_data: data });
};

/** Play an event again inside Home Assistant. */
export const replayEvent = (hass: HomeAssistant, event: LogEvent): Promise<void> =>
  run(hass, "replay_event", {
    event: event.event,
    data: event.data ?? "",
    ...(event.device_id === null
      ? { config_entry_id: event.config_entry_id }
      : { device_id: event.device_id }),
  });

/** Publish an event in the cloud. */
export const publishEvent = (
  hass: HomeAssistant,
  event: string,
  data: string,
  entryId: string | undefined,
): Promise<void> =>
  run(hass, "publish_event", { event, data, ...(entryId ? { config_entry_id: entryId } : {}) });

interface ActionError {
  message?: string;
  translation_key?: string;
  translation_domain?: string;
  translation_placeholders?: Record<string, string>;
}

/** Return why an action failed, in the user's language. */
export const errorMessage = async (hass: HomeAssistant, error: unknown): Promise<string> => {
  const {
    message,
    translation_key: key,
    translation_domain: domain,
    translation_placeholders: values,
  } = error as ActionError;
  const english = message ?? String(error);
  if (!key || !domain) {
    return english;
  }
  try {
    const localize = await hass.loadBackendTranslation("exceptions", domain);
    return localize(`component.${domain}.exceptions.${key}.message`, values) || english;
  } catch {
    return english;
  }
};
