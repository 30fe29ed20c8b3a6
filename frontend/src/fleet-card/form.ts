/** The form in which a fleet card is set up. */

import type { FormModule } from "../card";
import { text } from "../localize";

export const configForm: FormModule["configForm"] = () => ({
  schema: [
    { name: "config_entry_id", selector: { config_entry: { integration: "particle" } } },
    { name: "areas", selector: { area: { multiple: true } } },
    { name: "versions", default: true, selector: { boolean: {} } },
    { name: "operations", default: true, selector: { boolean: {} } },
  ],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
});

export const stubConfig: FormModule["stubConfig"] = () => ({ versions: true, operations: true });
