// The list of a thousand endpoints: found, filtered, leafed through. And the way to other worlds.

import assert from "node:assert/strict";

import { shows, suite } from "./browser.mjs";
import { cards, chosen, endpoint, filters, go, later, live, rows, search } from "./console.mjs";
import { until } from "./server.mjs";
import { SHOP, bake, many } from "./worlds.mjs";

const test = suite();
const COUNT = 1000;

/** The names of the endpoints on the page, in its order. */
const names = (page) =>
  page.locator('main a[href^="/console/endpoints/"]').evaluateAll((links) => [
    ...new Set(links.map((link) => decodeURIComponent(new URL(link.href).pathname.split("/").pop()))),
  ]);

test("a thousand endpoints: every one is on just one page of the list, and found by a part of its name", async ({ server, open }) => {
  await server.scenario(many(COUNT));
  const page = await live(await open("/console?view=table"));
  assert.ok((await rows(page).count()) < COUNT, "a page of the list is not the whole list");

  const seen = [];
  for (;;) {
    const here = await names(page);
    seen.push(...here);
    if ((await later(page).count()) === 0) break;
    await later(page).click();
    await until("the next page of the list", async () => (await names(page))[0] !== here[0]);
    assert.ok(seen.length <= COUNT, "the list has an end");
  }
  assert.equal(seen.length, COUNT);
  assert.equal(new Set(seen).size, COUNT);

  await page.goto("/console");
  await search(page).fill("till-0");
  await search(page).press("Enter");
  await until("only what was sought", async () => {
    const found = await names(page);
    return found.length > 0 && found.every((name) => name.startsWith("till-0"));
  });
  const address = page.url();
  const again = await open(address);
  assert.deepEqual(await names(again), await names(page), "what is sought stands in the address");
  assert.equal(await search(again).inputValue(), "till-0");

  await search(page).fill("no such thing");
  await search(page).press("Enter");
  await until("nothing is found", async () => (await names(page)).length === 0);
  await shows(page.locator("main"), /no endpoint|nothing|none/i);
});

test("endpoints are filtered by their status", async ({ server, open }) => {
  await server.scenario(`${SHOP}\n[endpoints.calm]\nmodel = "shop-v1"\n`);
  await bake(server);
  const page = await live(await open("/console"));
  await shows(cards(page).first(), /./);
  assert.deepEqual((await names(page)).sort(), ["calm", "shop"]);
  const links = await filters(page).getByRole("link").all();
  const found = {};
  for (const text of await Promise.all(links.map((link) => link.innerText()))) {
    await page.goto("/console");
    const link = filters(page).getByRole("link", { name: text, exact: true });
    const address = await link.getAttribute("href");
    await link.click();
    await page.waitForURL(address);
    await shows(chosen(page), new RegExp(`^${text}$`));
    found[text] = (await names(page)).sort().join(" ");
  }
  assert.ok(Object.values(found).includes("shop"), `a filter for what is being updated: ${JSON.stringify(found)}`);
  assert.ok(Object.values(found).includes("calm"), `a filter for what is in service: ${JSON.stringify(found)}`);
});

test("a card leads to its endpoint, whose page has the way back", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open("/console"));
  await endpoint(page, "shop").first().click();
  await page.waitForURL(/\/console\/endpoints\/shop/);
  await shows(page.getByRole("heading", { level: 1 }), /shop/);
  await page.getByRole("banner").locator('a[href^="/console"]').first().click();
  await page.waitForURL(/\/console(\?.*)?$/);
});

test("another world has its own endpoints, and stays chosen", async ({ server, open }) => {
  await server.scenario(SHOP);
  const elsewhere = { account: "210987654321", region: "eu-west-1" };
  await server.control("POST", "scenario", SHOP.replaceAll("shop", "barn"), { type: "application/toml", ...elsewhere });
  const page = await live(await open("/console"));
  await go(page, elsewhere.account, elsewhere.region);
  await endpoint(page, "barn").first().click();
  await shows(page.getByRole("heading", { level: 1 }), /barn/);
  assert.equal(await page.locator('[name="account"]').first().inputValue(), elsewhere.account);
  assert.equal(await endpoint(page, "shop").count(), 0);
});

test("a world where nothing is says so, and what is not there is not found", async ({ server, open }) => {
  await server.control("POST", "reset");
  const page = await live(await open("/console"));
  await shows(page.locator("main"), /no endpoint|nothing|none/i);
  const missing = await open("/console/endpoints/shop");
  await shows(missing.locator("body"), /shop/);
  assert.equal((await missing.goto("/console/deployments/none")).status(), 404);
  assert.equal((await missing.goto("/console/nowhere")).status(), 404);
}, { foreseen: [/\b404\b/] });
