/** The options of the card. */

import type { FormModule } from "../card";
import { text } from "../localize";

export const configForm: FormModule["configForm"] = () => ({
  schema: [
    { name: "title", selector: { text: {} } },
    { name: "devices", selector: { device: { integration: "particle", multiple: true } } },
    { name: "system_events", default: true, selector: { boolean: {} } },
  ],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
  computeHelper: ({ name }, localize) =>
    name === "title" ? undefined : text(localize, `editor.${name}_hint`),
});

export const stubConfig: FormModule["stubConfig"] = () => ({ system_events: true });
