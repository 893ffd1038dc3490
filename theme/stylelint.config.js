// How the style sheets are checked. `make lint` runs it with `python -m tests.lint`; editors find it
// here.

export default {
  extends: "stylelint-config-standard",
  // Made by css/tokens/build.mjs.
  ignoreFiles: ["**/tokens/colors.css"],
  reportDescriptionlessDisables: true,
  reportNeedlessDisables: true,
  rules: {
    // A comment stands right above what it is about.
    "comment-empty-line-before": null,
    // A state, or a place where something looks otherwise, may stand beside what it changes.
    "no-descending-specificity": null,
    // Imports stand in groups.
    "at-rule-empty-line-before": [
      "always",
      {
        except: ["blockless-after-same-name-blockless", "first-nested"],
        ignore: ["after-comment"],
        ignoreAtRules: ["import"],
      },
    ],
    // Designsystemet has names with -- in the middle.
    "custom-property-pattern": "^[a-z][a-z0-9]*(--?[a-z0-9]+)*$",
    // One way of writing each; min-width is also known to browsers that don't know `width >= …`.
    "import-notation": "string",
    "media-feature-range-notation": "prefix",
    // Safari knows no other.
    "property-no-vendor-prefix": [true, { ignoreProperties: ["-webkit-text-size-adjust"] }],
  },
};
