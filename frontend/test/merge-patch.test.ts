import assert from "node:assert/strict";
import { test } from "node:test";

import { applyPatch } from "../src/merge-patch";

// The examples of RFC 7396, appendix A.
const EXAMPLES: [target: unknown, patch: unknown, result: unknown][] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

for (const [target, patch, result] of EXAMPLES) {
  void test(`${JSON.stringify(target)} with ${JSON.stringify(patch)}`, () => {
    assert.deepEqual(applyPatch(target, patch), result);
  });
}

void test("what is not changed is shared, and the target stays as it was", () => {
  const target = { changed: { a: 1 }, same: { b: 2 } };
  const result = applyPatch(target, { changed: { a: 2 } }) as typeof target;
  assert.equal(result.same, target.same);
  assert.deepEqual(target, { changed: { a: 1 }, same: { b: 2 } });
});

void test("a variable may be named as something of JavaScript's own", () => {
  const patch: unknown = JSON.parse('{"__proto__": {"value": 1}, "constructor": {"value": 2}}');
  const result = applyPatch({}, patch) as object;
  assert.deepEqual(Object.keys(result), ["__proto__", "constructor"]);
  assert.equal(Object.getPrototypeOf(result), Object.prototype);
  assert.equal(({} as Record<string, unknown>)["value"], undefined);
});
