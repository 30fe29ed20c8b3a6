/** What a feature of tiles consists of: a definition that is loaded at once, and content that is loaded later. */

import type { CardContent } from "./card";
import type { CardConfig, ConfigForm, HomeAssistant } from "./hass";

/** The element that shows a feature's content; its properties follow those of the feature. */
export interface FeatureContent extends CardContent {
  /** The Particle device that the tile's entity belongs to. */
  deviceId: string | undefined;
}

export interface FeatureModule {
  createContent: () => FeatureContent;
  /** Return the form for the features of a device. */
  configForm: (hass: HomeAssistant, deviceId: string | undefined) => ConfigForm;
}

export interface FeatureDefinition {
  /** The element's name, and the feature's type behind `custom:`. */
  tag: string;
  name: string;
  assertConfig: (config: CardConfig) => void;
  load: () => Promise<FeatureModule>;
}
