/** A `hass` for tests: English, 24 hours, UTC; texts are their keys and values. */

import type { HomeAssistant } from "../src/hass";

export const fakeHass = (changes: Partial<HomeAssistant> = {}): HomeAssistant => ({
  connection: {
    connected: true,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    subscribeMessage: () => Promise.reject(new Error("not connected")),
  },
  areas: {},
  devices: {},
  entities: {},
  states: {},
  language: "en",
  locale: { language: "en", number_format: "language", time_format: "24", time_zone: "server" },
  config: { time_zone: "UTC" },
  localize: (key, values) =>
    [key.replace("component.particle.config_panel.", ""), ...Object.values(values ?? {})].join(" "),
  formatEntityStateToParts: (state) => [{ type: "value", value: state.state }],
  loadBackendTranslation: () => Promise.resolve((key) => key),
  callWS: () => Promise.resolve({}),
  ...changes,
});
