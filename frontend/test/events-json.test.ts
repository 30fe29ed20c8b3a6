import assert from "node:assert/strict";
import { test } from "node:test";

import { firstPairs, isJson, tokensOf } from "../src/events-card/json";
import { formatJson } from "../src/events-card/json-format";
import { readPayload } from "../src/events-card/payload";

const formatted = (json: string): string =>
  formatJson(tokensOf(json))
    .map(({ text }) => text)
    .join("");

void test("JSON is shown with line breaks, and nothing in it is changed", () => {
  assert.equal(
    formatted('{"id":12345678901234567890,"2":1.50,"1":[],"a":{"b":[1,"x, {y}"]}}'),
    `{
  "id": 12345678901234567890,
  "2": 1.50,
  "1": [],
  "a": {
    "b": [
      1,
      "x, {y}"
    ]
  }
}`,
  );
});

void test("the first values of an object stand in one line, in their order", () => {
  assert.deepEqual(firstPairs('{"b":"on \\u2713","2":1e3,"a":{"x":[1, 2]},"n":null,"z":1}', 4), [
    { key: "b", value: "on ✓" },
    { key: "2", value: "1e3" },
    { key: "a", value: '{"x":[1,2]}' },
    { key: "n", value: "null" },
  ]);
});

void test("a list has values without names", () => {
  assert.deepEqual(firstPairs("[1, [2, 3]]", 5), [
    { key: undefined, value: "1" },
    { key: undefined, value: "[2,3]" },
  ]);
  assert.deepEqual(firstPairs("{}", 5), []);
});

void test("what is not JSON, or no more than a number, is text", () => {
  assert.equal(isJson("{broken"), false);
  assert.deepEqual(readPayload("23.4"), { kind: "text", text: "23.4" });
  assert.deepEqual(readPayload(""), { kind: "none" });
  assert.deepEqual(readPayload(null), { kind: "none" });
});

void test("bytes are shown as bytes", () => {
  assert.deepEqual(readPayload("data:application/octet-stream;base64,AAH/"), {
    kind: "binary",
    type: "application/octet-stream",
    bytes: 3,
    start: "00 01 ff",
  });
  assert.deepEqual(readPayload("data:;base64,AA=="), {
    kind: "binary",
    type: "application/octet-stream",
    bytes: 1,
    start: "00",
  });
});

void test("bytes that are none stay text", () => {
  assert.equal(readPayload("data:image/png;base64,A").kind, "text");
  assert.equal(readPayload("data: 5").kind, "text");
});
