/** The cards that there are. Only their content is loaded later. */

import type { CardDefinition } from "./card";
import type { CardConfig } from "./hass";

const assertDevice = (config: CardConfig): void => {
  const { device_id: deviceId } = config;
  if (deviceId !== undefined && typeof deviceId !== "string") {
    throw new Error("device_id must be the ID of a device");
  }
};

const assertVariable = (config: CardConfig): void => {
  const { entity, thresholds } = config;
  if (entity !== undefined && typeof entity !== "string") {
    throw new Error("entity must be the ID of an entity");
  }
  if (thresholds !== undefined && !Array.isArray(thresholds)) {
    throw new Error("thresholds must be a list");
  }
};

const assertFleet = (config: CardConfig): void => {
  const { areas } = config;
  if (areas !== undefined && !Array.isArray(areas)) {
    throw new Error("areas must be a list of the IDs of areas");
  }
};

const assertDeviceCard = (config: CardConfig): void => {
  assertDevice(config);
  for (const option of ["variables", "functions"]) {
    const names = config[option];
    if (
      names !== undefined &&
      !(Array.isArray(names) && names.every((name) => typeof name === "string"))
    ) {
      throw new Error(`${option} must be a list of names`);
    }
  }
};

const assertEvents = ({ devices }: CardConfig): void => {
  if (devices !== undefined && !Array.isArray(devices)) {
    throw new Error("devices must be a list of IDs of devices");
  }
};

export const CARDS: CardDefinition[] = [
  {
    tag: "particle-device-card",
    name: "Particle device",
    description: "A device of the Particle Cloud with its variables, functions and events.",
    rows: 1,
    grid: ({ compact }) =>
      compact
        ? { columns: 6, rows: 2, min_columns: 3, min_rows: 2 }
        : { columns: 12, min_columns: 6 },
    assertConfig: assertDeviceCard,
    load: () => import("./device-card/device-card"),
    loadForm: () => import("./later").then(({ deviceForm }) => deviceForm),
  },
  {
    tag: "particle-variable-card",
    name: "Particle variable",
    description: "A variable of a Particle device with its age, trend and history.",
    rows: 6,
    grid: { columns: 12, min_columns: 6 },
    assertConfig: assertVariable,
    load: async () => (await import("./small-parts")).variableCard,
    loadForm: () => import("./later").then(({ variableForm }) => variableForm),
  },
  {
    tag: "particle-fleet-card",
    name: "Particle fleet",
    description:
      "All Particle devices at a glance, problems first, with versions and data operations.",
    rows: 6,
    grid: { columns: 12, min_columns: 6 },
    assertConfig: assertFleet,
    load: () => import("./fleet-card/fleet-card"),
    loadForm: () => import("./later").then(({ fleetForm }) => fleetForm),
  },
  {
    tag: "particle-events-card",
    name: "Particle events",
    description: "What devices of the Particle Cloud publish, live.",
    rows: 8,
    grid: { columns: 12, min_columns: 6, rows: 8, min_rows: 4 },
    assertConfig: assertEvents,
    load: () => import("./events-card/events-card"),
    loadForm: () => import("./later").then(({ eventsForm }) => eventsForm),
  },
];
