/** The options of the card. */

import type { CardModule } from "../card";
import { text } from "../localize";

export const configForm: CardModule["configForm"] = () => ({
  schema: [
    { name: "title", selector: { text: {} } },
    { name: "devices", selector: { device: { integration: "particle", multiple: true } } },
    { name: "system_events", default: true, selector: { boolean: {} } },
  ],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
  computeHelper: ({ name }, localize) =>
    name === "title" ? undefined : text(localize, `editor.${name}_hint`),
});

export const stubConfig: CardModule["stubConfig"] = () => ({ system_events: true });
