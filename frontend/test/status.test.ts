import assert from "node:assert/strict";
import { test } from "node:test";

import type { Status } from "../src/snapshot";
import { flashStepText, lookOf, statusText } from "../src/status";
import { fakeHass } from "./fake-hass";

const NOW = Date.UTC(2026, 10, 25, 13, 20);

const CASES: [status: Status, words: string][] = [
  [
    { state: "online", heard_at: "2026-11-25T13:19:50Z", answering: true },
    "cards.online_heard 10 seconds ago",
  ],
  [{ state: "online", answering: true }, "cards.online"],
  [{ state: "online", answering: false }, "cards.not_answering"],
  [{ state: "asleep" }, "cards.asleep"],
  [{ state: "asleep", back_at: "2026-11-25T14:05:00Z" }, "cards.asleep_until 14:05"],
  [{ state: "asleep", back_at: "2026-11-25T13:05:00Z" }, "cards.asleep"],
  [{ state: "offline", heard_at: "2026-11-25T12:00:00Z" }, "cards.offline_since 12:00"],
  [{ state: "offline", heard_at: "2026-05-12T12:00:00Z" }, "cards.offline_since May 12"],
  [{ state: "offline" }, "cards.offline"],
  [{ state: "updating", flash_step: "transfer" }, "cards.updating"],
  [{ state: "cloud_lost" }, "cards.cloud_lost"],
  [{ state: "cloud_lost", lost_since: "2026-11-25T11:58:00Z" }, "cards.cloud_lost_since 11:58"],
];

for (const [status, words] of CASES) {
  void test(`${JSON.stringify(status)} is ${words}`, () => {
    assert.equal(statusText(fakeHass(), status, NOW), words);
  });
}

void test("a step of an update that nobody knows is an update", () => {
  assert.equal(flashStepText(fakeHass(), "transfer"), "cards.flash_step_1");
  assert.equal(flashStepText(fakeHass(), "report"), "cards.flash_step_3");
  assert.equal(flashStepText(fakeHass(), "something new"), "cards.updating");
});

void test("a device that does not respond looks as if something is wrong, and one that is not followed as nothing", () => {
  const tone = (status: Status, live = true): string => lookOf(status, live).tone;
  assert.equal(tone({ state: "online", answering: true }), "live");
  assert.equal(tone({ state: "online", answering: false }), "warning");
  assert.equal(tone({ state: "offline", answering: false }), "quiet");
  assert.equal(tone({ state: "online" }, false), "quiet");
});
