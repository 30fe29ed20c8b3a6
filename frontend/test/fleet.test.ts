import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accountsOf,
  deviceOsVersions,
  groupOf,
  interruptedSince,
  oldestHeard,
  sortedDevices,
  usedUpAt,
  type Account,
  type FleetDevice,
  type FleetObject,
} from "../src/fleet-card/fleet";
import type { DeviceState } from "../src/snapshot";

const NOW = Date.UTC(2026, 10, 25, 12);
const DAY = 86_400_000;

const device = (
  name: string,
  state: DeviceState,
  more: Partial<FleetDevice> = {},
): FleetDevice => ({
  device_id: name,
  config_entry_id: "entry",
  name,
  state,
  ...more,
});

void test("problems come first, then by name, in which numbers count as numbers", () => {
  const devices = [
    device("node 10", "online"),
    device("node 9", "online"),
    device("sleeper", "asleep"),
    device("lost", "offline"),
    device("broken", "safe_mode"),
    device("silent", "online", { answering: false }),
  ];
  const fleet: FleetObject = Object.fromEntries(
    devices.map((one) => [`device/${one.name}`, one] as const),
  );
  assert.deepEqual(
    sortedDevices(fleet, "en").map(({ name }) => name),
    ["broken", "silent", "lost", "sleeper", "node 9", "node 10"],
  );
});

void test("a device that is online but does not respond is a problem", () => {
  assert.equal(groupOf(device("a", "online", { answering: false })), "problems");
  assert.equal(groupOf(device("a", "online", { answering: true })), "online");
  assert.equal(groupOf(device("a", "updating")), "online");
  assert.equal(groupOf(device("a", "asleep")), "asleep");
  assert.equal(groupOf(device("a", "cloud_lost")), "problems");
});

void test("an account is no device", () => {
  const account = { name: "jane", operations: {} } as never;
  const fleet: FleetObject = { "account/1": account, "device/a": device("a", "online") };
  assert.equal(sortedDevices(fleet, "en").length, 1);
  assert.deepEqual(accountsOf(fleet), [["1", account]]);
});

void test("the longest interruption counts", () => {
  const account = (since?: string): Account =>
    ({ name: "jane", ...(since && { interrupted_since: since }) }) as Account;
  assert.equal(interruptedSince([["1", account()]]), undefined);
  assert.equal(
    interruptedSince([
      ["1", account("2026-11-20T11:59:00Z")],
      ["2", account()],
      ["3", account("2026-11-20T11:58:00Z")],
    ]),
    Date.parse("2026-11-20T11:58:00Z"),
  );
});

void test("versions are compared as versions", () => {
  const devices = ["5.8.0", "5.10.0", "5.8.0", undefined].map((version, number) =>
    device(String(number), "online", version === undefined ? {} : { device_os: version }),
  );
  assert.deepEqual(deviceOsVersions(devices), [
    ["5.10.0", 1],
    ["5.8.0", 2],
  ]);
});

void test("the device that was heard longest ago; one that never was is not it", () => {
  const devices = [
    device("never", "offline"),
    device("new", "online", { heard_at: "2026-11-25T11:59:00Z" }),
    device("old", "offline", { heard_at: "2026-05-12T11:59:00Z" }),
  ];
  assert.equal(oldestHeard(devices)?.name, "old");
  assert.equal(oldestHeard([]), undefined);
});

const operations = { used: 50_000, forecast: 150_000, allowance: 100_000 };

void test("the day on which the allowance is used up lies where the forecast crosses it", () => {
  const periodEnd = new Date(NOW + 10 * DAY).toISOString();
  assert.equal(usedUpAt({ ...operations, period_end: periodEnd }, NOW), NOW + 5 * DAY);
});

void test("an allowance that lasts, is used up already, or whose period is over has no such day", () => {
  const periodEnd = new Date(NOW + 10 * DAY).toISOString();
  for (const other of [
    { forecast: 100_000 },
    { used: 100_000 },
    { period_end: new Date(NOW - DAY).toISOString() },
  ]) {
    assert.equal(usedUpAt({ ...operations, period_end: periodEnd, ...other }, NOW), undefined);
  }
});
