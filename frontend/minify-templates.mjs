// Shorten styles and templates, which are strings to the minifier: a plugin for esbuild.

import { readFile } from "node:fs/promises";

import { transform } from "esbuild";
import ts from "typescript";

/** Return a piece of a template with what HTML shows of its white space. */
const shortenMarkup = (text, isFirst, isLast) => {
  // A space that stands there as such is meant; a line break around all is not.
  const begun = isFirst ? text.replace(/^\s*\n\s*/, "") : text;
  const ended = isLast ? begun.replace(/\s*\n\s*$/, "") : begun;
  return ended
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ (?=\/?>)/g, "")
    .replaceAll(/=(["'])([\w-]+)\1/g, "=$2");
};

const shortenStyles = async (text) =>
  (await transform(text, { loader: "css", minify: true })).code.trim();

/** Return the places of the strings in a module, each with what is to stand there. */
const replacements = async (source) => {
  const found = [];
  const visit = (node) => {
    if (ts.isTaggedTemplateExpression(node)) {
      const { tag, template } = node;
      const parts = ts.isNoSubstitutionTemplateLiteral(template)
        ? [template]
        : [template.head, ...template.templateSpans.map(({ literal }) => literal)];
      found.push({ tag: tag.getText(), parts });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const result = [];
  for (const { tag, parts } of found) {
    for (const [index, part] of parts.entries()) {
      // Without the characters that begin and end the string: ` or } and ` or ${.
      const start = part.getStart() + 1;
      const end = part.end - (index === parts.length - 1 ? 1 : 2);
      const text = source.text.slice(start, end);
      if (tag === "html" || tag === "svg") {
        const short = shortenMarkup(text, index === 0, index === parts.length - 1);
        result.push({ start, end, text: short });
      } else if (tag === "css" && parts.length === 1) {
        result.push({ start, end, text: await shortenStyles(text) });
      }
    }
  }
  return result.sort((one, other) => other.start - one.start);
};

export const minifyTemplates = {
  name: "minify-templates",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      const source = ts.createSourceFile(path, contents, ts.ScriptTarget.ES2022, true);
      for (const { start, end, text } of await replacements(source)) {
        contents = contents.slice(0, start) + text + contents.slice(end);
      }
      return { contents, loader: "ts" };
    });
  },
};
