// The hand on the world's clock, in the console.

import assert from "node:assert/strict";

import { shows, suite } from "./browser.mjs";
import { SHOP_PAGE, advance, answer, clock, live, mode, now, tick } from "./console.mjs";
import { until } from "./server.mjs";
import { SHOP } from "./worlds.mjs";

const test = suite();

/** What the page and the server say the time is, which is one. */
async function agreed(server, page) {
  const said = await server.now();
  await shows(now(page), new RegExp(`^${said}$`));
  return Date.parse(`${said.replace(" ", "T")}Z`) / 1000;
}

test("the buttons move time by what they say", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open("/console"));
  let before = await agreed(server, page);
  for (const [name, seconds] of [["+10 s", 10], ["+1 min", 60], ["+5 min", 300], ["+1 h", 3600]]) {
    await tick(page, name);
    await until(`${name} has passed`, async () => (await agreed(server, page)) === before + seconds);
    before += seconds;
  }
});

test("time is moved by seconds, and by no nonsense", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open(SHOP_PAGE));
  const before = await agreed(server, page);
  await advance(page, 90);
  await until("90 s have passed", async () => (await agreed(server, page)) === before + 90);
  await shows(answer(page), /POST \/_sagebrush\/clock\/advance[\s\S]*200/);
  await advance(page, -5);
  assert.equal(await agreed(server, page), before + 90, "time goes forward only");
}, { foreseen: [/400/] });

test("the mode is set: the clock runs, and stands still again", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open("/console"));
  await mode(page, "real");
  await until("the server's clock runs", async () => (await server.control("GET", "clock")).mode === "real");
  const seen = await now(page).innerText();
  await until("the page's clock runs", async () => (await now(page).innerText()) !== seen);
  await mode(page, "manual");
  await until("the server's clock stands", async () => (await server.control("GET", "clock")).mode === "manual");
  await agreed(server, page);
});

test("the clock of every page is that of its world", async ({ server, open }) => {
  await server.scenario(SHOP);
  for (const path of ["/console", "/console?view=table", SHOP_PAGE, "/console/faults", "/console/what-if"]) {
    const page = await live(await open(path));
    await agreed(server, page);
    await (await clock(page)).getByRole("button", { name: "+10 s", exact: true }).waitFor();
  }
});
