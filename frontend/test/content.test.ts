import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Content } from "../src/content";
import type { EntityState, HomeAssistant } from "../src/hass";
import { fakeHass } from "./fake-hass";

const OWN = "sensor.own";

const state = (entityId: string, value: string): EntityState => ({
  entity_id: entityId,
  state: value,
  attributes: {},
  last_changed: "",
  last_updated: "",
});

/** Counts how often it is rendered. */
class CountingCard extends Content {
  protected readonly section = "device_card";

  protected override entityIds = [OWN];

  renders = 0;

  protected override shouldUpdate(): boolean {
    this.renders += 1;
    return false;
  }
}

customElements.define("counting-card", CountingCard);

let card: CountingCard;
let hass: HomeAssistant;

/** Hand the card a `hass` with changes, as each change of a state in the house does. */
const change = async (changes: Partial<HomeAssistant>): Promise<void> => {
  hass = { ...hass, ...changes };
  card.hass = hass;
  await card.updateComplete;
};

const changeState = (entityId: string, value: string): Promise<void> =>
  change({ states: { ...hass.states, [entityId]: state(entityId, value) } });

beforeEach(async () => {
  card = new CountingCard();
  card.connectedCallback();
  hass = fakeHass({ states: { [OWN]: state(OWN, "0") } });
  await change({});
  card.renders = 0;
});

void test("A card is not rendered by what happens elsewhere in the house", async () => {
  for (let number = 0; number < 1_000; number += 1) {
    await changeState(`sensor.other_${String(number % 10)}`, String(number));
  }

  assert.equal(card.renders, 0);
});

void test("A card is rendered when one of its entities changes, appears or is gone", async () => {
  await changeState(OWN, "1");
  assert.equal(card.renders, 1);

  await change({ states: {} });
  assert.equal(card.renders, 2);

  await changeState(OWN, "1");
  assert.equal(card.renders, 3);
});

void test("A card is rendered once for what changes in one moment", async () => {
  for (let number = 1; number <= 10; number += 1) {
    void changeState(OWN, String(number));
  }
  await card.updateComplete;

  assert.equal(card.renders, 1);
});

for (const changes of [
  { devices: {} },
  { entities: {} },
  { user: { is_admin: true } },
  { localize: () => "" },
  { locale: { language: "de", number_format: "", time_format: "", time_zone: "" } },
  { config: { time_zone: "Europe/Berlin" } },
] satisfies Partial<HomeAssistant>[]) {
  void test(`A card is rendered when the ${Object.keys(changes).join()} change`, async () => {
    await change(changes);

    assert.equal(card.renders, 1);
  });
}

void test("Cards of Home Assistant inside a card get each change", async () => {
  const inner = { hass } as HTMLElement & { hass: HomeAssistant };
  card.coreCards = [inner];

  await changeState("sensor.other", "1");

  assert.equal(inner.hass, hass);
  assert.equal(card.renders, 0);
});
