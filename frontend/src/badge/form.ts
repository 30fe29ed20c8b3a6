/** The form in which a badge is set up. */

import type { FormModule } from "../card";
import { particleDevices } from "../devices";
import { text } from "../localize";

export const configForm: FormModule["configForm"] = () => ({
  schema: [{ name: "device_id", selector: { device: { integration: "particle" } } }],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
  computeHelper: ({ name }, localize) => text(localize, `editor.badge_${name}_helper`),
});

export const stubConfig: FormModule["stubConfig"] = (hass) => {
  const [first] = particleDevices(hass);
  return first ? { device_id: first.id } : {};
};
