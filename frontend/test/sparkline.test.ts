import assert from "node:assert/strict";
import { test } from "node:test";

import { resample, sparkline, type Point } from "../src/sparkline";

const HOUR = 3_600_000;

void test("a value holds until the next one", () => {
  const points: Point[] = [
    { time: 0, value: 1 },
    { time: 2, value: 3 },
  ];
  assert.deepEqual(resample(points, 0, 4, 4), [1, 1, 3, 3]);
});

void test("what is before the first value, and after one that ended, is not known", () => {
  const points: Point[] = [
    { time: 1, value: 5 },
    { time: 3, value: null },
  ];
  assert.deepEqual(resample(points, 0, 4, 4), [null, 5, 5, null]);
});

void test("a step that has several values shows their mean by time", () => {
  const points: Point[] = [
    { time: 0, value: 0 },
    { time: 3, value: 4 },
  ];
  assert.deepEqual(resample(points, 0, 4, 1), [1]);
});

void test("a value from before the window counts from its start", () => {
  assert.deepEqual(resample([{ time: -100, value: 2 }], 0, 2, 2), [2, 2]);
});

const drawn = (points: Point[], knownUntil: number): string | undefined => {
  const result = sparkline(points, {
    now: HOUR,
    hours: 1,
    width: 100,
    height: 20,
    knownUntil,
  });
  return result && JSON.stringify(result);
};

void test("no data, no trend", () => {
  assert.equal(drawn([], HOUR), undefined);
  assert.equal(drawn([{ time: 0, value: null }], HOUR), undefined);
});

void test("data that stopped leaves a gap up to now", () => {
  const points: Point[] = [
    { time: 0, value: 1 },
    { time: HOUR / 4, value: 2 },
  ];
  assert.doesNotMatch(drawn(points, HOUR) ?? "", /gap/);
  assert.match(drawn(points, HOUR / 2) ?? "", /gap/);
});
