import assert from "node:assert/strict";
import { test } from "node:test";

import {
  formatDate,
  formatMoment,
  formatMomentExactly,
  formatNumber,
  formatTime,
} from "../src/locale";
import { fakeHass } from "./fake-hass";

const NOW = Date.UTC(2026, 10, 25, 14, 5);
const locale = (changes: object): ReturnType<typeof fakeHass> =>
  fakeHass({ locale: { ...fakeHass().locale, ...changes } });

void test("numbers in the format of the profile", () => {
  assert.equal(formatNumber(fakeHass(), 1234.5), "1,234.5");
  assert.equal(formatNumber(locale({ number_format: "decimal_comma" }), 1234.5), "1.234,5");
  assert.equal(formatNumber(locale({ number_format: "none" }), 1234.5), "1234.5");
  assert.equal(formatNumber(locale({ language: "de" }), 0.5), "0,5");
  assert.equal(formatNumber(fakeHass(), 21.4, 2), "21.40");
});

void test("times in the format and the time zone of the profile", () => {
  assert.equal(formatTime(fakeHass(), NOW), "14:05");
  assert.equal(formatTime(locale({ time_format: "12" }), NOW), "2:05 PM");
  assert.equal(formatTime(fakeHass({ config: { time_zone: "America/New_York" } }), NOW), "09:05");
});

void test("midnight is 00:00", () => {
  assert.equal(formatTime(fakeHass(), Date.UTC(2026, 10, 25)), "00:00");
});

void test("today is a time, another day a date, another year has its number", () => {
  assert.equal(formatMoment(fakeHass(), NOW - 3_600_000, NOW), "13:05");
  assert.equal(formatMoment(fakeHass(), Date.UTC(2026, 4, 12), NOW), "May 12");
  assert.equal(
    formatDate(locale({ language: "en-GB" }), Date.UTC(2025, 4, 12), NOW),
    "12 May 2025",
  );
  assert.match(
    formatMomentExactly(fakeHass(), Date.UTC(2026, 4, 12, 18, 42), NOW),
    /May 12.*18:42/,
  );
});
