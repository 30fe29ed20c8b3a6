/** Which changes of `hass` concern the log. */

import type { HomeAssistant } from "../hass";

/** Each state of each entity makes a new `hass`; the log shows none of them. */
export const isOtherHass = (hass: HomeAssistant, old: HomeAssistant | undefined): boolean =>
  hass.connection !== old?.connection ||
  hass.devices !== old.devices ||
  hass.locale !== old.locale ||
  hass.localize !== old.localize ||
  hass.user !== old.user;
