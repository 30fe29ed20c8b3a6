/** What the contents of all cards have in common. */

import {
  html,
  LitElement,
  type CSSResult,
  type PropertyDeclarations,
  type TemplateResult,
} from "lit";

import type { CardContent } from "./card";
import { concerns } from "./concerns";
import type { CoreCard } from "./core-cards";
import type { CardConfig, HomeAssistant } from "./hass";
import { text } from "./localize";

export type Later = typeof import("./later");

/** Sent when the rest of a card cannot be loaded; the element of the card then says what to do. */
export const LOAD_FAILED = "particle-load-failed";

export abstract class Content extends LitElement implements CardContent {
  static override properties: PropertyDeclarations = {
    config: { attribute: false },
    preview: { type: Boolean },
  };

  declare config: CardConfig;
  declare preview: boolean;

  /** The section of the texts of this card. */
  protected abstract readonly section: string;

  /** The entities whose states are shown. */
  protected entityIds: readonly string[] = [];

  /** Cards of Home Assistant inside this one, which look themselves for what concerns them. */
  coreCards: readonly CoreCard[] = [];

  #loading: Promise<void> | undefined;
  #currentHass!: HomeAssistant;

  get hass(): HomeAssistant {
    return this.#currentHass;
  }

  set hass(hass: HomeAssistant) {
    const old = this.#currentHass as HomeAssistant | undefined;
    this.#currentHass = hass;
    for (const card of this.coreCards) {
      card.hass = hass;
    }
    if (concerns(hass, old, this.entityIds)) {
      this.requestUpdate();
    }
  }

  /** Return a text of this card. */
  say(key: string, values?: Record<string, string | number>): string {
    return text(this.hass.localize, `${this.section}.${key}`, values);
  }

  /** Return a text that cards share. */
  sayShared(key: string): string {
    return text(this.hass.localize, `cards.${key}`);
  }

  protected note(message: string, icon = "mdi:alert-outline"): TemplateResult {
    return html`<ha-card>
      <div class="note attention" role="status">
        <ha-icon .icon=${icon}></ha-icon>
        <p>${message}</p>
      </div>
    </ha-card>`;
  }

  protected loading(): TemplateResult {
    return html`<ha-card aria-busy="true">
      <div class="skeleton" role="status">
        <span></span><span></span>
        <p class="visually-hidden">${this.sayShared("loading")}</p>
      </div>
    </ha-card>`;
  }

  /** Load the rest, when there is something to see. */
  protected loadLater(): Promise<void> {
    return (this.#loading ??= this.#load());
  }

  /** Take what was loaded later. */
  protected addLater?(later: Later): void;

  protected addStyles({ styleSheet }: CSSResult): void {
    if (styleSheet) {
      this.shadowRoot?.adoptedStyleSheets.push(styleSheet);
    }
  }

  async #load(): Promise<void> {
    try {
      const later = await import("./later");
      this.addLater?.(later);
      this.requestUpdate();
    } catch {
      this.dispatchEvent(new Event(LOAD_FAILED));
    }
  }
}
