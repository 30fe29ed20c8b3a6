// Run the unit tests of the cards: node test.mjs [ARGUMENTS OF node --test]

import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { argv, execPath, exit } from "node:process";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "node_modules/.tests");

await rm(built, { recursive: true, force: true });
const folder = await readdir(join(here, "test"));
const tests = folder.filter((name) => name.endsWith(".test.ts"));
await build({
  absWorkingDir: here,
  entryPoints: tests.map((name) => `test/${name}`),
  outdir: built,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning",
});
const files = [
  ...tests.map((name) => join(built, name.replace(/\.ts$/, ".mjs"))),
  // Those of the build itself.
  ...folder.filter((name) => name.endsWith(".test.mjs")).map((name) => join(here, "test", name)),
];
const { status } = spawnSync(
  execPath,
  ["--enable-source-maps", "--test", "--test-reporter=spec", ...argv.slice(2), ...files],
  { stdio: "inherit" },
);
exit(status ?? 1);
