/** The elements of the strategies, which Home Assistant asks for a dashboard, a view or a section. */

import { particleDevices } from "../devices";
import { deviceName, type HomeAssistant } from "../hass";
import { text } from "../localize";
import { define } from "../registry";
import type { Generated, Kind, StrategyConfig } from "./generate";

/** Return all that the generated views depend on. */
const dependencies = (hass: HomeAssistant): string =>
  JSON.stringify([
    hass.language,
    particleDevices(hass).map((device) => [
      device.id,
      deviceName(device),
      device.area_id === null ? null : hass.areas[device.area_id]?.name,
    ]),
  ]);

const strategy = (kind: Kind): CustomElementConstructor =>
  class Strategy extends HTMLElement {
    static getCreateSuggestions(): Generated {
      return { title: "Particle", icon: "mdi:developer-board" };
    }

    static shouldRegenerate(
      _config: StrategyConfig,
      before: HomeAssistant,
      hass: HomeAssistant,
    ): boolean {
      return (
        (before.devices !== hass.devices ||
          before.areas !== hass.areas ||
          before.language !== hass.language) &&
        dependencies(before) !== dependencies(hass)
      );
    }

    static async generate(config: StrategyConfig, hass: HomeAssistant): Promise<Generated> {
      // This `hass` has the texts of before.
      const localize = await hass
        .loadBackendTranslation("config_panel", "particle")
        .catch(() => hass.localize);
      try {
        const { strategies } = await import("../later");
        return strategies[kind](config, { ...hass, localize });
      } catch {
        // After an upgrade the page asks for files that are gone; only loading it again helps.
        const cards = [{ type: "markdown", content: text(localize, "cards.load_failed") }];
        return kind === "dashboard" ? { views: [{ cards }] } : { cards };
      }
    }
  };

/** Define the strategies. The one for sections exists since Home Assistant 2026.11. */
export const defineStrategies = (): void => {
  for (const kind of ["dashboard", "view", "section"] as const) {
    define(`ll-strategy-${kind}-particle`, strategy(kind));
  }
};
