// Build the cards into the integration: node build.mjs [FOLDER]

import { createHash } from "node:crypto";
import { readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { argv } from "node:process";

import { bundle, here } from "./bundle.mjs";

const target = resolve(argv[2] ?? join(here, "../custom_components/particle/dashboard/dist"));
const unfinished = `${target}.new`;

/** The license of each package that went into the files, each text once. */
const licenses = async (inputs) => {
  const packages = new Set(
    Object.keys(inputs).flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
    ),
  );
  const texts = new Map();
  for (const name of [...packages].sort()) {
    const folder = join(here, "node_modules", name);
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) {
      throw new Error(`${name} comes without a license`);
    }
    const text = (await readFile(join(folder, file), "utf8")).trim();
    texts.set(text, [...(texts.get(text) ?? []), name]);
  }
  return [...texts].map(([text, names]) => `${names.join(", ")}\n\n${text}\n`).join("\n\n");
};

await rm(unfinished, { recursive: true, force: true });
const metafile = await bundle(unfinished);
await writeFile(join(unfinished, "licenses.txt"), await licenses(metafile.inputs));

const hash = createHash("sha256");
for (const name of (await readdir(unfinished)).sort()) {
  hash.update(name).update(await readFile(join(unfinished, name)));
}
const manifest = { entry: "particle.js", hash: hash.digest("hex").slice(0, 12) };
await writeFile(join(unfinished, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

// Whoever looks meanwhile sees the old files or the new ones, never half of them.
await rm(target, { recursive: true, force: true });
await rename(unfinished, target);
