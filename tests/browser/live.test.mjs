// Pages that are open follow their world, whatever becomes of them and of the server.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as plain } from "node:test";

import { context, launch, shows, suite, watch } from "./browser.mjs";
import { SHOP_PAGE, actual, advance, answer, demand, isStream, live, now, tick, why } from "./console.mjs";
import { Server, until } from "./server.mjs";
import { SHOP, bake, update } from "./worlds.mjs";

const test = suite();

test("two pages that are open see the same, whoever acts", async ({ server, open }) => {
  await server.scenario(SHOP);
  const one = await live(await open(SHOP_PAGE));
  const other = await live(await open(SHOP_PAGE));
  const list = await live(await open("/console", { beside: other }));
  await update(server);
  for (const page of [one, other]) await shows(why(page), /launch/i);
  await shows(list.locator("main"), /updating/i);
  await tick(one, "Next step");
  await tick(other, "Next step");
  for (const page of [one, other]) {
    await shows(actual(page), /75 % blue, 25 % green/);
    await shows(now(page), new RegExp(await server.now()));
  }
});

test("what is typed and where the focus is stay when the page is renewed", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open(SHOP_PAGE));
  const field = demand(page);
  await field.fill("77");
  await update(server);
  await shows(why(page), /launch/i);
  await server.advance("next");
  await server.advance("next");
  await shows(actual(page), /25 % green/);
  assert.equal(await field.inputValue(), "77");
  assert.ok(await field.evaluate((element) => element === document.activeElement), "the focus is where it was");
});

test("a page in the background closes its stream, and is up to date when it is looked at again", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await open(null);
  const streams = new Set();
  let opened = 0;
  page.on("request", (request) => {
    if (isStream(request)) streams.add(request), (opened += 1);
  });
  const over = (request) => streams.delete(request);
  page.on("requestfailed", over);
  page.on("requestfinished", over);
  await page.goto(SHOP_PAGE);
  await live(page);
  await until("one stream is open", () => streams.size === 1);

  await look(page, "hidden");
  await until("no stream is open", () => streams.size === 0);
  const before = opened;
  await bake(server);
  assert.equal(opened, before, "nobody looks, so nothing is asked");

  await look(page, "visible");
  await shows(actual(page), /75 % blue, 25 % green/);
  await live(page);
  assert.equal(streams.size, 1);
});

/** Tells the page whether it is looked at; a browser without windows hides none by itself. */
function look(page, state) {
  return page.evaluate((visibility) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => visibility });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => visibility === "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

plain("a page whose server dies says so, and heals by itself when it is back", { timeout: 120_000 }, async () => {
  const room = mkdtempSync(join(tmpdir(), "sagebrush-healing-"));
  const server = await Server.start({ database: `sqlite:${join(room, "world.db")}` });
  const browser = await launch();
  const faults = [];
  try {
    await server.scenario(SHOP);
    const page = await (await context(browser, server.url)).newPage();
    watch(page, faults);
    await page.goto(SHOP_PAGE);
    await live(page);

    await server.stop("SIGKILL");
    await shows(page.locator("#live"), /reconnecting/);
    await advance(page, 10);
    await shows(answer(page), /server|reach|answer/i);

    await server.again();
    await live(page);
    await bake(server);
    await shows(actual(page), /75 % blue, 25 % green/);
    await tick(page, "+10 s");
    await until("the page acts again", async () => (await server.now()) === (await now(page).innerText()));
    // That a server which is not there cannot be reached is all that may go wrong.
    const lost = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE/;
    assert.deepEqual(faults.filter((fault) => !lost.test(fault)), []);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(room, { recursive: true });
  }
});
