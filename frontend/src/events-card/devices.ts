/** The devices that the log is for. */

import { deviceName, type CardConfig, type DeviceEntry, type HomeAssistant } from "../hass";

/** Return the ids in the device registry that the card is limited to; undefined for all devices. */
export const configuredDevices = ({ devices }: CardConfig): string[] | undefined =>
  Array.isArray(devices) && devices.length
    ? devices.filter((id): id is string => typeof id === "string")
    : undefined;

/** Return the devices of Particle that there are, by name. */
export const particleDevices = (hass: HomeAssistant, ids: string[] | undefined): DeviceEntry[] =>
  Object.values(hass.devices)
    .filter(
      ({ id, identifiers, disabled_by: disabledBy }) =>
        !disabledBy &&
        (ids ? ids.includes(id) : true) &&
        identifiers.some(([domain]) => domain === "particle"),
    )
    .sort((one, other) => deviceName(one).localeCompare(deviceName(other), hass.locale.language));
