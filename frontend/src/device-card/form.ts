/** The form in which a device card is set up. */

import type { FormModule } from "../card";
import { particleDevices } from "../devices";
import { text } from "../localize";

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

export const configForm: FormModule["configForm"] = () => ({
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

export const stubConfig: FormModule["stubConfig"] = (hass) => {
  const [device] = particleDevices(hass);
  return { device_id: device?.id ?? "" };
};
