import assert from "node:assert/strict";
import { test } from "node:test";

import type { EntityState, HomeAssistant } from "../src/hass";
import type { Variable } from "../src/snapshot";
import { plainValue, shownValue } from "../src/values";
import { fakeHass } from "./fake-hass";

const withState = (state: string): HomeAssistant => {
  const entity: EntityState = {
    entity_id: "sensor.tank_temp_c",
    state,
    attributes: {},
    last_changed: "",
    last_updated: "",
  };
  return fakeHass({
    states: { "sensor.tank_temp_c": entity },
    formatEntityStateToParts: ({ state: value }) => [
      { type: "value", value },
      { type: "literal", value: " " },
      { type: "unit", value: "°F" },
    ],
  });
};

const TEMPERATURE: Variable = {
  type: "double",
  value: 21.5,
  unit: "°C",
  live: true,
  entity_id: "sensor.tank_temp_c",
};

void test("an entity's value is shown as Home Assistant shows it", () => {
  assert.deepEqual(shownValue(withState("70.7"), TEMPERATURE), { text: "70.7", unit: "°F" });
});

void test("an entity that shows nothing leaves the device's own value, in its own unit", () => {
  assert.deepEqual(shownValue(withState("unavailable"), TEMPERATURE), { text: "21.5", unit: "°C" });
});

void test("an entity that is on or off has the words of its device class, also when it shows nothing", () => {
  const hass = fakeHass({
    ...withState("unavailable"),
    formatEntityStateToParts: (_entity, state) => [
      { type: "value", value: `state ${state ?? ""}` },
    ],
  });
  assert.deepEqual(shownValue(hass, { ...TEMPERATURE, type: "bool", value: true }), {
    text: "state on",
  });
});

void test("a variable without an entity", () => {
  const shown = (value: Variable["value"]): unknown =>
    shownValue(fakeHass(), { type: "", live: true, ...(value === undefined ? {} : { value }) });
  assert.deepEqual(shown(1234.5), { text: "1,234.5" });
  assert.deepEqual(shown(true), { text: "cards.true" });
  assert.deepEqual(shown("<b>open</b>"), { text: "<b>open</b>" });
  assert.equal((shown("x".repeat(864)) as { text: string }).text.length, 201);
  assert.equal(shown(undefined), undefined);
});

void test("a long text is cut, which can be seen, and not within an emoji", () => {
  assert.equal(plainValue(fakeHass(), "x".repeat(200)), "x".repeat(200));
  assert.equal(plainValue(fakeHass(), "x".repeat(201)), `${"x".repeat(200)}…`);
  assert.equal(plainValue(fakeHass(), `${"x".repeat(199)}🌡️`), `${"x".repeat(199)}…`);
});
