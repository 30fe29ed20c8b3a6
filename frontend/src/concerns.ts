/** Which changes of `hass` concern a card. */

import type { HomeAssistant } from "./hass";

/** What any card shows something of; the formats of states follow a moment after the settings of the user. */
const ALWAYS = [
  "connection",
  "devices",
  "entities",
  "locale",
  "localize",
  "user",
  "config",
  "formatEntityStateToParts",
] as const;

/**
 * Return whether something has changed that a card of these entities shows.
 *
 * Each state of each entity makes a new `hass`: dozens a second in a busy house, few of which a card shows.
 */
export const concerns = (
  hass: HomeAssistant,
  old: HomeAssistant | undefined,
  entityIds: readonly string[],
): boolean =>
  !old ||
  ALWAYS.some((key) => hass[key] !== old[key]) ||
  (hass.states !== old.states && entityIds.some((id) => hass.states[id] !== old.states[id]));
