/** The devices that the log is for. */

import type { CardConfig } from "../hass";

/** Return the ids in the device registry that the card is limited to; undefined for all devices. */
export const configuredDevices = ({ devices }: CardConfig): string[] | undefined =>
  Array.isArray(devices) && devices.length
    ? devices.filter((id): id is string => typeof id === "string")
    : undefined;
