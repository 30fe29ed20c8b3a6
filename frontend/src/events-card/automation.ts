/** Opening Home Assistant's automation editor with a trigger that is filled in. */

import { goTo } from "../navigation";
import type { LogEvent } from "./event";

/** Return the trigger that fires when such an event comes again. Without its alias, the editor would not say which. */
export const triggerFor = (event: LogEvent, alias: string): Record<string, unknown> => ({
  alias,
  trigger: "particle.event_received",
  ...(event.device_id === null ? {} : { target: { device_id: [event.device_id] } }),
  options: {
    event: [event.event],
    // Without a device, events of all accounts would count.
    ...(event.device_id === null ? { config_entry_id: event.config_entry_id } : {}),
  },
});

const EDITOR = "/config/automation/edit/new";

/** The frontend handles this event on its root element, as its own pages for tags and text-to-speech do. */
const openFilledIn = (from: HTMLElement, data: Record<string, unknown>): void => {
  from.dispatchEvent(
    new CustomEvent("hass-automation-editor", {
      bubbles: true,
      composed: true,
      detail: { data, expanded: true },
    }),
  );
};

/** Open the editor at its choice of triggers for a device; all that is left to do is to choose one. */
const openAtDevice = (deviceId: string | null): void => {
  const query = new URLSearchParams({ add_automation_element: "trigger" });
  if (deviceId !== null) {
    query.set("target_device_id", deviceId);
  }
  goTo(`${EDITOR}?${query.toString()}`);
};

/** Open the editor of a new automation that an event starts. Nothing is saved. */
export const openAutomationEditor = (from: HTMLElement, event: LogEvent, alias: string): void => {
  openFilledIn(from, { triggers: [triggerFor(event, alias)], conditions: [], actions: [] });
  // A frontend that does not know this event any more has not gone anywhere.
  setTimeout(() => {
    if (!location.pathname.startsWith(EDITOR)) {
      openAtDevice(event.device_id);
    }
  }, 500);
};
