import assert from "node:assert/strict";
import { test } from "node:test";

import { ageText, timeOf } from "../src/age";

const NOW = Date.UTC(2026, 10, 25, 12);

const CASES: [seconds: number, age: string][] = [
  [0, "now"],
  [4.9, "now"],
  [5, "5 seconds ago"],
  [13, "10 seconds ago"],
  [59, "55 seconds ago"],
  [60, "1 minute ago"],
  [3599, "59 minutes ago"],
  [7200, "2 hours ago"],
  [86_400, "yesterday"],
  [200 * 86_400, "6 months ago"],
  [400 * 86_400, "last year"],
];

for (const [seconds, age] of CASES) {
  void test(`${String(seconds)} seconds are ${age}`, () => {
    assert.equal(ageText(NOW - seconds * 1000, NOW, "en"), age);
  });
}

void test("a clock that is wrong puts nothing that was heard into the future", () => {
  assert.equal(ageText(NOW + 180_000, NOW, "en"), "now");
});

void test("the user's language", () => {
  assert.equal(ageText(NOW - 120_000, NOW, "de"), "vor 2 Minuten");
});

void test("no date, or none that can be read, is no time", () => {
  assert.equal(timeOf(undefined), undefined);
  assert.equal(timeOf("yesterday"), undefined);
  assert.equal(timeOf("2026-11-25T12:00:00+00:00"), NOW);
});
