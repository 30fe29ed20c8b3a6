import assert from "node:assert/strict";
import { test } from "node:test";

import type { EntityEntry, HomeAssistant } from "../src/hass";
import {
  suggestDevice,
  suggestEvents,
  suggestFleet,
  suggestion,
  suggestVariable,
} from "../src/suggestions";
import { fakeHass } from "./fake-hass";

const device = (id: string, domain: string, entryType: "service" | null = null) => ({
  id,
  name: id,
  name_by_user: null,
  area_id: null,
  identifiers: [[domain, id]] as [string, string][],
  config_entries: ["entry"],
  disabled_by: null,
  entry_type: entryType,
});

const entity = (id: string, changes: Partial<EntityEntry> = {}): EntityEntry => ({
  entity_id: id,
  platform: "particle",
  device_id: "greenhouse",
  ...changes,
});

const ENTITIES = [
  entity("sensor.temperature"),
  entity("binary_sensor.pump"),
  entity("sensor.last_reset", { translation_key: "last_reset", entity_category: "diagnostic" }),
  entity("event.published", { translation_key: "published" }),
  entity("sensor.used", { device_id: "account", translation_key: "operations_used" }),
  entity("light.hue", { platform: "hue", device_id: "hue" }),
  // Of another integration, on one of our devices.
  entity("sensor.battery_notes", { platform: "battery_notes" }),
];

const hass = fakeHass({
  devices: {
    greenhouse: device("greenhouse", "particle"),
    account: device("account", "particle", "service"),
    hue: device("hue", "hue"),
  },
  entities: Object.fromEntries(ENTITIES.map((one) => [one.entity_id, one])),
});

const SUGGEST = {
  device: suggestDevice,
  variable: suggestVariable,
  events: suggestEvents,
  fleet: suggestFleet,
};

const suggested = (house: HomeAssistant, id: string): string[] =>
  Object.entries(SUGGEST).flatMap(([name, suggest]) =>
    suggestion(name, suggest)(house, id) ? [name] : [],
  );

const CASES: [id: string, cards: string[]][] = [
  ["sensor.temperature", ["device", "variable"]],
  ["binary_sensor.pump", ["device", "variable"]],
  ["sensor.last_reset", ["device"]],
  ["event.published", ["device", "events"]],
  ["sensor.used", ["fleet"]],
  ["light.hue", []],
  ["sensor.battery_notes", []],
  ["sensor.nowhere", []],
  ["constructor", []],
];

for (const [id, cards] of CASES) {
  void test(`${id} suits ${cards.join(" and ") || "no card"}`, () => {
    assert.deepEqual(suggested(hass, id), cards);
  });
}

void test("a suggestion is a configuration that the card takes", () => {
  assert.deepEqual(suggestion("particle-device-card", suggestDevice)(hass, "sensor.temperature"), {
    config: { type: "custom:particle-device-card", device_id: "greenhouse" },
  });
});

void test("a frontend that is not as expected gets no suggestion, and no error", () => {
  assert.deepEqual(suggested({} as HomeAssistant, "sensor.temperature"), []);
});
