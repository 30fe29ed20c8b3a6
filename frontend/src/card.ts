/** What a card consists of: a definition that is loaded at once, and content that is loaded when it is needed. */

import type { CardConfig, ConfigForm, HomeAssistant } from "./hass";

/** The element that shows a card's content; its properties follow those of the card. */
export interface CardContent extends HTMLElement {
  config: CardConfig;
  hass: HomeAssistant;
  preview: boolean;
}

/** What the module of a card's content exports. */
export interface CardModule {
  createContent: () => CardContent;
}

/** What the module exports that only the card picker and the editor need. */
export interface FormModule {
  configForm: () => ConfigForm;
  stubConfig: (hass: HomeAssistant) => Omit<CardConfig, "type">;
}

export interface GridOptions {
  columns: number | "full";
  min_columns: number;
  rows?: number | "auto";
  min_rows?: number;
}

export interface CardDefinition {
  /** The element's name, and the card's type behind `custom:`. */
  tag: string;
  /** The height of the card in rows of the sections view, until its content is there. */
  rows: number;
  grid: GridOptions | ((config: CardConfig) => GridOptions);
  /** Throw an error that says what is wrong with a configuration. */
  assertConfig: (config: CardConfig) => void;
  load: () => Promise<CardModule>;
  loadForm: () => Promise<FormModule>;
}
