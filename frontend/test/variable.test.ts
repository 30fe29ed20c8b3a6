import assert from "node:assert/strict";
import { test } from "node:test";

import { colorOf, reached } from "../src/variable-card/thresholds";
import { changeInLastHour } from "../src/variable-card/trend";

const NOW = Date.UTC(2026, 10, 25, 12);
const MINUTE = 60_000;

void test("the first threshold that the value is beyond says what it means", () => {
  const dry = { below: 350, label: "Dry" };
  const wet = { above: 700, label: "Wet" };
  assert.equal(reached(340, [dry, wet]), dry);
  assert.equal(reached(701, [dry, wet]), wet);
  assert.equal(reached(350, [dry, wet]), undefined);
  assert.equal(reached(undefined, [dry, wet]), undefined);
});

void test("a threshold between two numbers, and one without any", () => {
  const between = { above: 10, below: 20 };
  assert.equal(reached(15, [between]), between);
  assert.equal(reached(20, [between]), undefined);
  assert.equal(reached(15, [{ label: "nothing" }]), undefined);
});

void test("a colour is a name of the theme's and nothing else", () => {
  assert.equal(colorOf({ color: "red" }), "var(--red-color)");
  assert.equal(colorOf({ color: "red); background: url(x" }), "var(--warning-color)");
  assert.equal(colorOf({}), "var(--warning-color)");
});

void test("the change within an hour needs a value that is an hour old", () => {
  const points = [
    { time: NOW - 90 * MINUTE, value: 20 },
    { time: NOW - 30 * MINUTE, value: 21 },
    { time: NOW - MINUTE, value: 23.5 },
  ];
  assert.equal(changeInLastHour(points, NOW), 3.5);
  assert.equal(changeInLastHour(points.slice(1), NOW), undefined);
  assert.equal(changeInLastHour([...points, { time: NOW, value: null }], NOW), undefined);
});
