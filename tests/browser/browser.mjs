// A browser on a server's pages, and tests that have both.
//
// A page of a test is watched from its first request on: what the console logs as an error or a warning, what throws, what
// cannot be loaded, what is answered with a refusal, and every native dialog (scripts that got in announce themselves by
// one) is a fault, and a test with faults that it did not foresee is red. What a red test's pages looked like is kept in
// target/browser/red.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { DEADLINE_MS, Server, TARGET, until } from "./server.mjs";

const ROOM = join(TARGET, "browser");
const NPM = join(ROOM, "npm");
if (!existsSync(NPM)) throw new Error(`nothing is installed in ${ROOM}: run tests/browser/install.py`);
// Modules are sought from where a file lies, and what npm installs lies beside the build.
const require = createRequire(join(NPM, "package.json"));
const { chromium } = require("playwright-core");

/** The source of axe-core, for pages of contexts that pass by the content security policy. */
export const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** A whole test, with all it waits for. */
const TEST_MS = 180_000;

/** No sandbox because CI is root; then what keeps the browser from asking the network, and pictures from differing. */
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-proxy-server", "--force-color-profile=srgb", "--disable-partial-raster", "--disable-lcd-text",
];

/** A browser with an empty profile of its own. */
export function launch(flags = []) {
  return chromium.launch({ executablePath: join(ROOM, "bin", "chromium"), headless: true, args: [...FLAGS, ...flags] });
}

/** A context whose pages wait as long as everything else, and look alike everywhere. */
export async function context(browser, baseURL, options = {}) {
  const made = await browser.newContext({
    baseURL, viewport: DESKTOP, locale: "en-GB", timezoneId: "UTC", colorScheme: "light", ...options,
  });
  made.setDefaultTimeout(DEADLINE_MS);
  return made;
}

/** Collects what goes wrong in a page into `faults`. */
export function watch(page, faults) {
  page.on("console", (message) => {
    const [type, text, { url }] = [message.type(), message.text(), message.location()];
    if (["error", "warning"].includes(type)) faults.push(`${type}: ${text} (${url})`);
  });
  page.on("pageerror", (error) => faults.push(`thrown: ${error.stack ?? error}`));
  page.on("crash", () => faults.push("the page crashed"));
  page.on("dialog", (dialog) => {
    faults.push(`a native dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {}); // its page may be gone by now
  });
  page.on("requestfailed", (request) => {
    // Whoever leaves a page, and a stream that is closed, ends requests on purpose.
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") faults.push(`not loaded: ${request.method()} ${request.url()}: ${why}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400) faults.push(`refused: ${answer.status()} ${answer.request().method()} ${answer.url()}`);
  });
}

/**
 * A file's tests: a server and a browser for all of them, contexts for each. The story of a test is given `server`,
 * `browser`, and `open(path, options)`, which opens a page in a context of its own, or with `beside: page` in that page's.
 * `foreseen` is what the faults of a test may look like.
 */
export function suite({ flags, ...settings } = {}) {
  const shared = {};
  before(async () => {
    shared.server = await Server.start(settings);
    shared.browser = await launch(flags);
  });
  after(async () => {
    await shared.browser?.close();
    await shared.server?.stop();
  });
  return (name, story, { foreseen = [] } = {}) => test(name, { timeout: TEST_MS }, async () => {
    const faults = [];
    const contexts = [];
    const open = async (path, { beside, ...options } = {}) => {
      const room = beside?.context() ?? (await context(shared.browser, shared.server.url, options));
      if (!beside) contexts.push(room);
      const page = await room.newPage();
      watch(page, faults);
      if (path) await page.goto(path);
      return page;
    };
    try {
      await story({ ...shared, open });
      const surprises = faults.filter((fault) => !foreseen.some((pattern) => pattern.test(fault)));
      assert.deepEqual(surprises, [], "a page had faults");
    } catch (fault) {
      fault.message += `\n${await keep(name, contexts, faults)}`;
      throw fault;
    } finally {
      for (const room of contexts) await room.close();
    }
  });
}

/** Keeps what a red test's pages show, and says where. */
async function keep(name, contexts, faults) {
  const red = join(ROOM, "red");
  mkdirSync(red, { recursive: true });
  const base = join(red, name.replace(/\W+/g, "-").slice(0, 80));
  let count = 0;
  for (const page of contexts.flatMap((room) => room.pages())) {
    count += 1;
    const file = `${base}-${count}`;
    try {
      writeFileSync(`${file}.html`, `<!-- ${page.url()} -->\n${await page.content()}`);
      await page.screenshot({ path: `${file}.png`, fullPage: true, timeout: 5_000 });
    } catch (fault) {
      faults.push(`the page could not be kept: ${fault.message}`);
    }
  }
  return `pages are kept as ${base}-*; their faults: ${JSON.stringify(faults, null, 1)}`;
}

/** Waits until what is there shows this text, and says at the end what it showed instead. */
export async function shows(locator, pattern) {
  let text;
  const look = async () => {
    text = (await locator.allInnerTexts()).join("\n").trim();
    return pattern.test(text);
  };
  await until("shown", look).catch(() => assert.fail(`${locator} does not show ${pattern} but ${JSON.stringify(text)}`));
}

/** Waits until there are so many. */
export async function counts(locator, wanted) {
  let count;
  const look = async () => (count = await locator.count()) === wanted;
  await until("counted", look).catch(() => assert.fail(`${locator} is there ${count} times, not ${wanted} times`));
}
