import assert from "node:assert/strict";
import { test } from "node:test";

import { isEvent, type LogEvent } from "../src/events-card/event";
import { splitMatches } from "../src/events-card/filter";
import { Log, MAX_ROWS } from "../src/events-card/log";

const ALL = { text: "", deviceId: undefined, system: true };

const event = (number: number, changes: Partial<LogEvent> = {}): LogEvent => ({
  config_entry_id: "entry",
  device_id: "tank",
  event: `event ${String(number)}`,
  data: null,
  published_at: null,
  received_at: new Date(1_800_000_000_000 + number * 1000).toISOString(),
  own: true,
  replayed: false,
  may_replay: true,
  ...changes,
});

const events = (first: number, last: number): LogEvent[] =>
  Array.from({ length: last - first + 1 }, (_, index) => event(first + index));

const names = (log: Log): string[] =>
  log.shown.map((row) => (isEvent(row) ? row.event.event : `gap ${String(row.leftOut)}`));

void test("the newest is on top", () => {
  const log = new Log();
  log.add(events(1, 2), 0, false);
  log.add(events(3, 3), 0, false);
  assert.deepEqual(names(log), ["event 3", "event 2", "event 1"]);
});

void test("what comes while somebody looks at a row waits, and is counted", () => {
  const log = new Log();
  log.add(events(1, 1), 0, false);
  log.add(events(2, 3), 0, true);
  assert.deepEqual(names(log), ["event 1"]);
  assert.equal(log.newEvents, 2);
  log.release();
  assert.deepEqual(names(log), ["event 3", "event 2", "event 1"]);
  assert.equal(log.newEvents, 0);
});

void test("only new events that match the filter are counted", () => {
  const log = new Log();
  log.setFilter({ ...ALL, text: "EVENT 2" });
  log.add(events(1, 3), 0, true);
  assert.equal(log.newEvents, 1);
  log.release();
  assert.deepEqual([names(log), log.shownEvents, log.events], [["event 2"], 1, 3]);
});

void test("the filter looks at names, payloads, devices and who published", () => {
  const log = new Log();
  log.add(
    [
      event(1, { data: "Hello" }),
      event(2, { device_id: null }),
      event(3, { own: false }),
      event(4, { event: "hello" }),
    ],
    0,
    false,
  );
  log.setFilter({ ...ALL, text: " hello " });
  assert.deepEqual(names(log), ["hello", "event 1"]);
  log.setFilter({ ...ALL, deviceId: "tank", system: false });
  assert.deepEqual(names(log), ["hello", "event 1"]);
  log.setFilter(ALL);
  assert.equal(log.shown.length, 4);
});

void test("memory is bounded", () => {
  const log = new Log();
  log.setFilter({ ...ALL, text: "event" });
  for (let number = 0; number < 3 * MAX_ROWS; number += 100) {
    log.add(events(number, number + 99), 0, false);
  }
  assert.equal(log.events, MAX_ROWS);
  assert.equal(log.shown.length, MAX_ROWS);
  for (let number = 0; number < 3 * MAX_ROWS; number += 100) {
    log.add(events(number + 10_000, number + 10_099), 0, true);
  }
  log.release();
  assert.equal(log.shown.length, MAX_ROWS);
  assert.equal(names(log).at(-1), "event 14000");
});

void test("what the integration left out is shown where it is missing, whatever the filter", () => {
  const log = new Log();
  log.setFilter({ ...ALL, text: "event 3" });
  log.add(events(1, 1), 0, false);
  log.add(events(2, 3), 20, false);
  assert.deepEqual(names(log), ["event 3", "gap 20"]);
});

void test("after an interruption, what was stored meanwhile is filled in", () => {
  const log = new Log();
  log.add(events(1, 2), 0, false);
  log.add(events(5, 5), 0, false);
  log.merge(events(1, 5).reverse(), false);
  assert.deepEqual(names(log), ["event 5", "event 4", "event 3", "event 2", "event 1"]);
});

void test("after a long interruption a gap remains, and says so", () => {
  const log = new Log();
  log.add(events(1, 1), 0, false);
  log.merge(events(8, 9).reverse(), false);
  assert.deepEqual(names(log), ["event 9", "event 8", "gap undefined", "event 1"]);
});

void test("what is filled in while somebody looks at a row waits too", () => {
  const log = new Log();
  log.add(events(1, 2), 0, false);
  log.add(events(5, 5), 0, true);
  log.merge(events(2, 5).reverse(), true);
  assert.deepEqual(names(log), ["event 2", "event 1"]);
  assert.equal(log.newEvents, 3);
  log.release();
  assert.deepEqual(names(log), ["event 5", "event 4", "event 3", "event 2", "event 1"]);
});

void test("older events follow, none twice", () => {
  const log = new Log();
  log.add(events(5, 6), 0, false);
  log.append(events(3, 5).reverse());
  assert.deepEqual(names(log), ["event 6", "event 5", "event 4", "event 3"]);
});

void test("matches are marked", () => {
  assert.deepEqual(splitMatches("Door/door", "door"), ["", "Door", "/", "door", ""]);
  assert.deepEqual(splitMatches("İdoor", "door"), ["İdoor"]);
});
