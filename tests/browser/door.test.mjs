// The way into the console: from the server's root, and with a token where one is wanted.

import assert from "node:assert/strict";
import { test as plain } from "node:test";

import { shows, suite } from "./browser.mjs";
import { SHOP_PAGE, actual, answer, live, tick } from "./console.mjs";
import { Server, until } from "./server.mjs";
import { SHOP, bake } from "./worlds.mjs";

const TOKEN = "a-token-that-nobody-shall-read";
const test = suite({ control_token: TOKEN });
const LOCKED = { foreseen: [/\b401\b/] };

/** Opens what the token closes. */
async function unlock(page, token = TOKEN) {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Unlock", exact: true }).click();
}

test("with a token the console asks for it, and shows nothing before", async ({ server, open }) => {
  await server.scenario(SHOP);
  await bake(server);
  for (const path of ["/console", SHOP_PAGE, "/console/faults", "/console/what-if"]) {
    const page = await open(path);
    await page.getByLabel("Token").waitFor();
    assert.doesNotMatch(await page.content(), /shop-v1|shop-errors|25 %/, `${path} says nothing of the world`);
  }
  const page = await open(SHOP_PAGE);
  await unlock(page, "another-token");
  await shows(page.locator("body"), /token/i);
  await page.getByLabel("Token").waitFor();
  await unlock(page);
  await live(page);
  await shows(actual(page), /75 % blue, 25 % green/);
  const before = await server.now();
  await tick(page, "+10 s");
  await shows(answer(page), /200/);
  await until("time was moved", async () => (await server.now()) !== before);
}, LOCKED);

test("the token is kept for this tab alone, and in no address", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await open("/console");
  const addresses = [];
  page.on("request", (request) => addresses.push(request.url()));
  await unlock(page);
  await live(page);
  await page.reload();
  await live(page);
  await page.locator('main a[href^="/console/endpoints/shop"]').first().click();
  await live(page);
  assert.match(page.url(), /\/console\/endpoints\/shop/);
  await page.goBack();
  await live(page);

  const kept = await page.evaluate(async () => ({
    session: JSON.stringify({ ...sessionStorage }),
    rest: JSON.stringify([{ ...localStorage }, document.cookie, location.href, await indexedDB.databases(), await caches.keys()]),
  }));
  assert.ok(kept.session.includes(TOKEN));
  assert.ok(!kept.rest.includes(TOKEN), kept.rest);
  assert.deepEqual(addresses.filter((address) => address.includes(TOKEN)), []);
  assert.deepEqual(await page.context().cookies(), []);
  const other = await open("/console", { beside: page });
  await other.getByLabel("Token").waitFor();
}, LOCKED);

test("the password manager and the page's text do not get to know the token", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await open("/console");
  const field = page.getByLabel("Token");
  assert.equal(await field.getAttribute("type"), "password");
  await unlock(page);
  await live(page);
  assert.ok(!(await page.content()).includes(TOKEN));
}, LOCKED);

plain("a browser is led from the root to the console, and a client of AWS's is not", { timeout: 60_000 }, async () => {
  const server = await Server.start();
  try {
    const get = (path, headers) => fetch(server.url + path, { headers, redirect: "manual" });
    const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
    const led = await get("/", browser);
    assert.ok([302, 303, 307].includes(led.status), `${led.status}`);
    assert.match(led.headers.get("location"), /^\/console\/?$/);

    const plainly = { accept: "*/*" };
    const signed = { authorization: "AWS4-HMAC-SHA256 Credential=test/20261005/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=00" };
    const query = "/?Action=DescribeAlarms&Version=2010-08-01";
    for (const [path, headers] of [["/", plainly], ["/", { ...browser, ...signed }], [query, plainly], [query, browser], ["/", {}]]) {
      const answer = await get(path, headers);
      assert.ok(answer.status < 300 || answer.status >= 400, `${path} ${JSON.stringify(headers)}: ${answer.status}`);
      assert.doesNotMatch(answer.headers.get("content-type") ?? "", /html/);
    }
    assert.match(await (await get(query, browser)).text(), /DescribeAlarmsResponse/);
  } finally {
    await server.stop();
  }
});
