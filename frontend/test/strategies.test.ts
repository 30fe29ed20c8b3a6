import assert from "node:assert/strict";
import { test } from "node:test";

import type { DeviceEntry, HomeAssistant } from "../src/hass";
import { dashboard, section, view } from "../src/strategies/generate";
import { fakeHass } from "./fake-hass";

const TYPE = "custom:particle";

interface View {
  title: string;
  path: string;
  subview?: boolean;
  strategy: Record<string, unknown> & { type: string };
}

interface Card {
  type: string;
  [option: string]: unknown;
}

interface Sections {
  sections: { cards: Card[] }[];
}

const device = (id: string, changes: Partial<DeviceEntry> = {}): DeviceEntry => ({
  id,
  name: `Device ${id}`,
  name_by_user: null,
  area_id: null,
  identifiers: [["particle", id]],
  config_entries: ["entry"],
  disabled_by: null,
  entry_type: null,
  ...changes,
});

const house = (...devices: DeviceEntry[]): HomeAssistant =>
  fakeHass({
    areas: {
      barn: { area_id: "barn", name: "Barn" },
      attic: { area_id: "attic", name: "Attic" },
    },
    devices: Object.fromEntries(devices.map((one) => [one.id, one])),
  });

const many = (number: number, areaId: string | null): DeviceEntry[] =>
  Array.from({ length: number }, (_, index) =>
    device(`${areaId ?? "none"}${String(index)}`, { area_id: areaId }),
  );

const viewsOf = (hass: HomeAssistant, options: Record<string, unknown> = {}): View[] =>
  dashboard({ type: TYPE, ...options }, hass)["views"] as View[];

const cardsOf = (generated: Record<string, unknown>): Card[] =>
  (generated as unknown as Sections).sections.flatMap(({ cards }) => cards);

const typesOf = (generated: Record<string, unknown>): string[] =>
  cardsOf(generated).map(({ type }) => type.replace("custom:particle-", ""));

void test("without a device, the fleet card says what to do", () => {
  const hass = house(device("lamp", { identifiers: [["hue", "lamp"]] }));
  const [overview, events, ...others] = viewsOf(hass);
  assert.deepEqual([overview?.path, events?.path, others], ["overview", "events", []]);
  assert.deepEqual(typesOf(view(overview?.strategy ?? { type: TYPE }, hass)), ["fleet-card"]);
});

void test("a single device has the overview for itself", () => {
  const hass = house(device("one"));
  const views = viewsOf(hass);
  assert.deepEqual(
    views.map(({ path }) => path),
    ["overview", "events"],
  );
  assert.deepEqual(typesOf(view({ type: TYPE }, hass)), [
    "device-card",
    "events-card",
    "fleet-card",
  ]);
});

void test("few devices have a tab each, and a small card by area", () => {
  const hass = house(
    device("b", { area_id: "barn", name_by_user: "Pump" }),
    device("a", { area_id: "attic" }),
    device("c"),
  );
  const views = viewsOf(hass);
  assert.deepEqual(
    views.map(({ title, path, subview }) => [title, path, subview ?? false]),
    [
      ["strategy.overview", "overview", false],
      ["Device a", "device-a", false],
      ["Device c", "device-c", false],
      ["Pump", "device-b", false],
      ["strategy.events", "events", false],
    ],
  );
  const cards = cardsOf(view(views[0]?.strategy ?? { type: TYPE }, hass));
  assert.deepEqual(
    cards.map(({ heading, device_id: id, navigation_path: path }) => heading ?? path ?? id),
    [undefined, "Attic", "device-a", "Barn", "device-b", "strategy.no_area", "device-c"],
  );
});

void test("many devices have a tab for each area, and a view of their own behind it", () => {
  const hass = house(...many(150, "barn"), ...many(20, "attic"), ...many(30, null));
  const views = viewsOf(hass);
  assert.equal(views.length, 1 + 3 + 200 + 1);
  const tabs = views.filter(({ subview }) => !subview);
  assert.deepEqual(
    tabs.map(({ path }) => path),
    ["overview", "area-attic", "area-barn", "no-area", "events"],
  );
  const [overview, attic, barn, rest] = tabs.map(({ strategy }) => view(strategy, hass));
  assert.deepEqual(typesOf(overview ?? {}), ["fleet-card", "events-card"]);
  assert.equal(cardsOf(attic ?? {}).length, 1 + 20);
  // So many cards would take long: the list leads to each device.
  assert.deepEqual(typesOf(barn ?? {}), ["fleet-card"]);
  assert.deepEqual(cardsOf(barn ?? {})[0]?.["device_views"], true);
  assert.deepEqual(cardsOf(barn ?? {})[0]?.["areas"], ["barn"]);
  assert.deepEqual(cardsOf(rest ?? {})[0]?.["areas"], [null]);
});

void test("neither pages of accounts nor disabled devices are shown", () => {
  const hass = house(
    device("account", { entry_type: "service" }),
    device("off", { disabled_by: "user" }),
    device("one"),
  );
  assert.equal(viewsOf(hass).length, 2);
});

void test("a dashboard can be limited to an account and to areas", () => {
  const hass = house(
    device("a", { area_id: "barn" }),
    device("b", { area_id: "barn", config_entries: ["other"] }),
    device("c", { config_entries: ["other"] }),
  );
  const options = { config_entry_id: "other", areas: ["barn"] };
  const views = viewsOf(hass, options);
  assert.equal(views.length, 2);
  const cards = cardsOf(view({ type: TYPE, ...options }, hass));
  assert.deepEqual(cards[0]?.["device_id"], "b");
  assert.deepEqual([cards[2]?.["config_entry_id"], cards[2]?.["areas"]], ["other", ["barn"]]);
  const [events] = cardsOf(view({ type: TYPE, ...options, events: true }, hass));
  assert.deepEqual(events?.["devices"], ["b"]);
});

void test("a device that is gone keeps its card, which says so", () => {
  assert.deepEqual(typesOf(view({ type: TYPE, device_id: "gone" }, house())), ["device-card"]);
});

void test("a device in an area that was removed is shown among the others", () => {
  const hass = house(device("a", { area_id: "gone" }), device("b"));
  assert.deepEqual(
    cardsOf(view({ type: TYPE }, hass)).map(({ type }) => type),
    ["custom:particle-fleet-card", "custom:particle-device-card", "custom:particle-device-card"],
  );
});

void test("a name is text, whatever it consists of", () => {
  const name = `<img src=x onerror=alert(1)>\u202e{{ 1 }}`;
  const views = viewsOf(house(device("a", { name_by_user: name }), device("b")));
  assert.equal(views.find(({ path }) => path === "device-a")?.title, name);
});

void test("a section shows a device, an area, or the fleet", () => {
  const hass = house(...many(2, "barn"), ...many(30, null));
  const typesIn = (options: Record<string, unknown>): string[] =>
    (section({ type: TYPE, ...options }, hass)["cards"] as Card[]).map(({ type }) => type);
  assert.deepEqual(typesIn({ device_id: "barn0" }), ["custom:particle-device-card"]);
  assert.equal(typesIn({ area_id: "barn" }).length, 2);
  assert.deepEqual(typesIn({ area_id: null }), ["custom:particle-fleet-card"]);
  assert.deepEqual(typesIn({}), ["custom:particle-fleet-card"]);
});
