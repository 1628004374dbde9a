// The pictures of the documentation can be taken at any time, and those that are shown are all of them.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { suite } from "./browser.mjs";
import { FILES, take } from "./screenshots.mjs";
import { REPOSITORY } from "./server.mjs";

const test = suite();
const SHOWN = join(REPOSITORY, "docs", "images");

/** Width and height stand at the head of a PNG. */
function size(path) {
  const bytes = readFileSync(path);
  assert.equal(bytes.toString("latin1", 1, 4), "PNG", path);
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

test("the pictures of the documentation are taken anew, light and dark, wide and narrow", async ({ server, browser }) => {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-pictures-"));
  try {
    await take({ server, browser }, folder);
    assert.deepEqual(readdirSync(folder).sort(), FILES.map(({ file }) => file).sort());
    for (const { file, size: wanted } of FILES) assert.deepEqual(size(join(folder, file)), wanted, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("docs/images has just these pictures: scripts/screenshots takes them", () => {
  const shown = readdirSync(SHOWN).filter((file) => /^console-.*\.png$/.test(file));
  assert.deepEqual(shown.sort(), FILES.map(({ file }) => file).sort());
});
