// A deployment is watched and steered in the console: what the API has happen is seen, and what is pressed happens.

import assert from "node:assert/strict";

import { counts, shows, suite } from "./browser.mjs";
import {
  SHOP_PAGE, actual, alarms, answer, confirm, countdown, deployments, dialog, events, fleets, live, picture, rung, squares,
  steer, tick, wanted, why,
} from "./console.mjs";
import { until } from "./server.mjs";
import { CANARY, SHOP, bake, update } from "./worlds.mjs";

const test = suite();

/** The status of the deployment of `shop` becomes this. */
const becomes = (server, status) =>
  until(`the deployment is ${status}`, async () => (await server.deployment()).status === status);

test("a canary is seen to move, step by step", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open(SHOP_PAGE));
  await shows(fleets(page), /blue|shop/i);
  await update(server);
  await shows(why(page), /launch/i);
  await shows(actual(page), /100 % blue/);
  await tick(page, "Next step");
  await shows(wanted(page), /75 % blue, 25 % green/);
  await tick(page, "Next step");
  await shows(actual(page), /75 % blue, 25 % green/);
  await shows(why(page), /Step 1 of 2 bakes until .*watched by shop-errors/);
  await shows(countdown(page).first(), /10 ?m|10:00|600/);
  await counts(rung(page), 1);
  assert.equal(await squares(page).count(), 8, "a square for each instance of both fleets");
  await tick(page, "Until idle");
  await shows(deployments(page), /succeeded/i);
  await becomes(server, "succeeded");
  await counts(page.locator('[data-traffic="actual"]:has-text("25 % green")'), 0);
});

test("an abort asks once, and everything goes back", async ({ server, open }) => {
  await server.scenario(SHOP);
  await bake(server);
  const page = await live(await open(SHOP_PAGE));
  await steer(page, "Abort");
  await dialog(page).getByRole("button", { name: "Cancel", exact: true }).click();
  await counts(dialog(page), 0);
  assert.equal((await server.deployment()).status, "running", "nothing was asked of the server");
  await steer(page, "Abort");
  await confirm(page, "Abort");
  await shows(answer(page), /POST \/_sagebrush\/deployments\/.*\/abort[\s\S]*200/);
  await shows(why(page), /roll|back/i);
  await tick(page, "Until idle");
  await becomes(server, "rolled_back");
  await shows(deployments(page), /rolled[ _]back/i);
});

test("a bad model trips the alarm, and one sees why it went back", async ({ server, open }) => {
  await server.scenario(SHOP);
  const page = await live(await open(SHOP_PAGE));
  await update(server, "shop-bad");
  await tick(page, "Until idle");
  await becomes(server, "rolled_back");
  await shows(alarms(page), /shop-errors[\s\S]*ALARM/);
  await shows(deployments(page), /rolled[ _]back/i);
  await shows(page.locator("main"), /rolled back because the following alarm\(s\) went into ALARM state: shop-errors/);
});

test("a pause stops the countdown, a resume lets it go on, and an advance ends the bake", async ({ server, open }) => {
  await server.scenario(SHOP);
  await bake(server);
  const page = await live(await open(SHOP_PAGE));
  await steer(page, "Pause");
  await shows(answer(page), /\/pause[\s\S]*200/);
  await shows(why(page), /paused/i);
  await tick(page, "+5 min");
  await steer(page, "Resume");
  await shows(answer(page), /\/resume[\s\S]*200/);
  await shows(why(page), /bakes until/);
  await steer(page, "Advance");
  await shows(answer(page), /\/advance[\s\S]*200/);
  await tick(page, "Next step");
  await shows(wanted(page), /100 % green/);
});

test("a promotion is pressed on the deployment's own page", async ({ server, open }) => {
  await server.scenario(SHOP);
  await bake(server);
  const { id } = await server.deployment();
  const page = await live(await open(`/console/deployments/${id}`));
  await shows(events(page), /launching[\s\S]*activating[ _]traffic[\s\S]*baking/i);
  await picture(page).waitFor();
  await steer(page, "Promote");
  if (await dialog(page).count()) await confirm(page, "Promote");
  await shows(answer(page), /\/promote[\s\S]*200/);
  await tick(page, "Until idle");
  await becomes(server, "succeeded");
  await shows(events(page), /succeeded/i);
});

test("the history of an endpoint leads to the page of a deployment that is over", async ({ server, open }) => {
  await server.scenario(SHOP);
  await update(server, "shop-bad");
  await server.advance("idle");
  const { id } = await server.deployment();
  const page = await live(await open(SHOP_PAGE));
  await deployments(page).locator(`a[href^="/console/deployments/${id}"]`).first().click();
  await page.waitForURL(/\/console\/deployments\//);
  await shows(events(page), /rolling[ _]back[\s\S]*rolled[ _]back/i);
  await shows(events(page), /shop-errors/);
});

test("an update that is refused by AWS's rules leaves the page as it was", async ({ server, open }) => {
  await server.scenario(SHOP);
  await bake(server);
  const page = await live(await open(SHOP_PAGE));
  await shows(actual(page), /25 % green/);
  await assert.rejects(update(server, "shop-v2", CANARY), /Cannot update/i);
  await shows(actual(page), /25 % green/);
});
