/** The cards that there are. Only their content is loaded later. */

import type { CardDefinition } from "./card";
import type { CardConfig } from "./hass";

const isText = (value: unknown): boolean => typeof value === "string";
const isNames = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

/** Throw an error that says what an option must be, if it is set and is something else. */
const assertOption = (
  value: unknown,
  isValid: (value: unknown) => boolean,
  requirement: string,
): void => {
  if (value !== undefined && !isValid(value)) {
    throw new Error(requirement);
  }
};

/** Whether it is a path: a colon could begin another scheme than that of the page. */
const isPath = (value: unknown): boolean => isText(value) && !String(value).includes(":");

const assertDevice = (config: CardConfig): void => {
  const { device_id: deviceId, navigation_path: path, variables, functions } = config;
  assertOption(deviceId, isText, "device_id must be the ID of a device");
  assertOption(path, isPath, "navigation_path must be a path");
  assertOption(variables, isNames, "variables must be a list of names");
  assertOption(functions, isNames, "functions must be a list of names");
};

const assertVariable = ({ entity, thresholds }: CardConfig): void => {
  assertOption(entity, isText, "entity must be the ID of an entity");
  assertOption(thresholds, Array.isArray, "thresholds must be a list");
};

const assertFleet = ({ areas }: CardConfig): void => {
  assertOption(areas, Array.isArray, "areas must be a list of the IDs of areas");
};

const assertEvents = ({ devices }: CardConfig): void => {
  assertOption(devices, Array.isArray, "devices must be a list of IDs of devices");
};

export const CARDS: CardDefinition[] = [
  {
    tag: "particle-device-card",
    rows: 1,
    grid: ({ compact }) =>
      compact
        ? { columns: 6, rows: 2, min_columns: 3, min_rows: 2 }
        : { columns: 12, min_columns: 6 },
    assertConfig: assertDevice,
    load: () => import("./device-card/device-card"),
    loadForm: () => import("./later").then(({ deviceForm }) => deviceForm),
  },
  {
    tag: "particle-variable-card",
    rows: 6,
    grid: { columns: 12, min_columns: 6 },
    assertConfig: assertVariable,
    load: async () => (await import("./small-parts")).variableCard,
    loadForm: () => import("./later").then(({ variableForm }) => variableForm),
  },
  {
    tag: "particle-fleet-card",
    rows: 6,
    grid: { columns: 12, min_columns: 6 },
    assertConfig: assertFleet,
    load: () => import("./fleet-parts").then(({ fleetCard }) => fleetCard),
    loadForm: () => import("./later").then(({ fleetForm }) => fleetForm),
  },
  {
    tag: "particle-events-card",
    rows: 8,
    grid: { columns: 12, min_columns: 6, rows: 8, min_rows: 4 },
    assertConfig: assertEvents,
    load: () => import("./events-card/events-card"),
    loadForm: () => import("./later").then(({ eventsForm }) => eventsForm),
  },
];

export const BADGE: CardDefinition = {
  tag: "particle-badge",
  rows: 0,
  grid: { columns: 3, min_columns: 3 },
  assertConfig: assertDevice,
  load: () => import("./fleet-parts").then(({ badge }) => badge),
  loadForm: () => import("./later").then(({ badgeForm }) => badgeForm),
};
