// The rules for the cards: strict, with types, and those of Lit and of accessible templates.
import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import { configs as lit } from "eslint-plugin-lit";
import accessibility from "eslint-plugin-lit-a11y";
import { configs as webComponents } from "eslint-plugin-wc";
import { defineConfig } from "eslint/config";
import typescript from "typescript-eslint";

export default defineConfig(
  js.configs.recommended,
  {
    files: ["src/**/*.ts", "test/**/*.ts"],
    extends: [
      typescript.configs.strictTypeChecked,
      typescript.configs.stylisticTypeChecked,
      webComponents["flat/best-practice"],
      lit["flat/recommended"],
      accessibility.configs.recommended,
    ],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      "no-console": "error",
      eqeqeq: "error",
      "lit/no-template-map": "off",
      "wc/guard-super-call": "off",
    },
  },
  prettier,
);
