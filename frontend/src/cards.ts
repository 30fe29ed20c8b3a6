/** The cards that there are. Only their content is loaded later. */

import type { CardDefinition } from "./card";
import type { CardConfig } from "./hass";

const assertDevice = (config: CardConfig): void => {
  const { device_id: deviceId } = config;
  if (deviceId !== undefined && typeof deviceId !== "string") {
    throw new Error("device_id must be the ID of a device");
  }
};

export const CARDS: CardDefinition[] = [
  {
    tag: "particle-device-card",
    name: "Particle device",
    description: "A device of the Particle Cloud with its variables, functions and events.",
    rows: 1,
    grid: { columns: 12, min_columns: 6 },
    assertConfig: assertDevice,
    load: () => import("./device-card/device-card"),
  },
];
