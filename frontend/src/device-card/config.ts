/** What can be chosen for a device card. */

import type { CardModule } from "../card";
import type { CardConfig } from "../hass";
import { text } from "../localize";

export interface DeviceCardConfig extends CardConfig {
  device_id?: string;
  name?: string;
  variables?: string[];
  functions?: string[];
  hours_to_show?: number;
  hide_events?: boolean;
  confirm_functions?: boolean;
  compact?: boolean;
}

const DEFAULT_HOURS = 24;

/** Return how many hours the trends show. */
export const hoursOf = ({ hours_to_show: hours }: DeviceCardConfig): number =>
  typeof hours === "number" && hours > 0 ? hours : DEFAULT_HOURS;

/** Return the names to show: those that are chosen and exist, in that order; all if none is chosen. */
export const chosenNames = (chosen: string[] | undefined, existing: string[]): string[] =>
  chosen?.length ? chosen.filter((name) => existing.includes(name)) : existing;

// The form is made before it is known which device it is about, so it offers the names of all devices that
// the page shows.
const variables = new Set<string>();
const functions = new Set<string>();

/** Remember the names of a device, which the form then offers. */
export const rememberNames = (variableNames: string[], functionNames: string[]): void => {
  variableNames.forEach((name) => variables.add(name));
  functionNames.forEach((name) => functions.add(name));
};

const names = (known: Set<string>): Record<string, unknown> => ({
  select: { multiple: true, custom_value: true, reorder: true, options: [...known].sort() },
});

export const configForm: CardModule["configForm"] = () => ({
  schema: [
    { name: "device_id", required: true, selector: { device: { integration: "particle" } } },
    { name: "name", selector: { text: {} } },
    { name: "compact", selector: { boolean: {} } },
    { name: "variables", selector: names(variables) },
    { name: "functions", selector: names(functions) },
    { name: "confirm_functions", selector: { boolean: {} } },
    { name: "hide_events", selector: { boolean: {} } },
    {
      name: "hours_to_show",
      selector: { number: { min: 1, max: 168, mode: "box", unit_of_measurement: "h" } },
    },
  ],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
  computeHelper: ({ name }, localize) => text(localize, `editor.${name}_helper`) || undefined,
});

export const stubConfig: CardModule["stubConfig"] = (hass) => {
  const device = Object.values(hass.devices).find(
    ({ disabled_by: disabledBy, entry_type: entryType, identifiers }) =>
      !disabledBy &&
      entryType !== "service" &&
      identifiers.some(([domain]) => domain === "particle"),
  );
  return { device_id: device?.id ?? "" };
};
