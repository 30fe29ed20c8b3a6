/** The devices of Particle among all that Home Assistant knows. */

import { deviceName, type DeviceEntry, type HomeAssistant } from "./hass";

/** Whether this is a device, and not the page of an account or a product. */
export const isParticleDevice = (device: DeviceEntry | undefined): device is DeviceEntry =>
  device !== undefined &&
  !device.disabled_by &&
  device.entry_type !== "service" &&
  device.identifiers.some(([domain]) => domain === "particle");

/** Return the devices of an account, or of all of them, by name. */
export const particleDevices = (hass: HomeAssistant, entryId?: unknown): DeviceEntry[] => {
  const { compare } = new Intl.Collator(hass.locale.language, { numeric: true });
  return Object.values(hass.devices)
    .filter(
      (device) =>
        isParticleDevice(device) &&
        (entryId === undefined || device.config_entries.some((id) => id === entryId)),
    )
    .sort((one, other) => compare(deviceName(one), deviceName(other)));
};
