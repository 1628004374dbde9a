// The console's pages as its user knows them: by labels, names of buttons and the few ids that the page promises.
// Whoever renames something there renames it here, and in no test.

import { shows } from "./browser.mjs";

export const SHOP_PAGE = "/console/endpoints/shop";

/** Waits until the page follows its world; what happens from then on is seen. */
export async function live(page) {
  await shows(page.locator("#live"), /^live$/i);
  return page;
}

/** Waits until the plans of a question are there. */
export async function planned(page) {
  await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"]'));
  return page;
}

export const now = (page) => page.locator("#now");
export const answer = (page) => page.locator("#answer");
export const why = (page) => page.locator("#why");
export const actual = (page) => page.locator('[data-traffic="actual"]');
export const wanted = (page) => page.locator('[data-traffic="wanted"]');
export const rung = (page) => page.locator('ol#ladder li[aria-current="step"]');
export const countdown = (page) => page.locator("time[data-until]");
export const fleets = (page) => page.getByRole("region", { name: "Fleets" });
/** The instances' squares, without those of the legend. */
export const squares = (page) => fleets(page).locator("svg.squares:not(.legend *)").locator("rect, use");
export const alarms = (page) => page.getByRole("region", { name: "Alarms" });
export const deployments = (page) => page.getByRole("region", { name: "Deployments" });
export const events = (page) => page.locator("table#events");
export const picture = (page) => page.locator("svg.picture");
/** What is said of the two ways of a question. */
export const facts = (page) => page.locator("main .result dl");
export const dialog = (page) => page.locator("dialog[open]");
export const cards = (page) => page.locator('article:has(a[href^="/console/endpoints/"])');
export const rows = (page) => page.locator('tr:has(a[href^="/console/endpoints/"])');
export const endpoint = (page, name) => page.locator(`a[href^="/console/endpoints/${name}"]`);
export const search = (page) => page.getByLabel("Search");
export const filters = (page) => page.getByRole("navigation", { name: "Status" });
export const chosen = (page) => filters(page).locator("[aria-current]");
/** The link to the next page of the list. */
export const later = (page) => page.locator('main a[rel="next"]');
export const faults = (page) => page.locator("table#faults");

const button = (place, name) => place.getByRole("button", { name, exact: true });

/** A panel of the header, opened. */
async function panel(page, id) {
  const details = page.locator(`details#${id}`);
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
  return details;
}

export const clock = (page) => panel(page, "clock");

/** Goes to the list of another world. */
export async function go(page, account, region) {
  const world = await panel(page, "world");
  await world.getByLabel("Account").fill(account);
  await world.getByLabel("Region").fill(region);
  await world.getByLabel("Region").press("Enter");
}

/** Moves the clock by a button of its panel: "Next step", "Until idle", "+1 min" … */
export async function tick(page, name) {
  await button(await clock(page), name).click();
}

/** Moves the clock by so many seconds. */
export async function advance(page, seconds) {
  const hand = await clock(page);
  await hand.getByLabel("Advance by seconds").fill(String(seconds));
  await button(hand, "Advance the clock").click();
}

/** Lets time pass in another way: "real", "scaled" or "manual". */
export async function mode(page, value) {
  const hand = await clock(page);
  await hand.getByLabel("Mode").selectOption(value);
  await button(hand, "Set the clock").click();
}

/** Steers the deployment: "Pause", "Resume", "Advance", "Promote", "Abort". */
export async function steer(page, verb) {
  // An open panel of the header may lie upon the buttons.
  if (await page.locator("header details[open]").count()) await page.keyboard.press("Escape");
  await button(page.getByRole("region", { name: "Steer" }), verb).click();
}

/** Says yes to what the page asks. */
export async function confirm(page, verb) {
  await button(dialog(page), verb).click();
}

/** Sets the traffic of the endpoint. */
export async function traffic(page, requests) {
  await demand(page).fill(String(requests));
  await button(trafficForm(page), "Set the traffic").click();
}

export const trafficForm = (page) => page.locator('form:has([name="requests_per_second"])');
export const demand = (page) => page.locator('[name="requests_per_second"]');

/** Sets how a model behaves. */
export async function behave(page, model, members) {
  const form = page.getByRole("region", { name: "Behaviour" }).locator("form").filter({ hasText: model });
  await fillIn(form, members);
  await button(form, "Set the behaviour").click();
}

/** Puts a fault in; members of members are named with a dot, as in "scope.endpoint". */
export async function addFault(page, members) {
  const form = page.locator("form#add-fault");
  await fillIn(form, members);
  await button(form, "Add the fault").click();
}

export async function withdraw(row) {
  await button(row, "Withdraw").click();
}

async function fillIn(form, members) {
  for (const [name, text] of Object.entries(members)) await choose(form.locator(`[name="${name}"]`), text);
}

/** A text for a field, an option for a select. */
async function choose(field, text) {
  const is = await field.evaluate((element) => element.tagName);
  await (is === "SELECT" ? field.selectOption(String(text)) : field.fill(String(text)));
}

/** Whether this request is the one by which a page follows its world. */
export function isStream(request) {
  return request.resourceType() === "fetch" && /\/(live|stream|events)\b/.test(new URL(request.url()).pathname);
}
