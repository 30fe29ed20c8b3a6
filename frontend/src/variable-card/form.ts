/** The form in which a variable card is set up. */

import type { FormModule } from "../card";
import { text } from "../localize";
import { WINDOWS } from "./windows";

export const configForm: FormModule["configForm"] = () => ({
  schema: [
    {
      name: "entity",
      required: true,
      selector: {
        entity: { filter: [{ integration: "particle", domain: ["sensor", "binary_sensor"] }] },
      },
    },
    { name: "name", selector: { text: {} } },
    {
      name: "hours_to_show",
      selector: {
        select: {
          mode: "dropdown",
          options: WINDOWS.map(([hours, key]) => ({ value: hours, label: key.replace("_", " ") })),
        },
      },
    },
    { name: "read_now", default: true, selector: { boolean: {} } },
    {
      name: "thresholds",
      selector: {
        object: {
          multiple: true,
          label_field: "label",
          fields: {
            above: { label: "> ", selector: { number: { mode: "box", step: "any" } } },
            below: { label: "< ", selector: { number: { mode: "box", step: "any" } } },
            label: { selector: { text: {} } },
            color: { selector: { ui_color: {} } },
          },
        },
      },
    },
  ],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
});

export const stubConfig: FormModule["stubConfig"] = (hass) => {
  const entity = Object.values(hass.entities).find(
    ({ entity_id: id, platform, entity_category: category, translation_key: key }) =>
      platform === "particle" && id.startsWith("sensor.") && !category && !key,
  );
  return { entity: entity?.entity_id ?? "", hours_to_show: 24 };
};
