/** The part of Home Assistant's frontend that the cards use. */

export interface DeviceEntry {
  id: string;
  name: string | null;
  name_by_user: string | null;
  area_id: string | null;
  identifiers: [domain: string, id: string][];
  config_entries: string[];
  disabled_by: string | null;
  entry_type: "service" | null;
}

export interface AreaEntry {
  area_id: string;
  name: string;
}

export interface EntityEntry {
  entity_id: string;
  device_id?: string;
  platform?: string;
  translation_key?: string;
  entity_category?: "config" | "diagnostic";
  hidden?: boolean;
}

export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
  last_changed: string;
  last_updated: string;
}

/** Home Assistant's websocket connection, of `home-assistant-js-websocket`. */
export interface Connection {
  connected: boolean;
  addEventListener: (type: "ready" | "disconnected", listener: () => void) => void;
  removeEventListener: (type: "ready" | "disconnected", listener: () => void) => void;
  subscribeMessage: (
    onMessage: (message: unknown) => void,
    command: WebSocketCommand,
    options?: { resubscribe?: boolean },
  ) => Promise<() => Promise<void>>;
}

export interface WebSocketCommand {
  type: string;
  [argument: string]: unknown;
}

/** The formats that the user has chosen in the profile. */
export interface FrontendLocale {
  language: string;
  number_format: string;
  time_format: string;
  time_zone: string;
}

/** A piece of a state that is formatted for people. */
export interface StatePart {
  type: string;
  value: string;
}

export type Localize = (key: string, values?: Record<string, string | number>) => string;

export interface HomeAssistant {
  connection: Connection;
  areas: Record<string, AreaEntry>;
  devices: Record<string, DeviceEntry>;
  entities: Record<string, EntityEntry>;
  states: Record<string, EntityState>;
  language: string;
  locale: FrontendLocale;
  config: { time_zone: string };
  user?: { is_admin: boolean };
  localize: Localize;
  formatEntityStateToParts: (entity: EntityState, state?: string) => StatePart[];
  loadBackendTranslation: (category: string, integration: string) => Promise<Localize>;
  callWS: (command: WebSocketCommand) => Promise<unknown>;
}

/** A card's configuration, as the dashboard stores it. */
export interface CardConfig {
  type: string;
  [option: string]: unknown;
}

/** A form that Home Assistant's card editor shows. */
export interface ConfigForm {
  schema: {
    name: string;
    required?: boolean;
    /** What the form shows where the option is not set. */
    default?: unknown;
    selector: Record<string, unknown>;
  }[];
  computeLabel?: (schema: { name: string }, localize: Localize) => string | undefined;
  computeHelper?: (schema: { name: string }, localize: Localize) => string | undefined;
  assertConfig?: (config: CardConfig) => void;
}

/** Return the running frontend's `hass`, for code that is handed none. */
export const currentHass = (): HomeAssistant | undefined =>
  document.querySelector<HTMLElement & { hass?: HomeAssistant }>("home-assistant")?.hass;

/** Return the name of a device, as people see it. */
export const deviceName = (device: DeviceEntry): string => device.name_by_user ?? device.name ?? "";
