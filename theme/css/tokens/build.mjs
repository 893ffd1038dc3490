// Makes colors.css, the theme of the design system, from designsystemet.config.json beside this
// file. Run with `npm run tokens` in theme/ after a change there, and commit both.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const theme = join(here, "..", "..");
const config = join("css", "tokens", "designsystemet.config.json");
const tokens = join("node_modules", ".cache", "design-tokens");
const built = `${tokens}-build`;
const program = join("node_modules", "@digdir", "designsystemet", "dist", "bin", "designsystemet.js");

for (const options of [
  ["create", "--config", config, "--clean"],
  ["build", "--config", config, "--tokens", tokens, "--out-dir", built, "--clean"],
]) {
  execFileSync(process.execPath, [program, "tokens", ...options], { cwd: theme, stdio: "inherit" });
}

const css = readFileSync(join(theme, built, "tilskuddsstigen.css"), "utf-8")
  // On paper the colours are the light ones, also for readers who have chosen dark screens.
  .replaceAll("@media (prefers-color-scheme: dark)", "@media screen and (prefers-color-scheme: dark)")
  .replaceAll(/[ \t]+$/gm, "");
writeFileSync(join(here, "colors.css"), css);
