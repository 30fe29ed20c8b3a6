/** The element of a card: there at once, so that Home Assistant always finds it; its content follows. */

import type { CardContent, CardDefinition, GridOptions } from "./card";
import { currentHass, type CardConfig, type ConfigForm, type HomeAssistant } from "./hass";
import { loadTexts, text } from "./localize";

const ROW_PX = 56;
const GAP_PX = 8;

/** Return the class of the element for a card. */
export const lazyCard = (definition: CardDefinition): CustomElementConstructor =>
  class LazyCard extends HTMLElement {
    static async getConfigForm(): Promise<ConfigForm> {
      const hass = currentHass();
      const [{ configForm }] = await Promise.all([definition.loadForm(), hass && loadTexts(hass)]);
      return configForm();
    }

    static async getStubConfig(hass: HomeAssistant): Promise<Omit<CardConfig, "type">> {
      return (await definition.loadForm()).stubConfig(hass);
    }

    #config: CardConfig | undefined;
    #currentHass: HomeAssistant | undefined;
    #isPreview = false;
    #content: CardContent | undefined;
    #loading = false;

    setConfig(config: CardConfig): void {
      definition.assertConfig(config);
      this.#config = config;
      // Home Assistant sets `hass` somewhat later. That it cannot be loaded is said then.
      definition.load().catch(() => undefined);
      this.#show();
    }

    set hass(hass: HomeAssistant) {
      if (this.#currentHass && this.#currentHass.language !== hass.language) {
        void loadTexts(hass);
      }
      this.#currentHass = hass;
      this.#show();
    }

    set preview(preview: boolean) {
      this.#isPreview = preview;
      this.#show();
    }

    getCardSize(): number {
      return definition.rows;
    }

    getGridOptions(): GridOptions {
      const { grid } = definition;
      return typeof grid === "function" ? grid(this.#config ?? { type: "" }) : grid;
    }

    #show(): void {
      const config = this.#config;
      const content = this.#content;
      const hass = this.#currentHass;
      if (!config || !hass) {
        return;
      }
      if (content) {
        content.config = config;
        content.preview = this.#isPreview;
        content.hass = hass;
      } else if (!this.#loading) {
        this.#loading = true;
        void this.#load(hass);
      }
    }

    async #load(hass: HomeAssistant): Promise<void> {
      this.#fill(this.#placeholder());
      try {
        const [{ createContent }] = await Promise.all([definition.load(), loadTexts(hass)]);
        this.#content = createContent();
        this.#content.addEventListener("particle-load-failed", () => {
          void this.#fail(hass);
        });
        this.#show();
        this.#fill(this.#content);
      } catch {
        await this.#fail(hass);
      }
    }

    #fill(content: HTMLElement): void {
      this.style.display = "block";
      this.style.height = "100%";
      this.replaceChildren(content);
    }

    /** Keep the space that the card is about to take. */
    #placeholder(): HTMLElement {
      const card = document.createElement("ha-card");
      card.ariaBusy = "true";
      const { rows } = definition;
      card.style.minHeight = `${String(rows * ROW_PX + (rows - 1) * GAP_PX)}px`;
      return card;
    }

    /** After an upgrade the page asks for files that are gone; only loading it again helps. */
    async #fail(hass: HomeAssistant): Promise<void> {
      const localize = await loadTexts(hass);
      const card = document.createElement("ha-card");
      card.style.padding = "16px";
      card.role = "alert";
      const button = document.createElement("button");
      button.textContent = text(localize, "cards.reload");
      button.style.cssText =
        "display:block;min-height:44px;padding:0 16px;border:0;border-radius:12px;" +
        "font:inherit;color:inherit;background:var(--divider-color)";
      button.addEventListener("click", () => {
        location.reload();
      });
      card.append(text(localize, "cards.load_failed"), button);
      this.#fill(card);
    }
  };
