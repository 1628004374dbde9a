// The demo is watched from its beginning, before there is anything to be seen.

import { test } from "node:test";

import { context, launch, shows, watch } from "./browser.mjs";
import { SHOP_PAGE, actual, deployments, live, tick } from "./console.mjs";
import { Server, until } from "./server.mjs";

test("the demo's canary is seen to move, and the second one to go back", { timeout: 120_000 }, async () => {
  const faults = [];
  const server = await Server.demo();
  const browser = await launch();
  try {
    const page = await (await context(browser, server.url)).newPage();
    watch(page, faults);
    await page.goto(SHOP_PAGE);
    await live(page);
    await shows(actual(page), /75 % blue, 25 % green/);
    await shows(deployments(page), /succeeded/);
    await shows(deployments(page), /rolled back/);
    await until("the demo stays up", () => /The server stays up/.test(server.told));
    // It can be taken over from the page: time is moved by hand from here on.
    await tick(page, "+1 h");
    await shows(page.locator("#answer"), /clock\/advance → 200/);
  } finally {
    await browser.close();
    await server.stop();
  }
  const surprises = faults.filter((fault) => !/404/.test(fault));
  if (surprises.length > 0) throw new Error(`the page had faults: ${surprises.join("\n")}`);
});
