import assert from "node:assert/strict";
import { test } from "node:test";

import { offsetOf, totalHeight, visibleRange } from "../src/events-card/geometry";
import { rowForKey } from "../src/events-card/row-keys";

const CLOSED = { count: 1000, height: 50, open: [] };
const OPEN = { count: 1000, height: 50, open: [{ index: 2, extra: 300 }] };

void test("only the rows in sight are drawn, and some more", () => {
  assert.deepEqual(visibleRange(CLOSED, 0, 500, 2), [0, 13]);
  assert.deepEqual(visibleRange(CLOSED, 1025, 500, 2), [18, 33]);
  assert.deepEqual(visibleRange(CLOSED, 49_600, 500, 2), [990, 1000]);
  assert.deepEqual(visibleRange({ count: 0, height: 50, open: [] }, 0, 500, 2), [0, 0]);
});

void test("an open row moves those below it, and is in sight while any of it is", () => {
  assert.equal(offsetOf(OPEN, 2), 100);
  assert.equal(offsetOf(OPEN, 3), 450);
  assert.equal(totalHeight(OPEN), 50_300);
  assert.deepEqual(visibleRange(OPEN, 440, 100, 0), [2, 5]);
  assert.deepEqual(visibleRange(OPEN, 450, 100, 0), [3, 6]);
});

void test("the rows below an open one that is above the sight", () => {
  const two = {
    count: 10,
    height: 50,
    open: [
      { index: 0, extra: 100 },
      { index: 5, extra: 200 },
    ],
  };
  assert.deepEqual(visibleRange(two, 150, 40, 0), [1, 2]);
  assert.deepEqual(visibleRange(two, 400, 40, 0), [5, 6]);
  assert.deepEqual(visibleRange(two, 600, 40, 0), [6, 7]);
});

void test("the arrow keys stay within the list", () => {
  assert.equal(rowForKey("ArrowDown", 4, 5, 3), 4);
  assert.equal(rowForKey("ArrowUp", 0, 5, 3), 0);
  assert.equal(rowForKey("PageDown", 0, 5, 3), 3);
  assert.equal(rowForKey("End", 0, 5, 3), 4);
  assert.equal(rowForKey("x", 0, 5, 3), undefined);
});
