// The cards are loaded on each page of a dashboard, also over a slow connection.

import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";

import { bundle } from "../bundle.mjs";

/** In bytes, compressed. */
const MAX_ALL = 46_200;
const MAX_FIRST_PICTURE = 20_000;

const CONTENTS = {
  ...Object.fromEntries(
    ["device", "variable", "fleet", "events"].map((card) => [
      `${card} card`,
      `src/${card}-card/${card}-card.ts`,
    ]),
  ),
  badge: "src/badge/badge.ts",
  "feature with functions": "src/features/function-feature.ts",
};

let folder;
let outputs;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "particle-cards-"));
  ({ outputs } = await bundle(folder));
});

after(() => rm(folder, { recursive: true }));

const size = async (files) => {
  let sum = 0;
  for (const file of files) {
    sum += (await stat(join(folder, `${basename(file)}.gz`))).size;
  }
  return sum;
};

/** Return the files that the browser needs before it runs one. */
const needed = (file, found = new Set()) => {
  if (!found.has(file)) {
    found.add(file);
    for (const { path, kind } of outputs[file].imports) {
      if (kind === "import-statement") {
        needed(path, found);
      }
    }
  }
  return found;
};

const outputOf = (source) => Object.keys(outputs).find((file) => source in outputs[file].inputs);

test("All files together are small", async () => {
  assert.ok((await size(Object.keys(outputs))) <= MAX_ALL);
});

for (const [name, source] of Object.entries(CONTENTS)) {
  test(`The first picture of the ${name} needs little`, async () => {
    const files = needed(outputOf(source));
    needed(outputOf("src/particle.ts"), files);

    const bytes = await size(files);

    assert.ok(bytes <= MAX_FIRST_PICTURE, `${bytes} bytes`);
  });
}
