import assert from "node:assert/strict";
import { test } from "node:test";

import { freshness } from "../src/freshness";

const NOW = Date.UTC(2026, 11, 1);
const minutesAgo = (minutes: number): number => NOW - minutes * 60_000;

void test("What was just heard is fresh, whatever the clocks say", () => {
  assert.equal(freshness(minutesAgo(0), NOW), 1);
  assert.equal(freshness(minutesAgo(5), NOW), 1);
  assert.equal(freshness(minutesAgo(-10), NOW), 1);
});

void test("Freshness runs out within an hour", () => {
  const half = freshness(minutesAgo(32.5), NOW);

  assert.equal(half, 0.5);
  assert.equal(freshness(minutesAgo(60), NOW), 0);
  assert.equal(freshness(minutesAgo(600), NOW), 0);
});

void test("What was never heard is not fresh", () => {
  assert.equal(freshness(undefined, NOW), 0);
});
