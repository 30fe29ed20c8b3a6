// Make the files of the cards: what esbuild bundles, and each compressed.
//
// particle.js is what the dashboard loads. It is small, and loads the rest by names that hold a hash of the
// content, so that browsers may keep them. Home Assistant sends the compressed file beside each, if the browser
// takes it. The same sources make the same files, byte for byte: Node.js's own gzip differs with its version.

import { Buffer } from "node:buffer";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { gzipAsync } from "@gfx/zopfli";
import { build } from "esbuild";
import { minify } from "terser";

import { minifyTemplates } from "./minify-templates.mjs";

export const here = dirname(fileURLToPath(import.meta.url));

/** Write the files to a folder, and return what esbuild says of them. */
export const bundle = async (folder) => {
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: ["src/particle.ts"],
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    plugins: [minifyTemplates],
    format: "esm",
    target: "es2022",
    chunkNames: "[name]-[hash]",
    // They are in licenses.txt, together with the full texts.
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  for (const name of await readdir(folder)) {
    if (name.endsWith(".js")) {
      const file = join(folder, name);
      // Two percent smaller than what esbuild alone makes.
      const { code } = await minify(await readFile(file, "utf8"), {
        module: true,
        ecma: 2020,
        compress: { passes: 3 },
      });
      await writeFile(file, code);
      // As Home Assistant's own build does: no smaller file is known that browsers unpack as gzip.
      await writeFile(`${file}.gz`, await gzipAsync(Buffer.from(code), {}));
    }
  }
  return metafile;
};
