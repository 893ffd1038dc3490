// Another engine than any of ours works a workbook out: what would a spreadsheet program show?
//
//   node recalculate.mjs <folder of HyperFormula>
//
// One JSON document per line, in and out:
//   {"cells": [[…], …], "changes": [[row, column, value], …]} -> {"values": [[…], …]}
// Cells are numbers, texts, formulas ("=…") or null; rows and columns are counted from 0.

import { createInterface } from "node:readline";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { HyperFormula } = await import(pathToFileURL(resolve(process.argv[2], "es/index.mjs")).href);

for await (const line of createInterface({ input: process.stdin })) {
  const { cells, changes } = JSON.parse(line);
  const book = HyperFormula.buildFromArray(cells, { licenseKey: "gpl-v3" });
  for (const [row, col, value] of changes) {
    book.setCellContents({ sheet: 0, row, col }, [[value]]);
  }
  const values = book.getSheetValues(0).map((row) => row.map((value) => value?.value ?? value));
  process.stdout.write(`${JSON.stringify({ values })}\n`);
  book.destroy();
}
