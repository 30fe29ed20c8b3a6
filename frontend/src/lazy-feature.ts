/** The element of a feature: there at once, so that Home Assistant always finds it; its content follows. */

import type { FeatureContent, FeatureDefinition } from "./feature";
import { currentHass, type CardConfig, type ConfigForm, type HomeAssistant } from "./hass";
import { loadTexts, text } from "./localize";

/** What a tile tells its features: what it is about. */
interface FeatureContext {
  entity_id?: string;
}

// The form is not told which entity it is for. It is opened from the list of a tile's features, which has just
// asked what its entity supports.
let edited: FeatureContext = {};

/** Return the Particle device that an entity belongs to. */
const deviceOf = (
  hass: HomeAssistant,
  { entity_id: entityId = "" }: FeatureContext,
): string | undefined => {
  const { platform, device_id: deviceId = "" } = hass.entities[entityId] ?? {};
  const device = hass.devices[deviceId];
  return platform === "particle" && device?.entry_type !== "service" ? device?.id : undefined;
};

/** Whether an entity belongs to a Particle device. */
export const isSupported = (hass: HomeAssistant, context: FeatureContext): boolean => {
  edited = context;
  return deviceOf(hass, context) !== undefined;
};

/** Return the class of the element for a feature. */
export const lazyFeature = ({ assertConfig, load }: FeatureDefinition): CustomElementConstructor =>
  class LazyFeature extends HTMLElement {
    static async getConfigForm(): Promise<ConfigForm | undefined> {
      const hass = currentHass();
      if (!hass) {
        return undefined;
      }
      const [{ configForm }] = await Promise.all([load(), loadTexts(hass)]);
      return configForm(hass, deviceOf(hass, edited));
    }

    #config: CardConfig | undefined;
    #currentHass: HomeAssistant | undefined;
    #currentContext: FeatureContext | undefined;
    #content: FeatureContent | undefined;
    #loading = false;

    setConfig(config: CardConfig): void {
      assertConfig(config);
      this.#config = config;
      this.#show();
    }

    set context(context: FeatureContext) {
      this.#currentContext = context;
      this.#show();
    }

    set hass(hass: HomeAssistant) {
      this.#currentHass = hass;
      this.#show();
    }

    #show(): void {
      const config = this.#config;
      const context = this.#currentContext;
      const hass = this.#currentHass;
      const content = this.#content;
      if (!config || !context || !hass) {
        return;
      }
      if (content) {
        void loadTexts(hass);
        Object.assign(content, { config, hass, deviceId: deviceOf(hass, context) });
      } else if (!this.#loading) {
        this.#loading = true;
        void this.#load(hass);
      }
    }

    async #load(hass: HomeAssistant): Promise<void> {
      // The space that the content is about to take.
      this.style.cssText = "display:block;min-height:var(--feature-height,42px)";
      try {
        const [{ createContent }] = await Promise.all([load(), loadTexts(hass)]);
        this.#content = createContent();
        this.#show();
        this.replaceChildren(this.#content);
      } catch {
        this.role = "alert";
        this.textContent = text(hass.localize, "cards.load_failed");
      }
    }
  };
