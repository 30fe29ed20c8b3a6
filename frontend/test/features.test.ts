import assert from "node:assert/strict";
import { test } from "node:test";

import { FEATURES } from "../src/features";
import type { HomeAssistant } from "../src/hass";
import { isSupported } from "../src/lazy-feature";
import { errorMessage, type ServiceError } from "../src/service-error";
import { fakeHass } from "./fake-hass";

const device = (id: string, entryType: "service" | null): HomeAssistant["devices"] => ({
  [id]: {
    id,
    name: id,
    name_by_user: null,
    area_id: null,
    identifiers: [],
    config_entries: [],
    disabled_by: null,
    entry_type: entryType,
  },
});

const hass = fakeHass({
  devices: { ...device("tank", null), ...device("account", "service") },
  entities: {
    "sensor.level": { entity_id: "sensor.level", platform: "particle", device_id: "tank" },
    "sensor.used": { entity_id: "sensor.used", platform: "particle", device_id: "account" },
    "sensor.lost": { entity_id: "sensor.lost", platform: "particle", device_id: "gone" },
    "sensor.other": { entity_id: "sensor.other", platform: "demo", device_id: "tank" },
  },
});

void test("a tile of a Particle device can have the feature, and no other tile", () => {
  const supported = ["sensor.level", "sensor.used", "sensor.lost", "sensor.other", "sensor.none"];
  assert.deepEqual(
    supported.filter((entity) => isSupported(hass, { entity_id: entity })),
    ["sensor.level"],
  );
  assert.equal(isSupported(hass, {}), false);
});

void test("a configuration that is no list of functions is refused", () => {
  const [feature] = FEATURES;
  assert.throws(() => feature?.assertConfig({ type: "", functions: "pump" }), /must be a list/);
  assert.doesNotThrow(() => feature?.assertConfig({ type: "" }));
});

void test("nobody knows what came of an action whose connection was lost", async () => {
  assert.equal(await errorMessage(hass, { code: 3 } as ServiceError), "cards.no_answer");
  assert.equal(await errorMessage(hass, { message: "No." }), "No.");
});
