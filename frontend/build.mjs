// Build the cards into the integration: node build.mjs [FOLDER]
//
// particle.js is what the dashboard loads. It is small, and loads the rest by names that hold a hash of the
// content, so that browsers may keep them. Home Assistant sends the compressed file beside each, if the browser
// takes it. The same sources make the same files, byte for byte: Node.js's own gzip differs with its version.

import { createHash } from "node:crypto";
import { readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { gzipSync } from "fflate";

const here = dirname(fileURLToPath(import.meta.url));
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

/** Leave out the indentation of styles and templates, which are strings to the minifier. */
const withoutIndentation = {
  name: "without-indentation",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll(/\n[ \t]+/g, "\n"),
      loader: "ts",
    }));
  },
};

await rm(unfinished, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["src/particle.ts"],
  outdir: unfinished,
  bundle: true,
  splitting: true,
  minify: true,
  plugins: [withoutIndentation],
  format: "esm",
  target: "es2022",
  chunkNames: "[name]-[hash]",
  // They are in licenses.txt, together with the full texts.
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
await writeFile(join(unfinished, "licenses.txt"), await licenses(metafile.inputs));

const hash = createHash("sha256");
for (const name of (await readdir(unfinished)).sort()) {
  hash.update(name).update(await readFile(join(unfinished, name)));
}
const manifest = { entry: "particle.js", hash: hash.digest("hex").slice(0, 12) };
await writeFile(join(unfinished, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

for (const name of await readdir(unfinished)) {
  if (name.endsWith(".js")) {
    const content = await readFile(join(unfinished, name));
    await writeFile(join(unfinished, `${name}.gz`), gzipSync(content, { level: 9, mtime: 0 }));
  }
}

// Whoever looks meanwhile sees the old files or the new ones, never half of them.
await rm(target, { recursive: true, force: true });
await rename(unfinished, target);
