// How scripts are checked: those of the pages, and those of the tests. `make lint` runs it with
// `python -m tests.lint`; editors find it here for theme/js.

import js from "@eslint/js";
import globals from "globals";

const NODE = ["**/js/node.js", "**/*.mjs", "**/*.test.js", "**/*.config.js"];
const WORKERS = ["**/js/*worker.js", "**/templates/*-worker.js"];

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    rules: {
      // Beyond the recommended ones: one way of writing things, and no detours.
      "array-callback-return": "error",
      "arrow-body-style": "error",
      curly: "error",
      "default-case-last": "error",
      "dot-notation": "error",
      eqeqeq: "error",
      "func-style": ["error", "declaration", { allowArrowFunctions: true }],
      "no-alert": "error",
      "no-console": ["error", { allow: ["info", "warn", "error"] }],
      "no-else-return": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-lonely-if": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-promise-executor-return": "error",
      "no-self-compare": "error",
      "no-template-curly-in-string": "error",
      "no-throw-literal": "error",
      "no-unneeded-ternary": "error",
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-useless-computed-key": "error",
      "no-useless-concat": "error",
      "no-useless-rename": "error",
      "no-useless-return": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "one-var": ["error", "never"],
      "operator-assignment": "error",
      "prefer-arrow-callback": "error",
      "prefer-const": "error",
      "prefer-object-spread": "error",
      "prefer-regex-literals": "error",
      "prefer-rest-params": "error",
      "prefer-spread": "error",
      "prefer-template": "error",
      radix: "error",
      yoda: "error",
    },
  },
  {
    // The build puts these in (builder/bundle/assets.py, builder/bundle/offline.py).
    files: ["**/js/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        ["FRAME_TITLES", "RUNTIME", "RUNTIME_URLS", "SITE"].map((name) => [name, "readonly"]),
      ),
    },
  },
  { files: WORKERS, languageOptions: { globals: { ...globals.serviceworker, ...globals.worker } } },
  { files: NODE, languageOptions: { globals: globals.nodeBuiltin } },
];
