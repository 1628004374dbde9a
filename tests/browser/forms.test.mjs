// What the forms of the console send is what the control API then says.

import assert from "node:assert/strict";

import { counts, shows, suite } from "./browser.mjs";
import { SHOP_PAGE, addFault, answer, behave, confirm, dialog, facts, faults, live, planned, traffic, trafficForm, withdraw } from "./console.mjs";
import { until } from "./server.mjs";
import { SHOP, bake } from "./worlds.mjs";

const test = suite();

test("the traffic of an endpoint is set", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open(SHOP_PAGE));
  await traffic(page, 120);
  await shows(answer(page), /PUT \/_sagebrush\/endpoints\/shop\/traffic[\s\S]*200/);
  const said = await server.control("GET", "endpoints/shop/traffic");
  assert.match(JSON.stringify(said), /"requests_per_second":120\b/);
});

test("traffic that cannot be is refused in the server's words, and nothing changes", async ({ server, open }) => {
  await server.scenario(SHOP);
  const before = await server.control("GET", "endpoints/shop/traffic");
  const page = await live(await open(SHOP_PAGE));
  // The browser would say no by itself; the server has the last word.
  await trafficForm(page).evaluate((form) => (form.noValidate = true));
  await traffic(page, 999999);
  await shows(answer(page), /400[\s\S]*10,?000/);
  assert.deepEqual(await server.control("GET", "endpoints/shop/traffic"), before);
}, { foreseen: [/400/] });

test("a model is told how to behave, and the next rollback shows it", async ({ server, open }) => {
  await server.scenario(SHOP);
  await bake(server);
  const page = await live(await open(SHOP_PAGE));
  await behave(page, "shop-v2", { error_rate: 0.6 });
  await shows(answer(page), /PUT \/_sagebrush\/models\/shop-v2\/behaviour[\s\S]*200/);
  const { override } = await server.control("GET", "models/shop-v2/behaviour");
  assert.equal(override.error_rate, 0.6);
  await server.advance("idle");
  await shows(page.locator("main"), /rolled back because/i);
});

test("a fault is put in, listed, and withdrawn", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open("/console/faults"));
  await addFault(page, { kind: "error_rate", rate: 0.2, "scope.endpoint": "shop" });
  await shows(answer(page), /POST \/_sagebrush\/faults[\s\S]*20[01]/);
  const row = faults(page).getByRole("row").filter({ hasText: "shop" });
  await counts(row, 1);
  const [fault] = (await server.control("GET", "faults")).faults;
  assert.equal(fault.kind, "error_rate");
  await withdraw(row);
  if (await dialog(page).count()) await confirm(page, "Withdraw");
  await counts(row, 0);
  await until("no fault is left", async () => (await server.control("GET", "faults")).faults.length === 0);
});

test("a fault that somebody else puts in is listed at once", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open("/console/faults"));
  await server.control("POST", "faults", { kind: "stale_reads", seconds: 5 });
  await shows(faults(page), /stale[ _]reads/);
  await server.control("DELETE", "faults");
  await counts(page.getByRole("button", { name: "Withdraw", exact: true }), 0);
});

test("a question is asked, and its answer is a schedule with a picture", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open("/console/what-if"));
  await page.locator("main form").getByRole("button").last().click();
  await page.locator("main svg.picture").first().waitFor();
  await shows(page.locator("main"), /succeeded|rolled back/i);
  assert.equal((await server.control("GET", "deployments")).deployments.length, 1, "a question touches no world");
});

test("a question that takes long leaves what was there until its answer comes", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await planned(await live(await open("/console/what-if")));
  const [before, slow] = [await facts(page).allInnerTexts(), 'main [aria-busy="true"] dl'];
  const slide = (name, value) => page.locator(`[name="${name}"]`).fill(String(value));
  await page.locator('[name="a-how"]').selectOption("LINEAR");
  await slide("a-size", 10);
  await slide("a-bake", 600);
  await slide("traffic", 100);
  await page.locator(slow).first().waitFor();
  assert.deepEqual(await page.locator(slow).allInnerTexts(), before);
  await planned(page);
  const after = await facts(page).allInnerTexts();
  assert.match(after[0], /All traffic back after/);
  assert.notDeepEqual(after, before);
});
