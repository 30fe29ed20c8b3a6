/** The features of tiles that there are. Only their content is loaded later. */

import type { FeatureDefinition } from "./feature";
import type { CardConfig } from "./hass";

const assertFunctions = ({ functions }: CardConfig): void => {
  if (functions !== undefined && !Array.isArray(functions)) {
    throw new Error("functions must be a list");
  }
};

export const FEATURES: FeatureDefinition[] = [
  {
    tag: "particle-function-feature",
    name: "Particle functions",
    assertConfig: assertFunctions,
    load: async () => (await import("./small-parts")).functionFeature,
  },
];
