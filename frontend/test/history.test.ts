import assert from "node:assert/strict";
import { test } from "node:test";

import { numberOf, pointsOf } from "../src/history";

void test("states that are numbers, on or off have a value", () => {
  assert.deepEqual(["21.5", "on", "off", "unavailable", "open", "", "NaN", "inf"].map(numberOf), [
    21.5,
    1,
    0,
    null,
    null,
    null,
    null,
    null,
  ]);
});

void test("the history as Home Assistant sends it", () => {
  assert.deepEqual(
    pointsOf([
      { s: "1", lu: 10 },
      { s: "unavailable", lu: 20, lc: 19 },
    ]),
    [
      { time: 10_000, value: 1 },
      { time: 19_000, value: null },
    ],
  );
});
