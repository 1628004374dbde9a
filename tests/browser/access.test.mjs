// Whoever cannot see it well, has no mouse, a small screen, or no liking for motion, can use the console as well.

import assert from "node:assert/strict";

import { AXE, PHONE, counts, shows, suite } from "./browser.mjs";
import { SHOP_PAGE, answer, confirm, countdown, dialog, live, now, planned, steer, tick } from "./console.mjs";
import { until } from "./server.mjs";
import { SHOP, bake, update } from "./worlds.mjs";

const test = suite();

/** Every kind of page, with as much on it as there can be; `shop` bakes, and a rollback is over. */
async function pages(server) {
  await server.scenario(SHOP);
  await update(server, "shop-bad");
  await server.advance("idle");
  const over = await server.deployment();
  await server.control("POST", "faults", { kind: "stale_reads", seconds: 5 });
  await server.control("POST", "faults", { kind: "error_rate", rate: 0.1, scope: { endpoint: "shop" }, start: { step: 2 } });
  await server.advance(600);
  await server.aws("cloudwatch", "SetAlarmState", { AlarmName: "shop-errors", StateValue: "OK", StateReason: "told so" });
  await bake(server);
  const { id } = await server.deployment();
  return [
    "/console", "/console?view=table", SHOP_PAGE, `/console/deployments/${id}`, `/console/deployments/${over.id}`,
    "/console/faults", "/console/what-if", "/console/nowhere",
  ];
}

const MISSING = { foreseen: [/\b404\b/] };

/** What axe finds on a page, each in a line. */
async function violations(page) {
  await planned(page);
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const told = (rule, node) => `${page.url()}: ${rule.id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`;
  return found.flatMap((rule) => rule.nodes.map((node) => told(rule, node)));
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing on any page, ${colorScheme}`, async ({ server, open }) => {
    const addresses = await pages(server);
    // Axe is no script of the page's own, which its policy would let in.
    const page = await open(null, { colorScheme, bypassCSP: true, reducedMotion: "reduce" });
    const found = [];
    for (const address of addresses) {
      await page.goto(address);
      found.push(...(await violations(page)));
    }
    await page.goto(SHOP_PAGE);
    await live(page);
    for (const summary of await page.locator("summary").all()) {
      await summary.click(); // of the header's panels one is open at a time
      found.push(...(await violations(page)));
    }
    await page.keyboard.press("Escape");
    await steer(page, "Abort");
    await dialog(page).waitFor();
    found.push(...(await violations(page)));
    await page.keyboard.press("Escape");
    await tick(page, "+10 s");
    await shows(answer(page), /200/);
    found.push(...(await violations(page)));
    assert.deepEqual(found, []);
  }, MISSING);
}

test("nothing is wider than a phone", async ({ server, open }) => {
  const addresses = await pages(server);
  const page = await open(null, { viewport: PHONE, isMobile: true, hasTouch: true });
  for (const address of addresses) {
    await page.goto(address);
    await planned(page);
    const { width, most, widest } = await page.evaluate(() => {
      const most = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
      const width = document.documentElement.clientWidth;
      // What lies in a part that scrolls by itself is not to blame, unless it is positioned out of it.
      const sticksOut = (one) => {
        const { position, overflowX } = getComputedStyle(one);
        const { left, right } = one.getBoundingClientRect();
        const isOver = overflowX === "visible" && one.scrollWidth > one.clientWidth + 1;
        const flowsOver = isOver && left + one.scrollWidth > width + 1;
        const isOutside = right > width + 1;
        return !one.closest("svg") && (isOutside || flowsOver) && (!one.closest(".scroll") || position === "absolute");
      };
      const widest = [...document.querySelectorAll("body *")].filter(sticksOut).map((one) => one.outerHTML.slice(0, 120));
      return { width, most, widest: widest.slice(-5) };
    });
    assert.ok(most <= width, `${address} is ${most} wide, of ${width}: ${widest.join(" · ")}`);
    assert.equal(width, PHONE.width, `${address} says how wide it is`);
  }
}, MISSING);

test("the tab key reaches everything that can be used, and one sees where one is", async ({ server, open }) => {
  const addresses = await pages(server);
  const page = await open(null);
  for (const address of addresses) {
    await page.goto(address);
    // The pages of what is not there follow nothing.
    if (await page.locator("#live").count()) await live(page);
    const wanted = await page.evaluate(mark);
    const reached = new Set();
    for (let presses = 0; presses < 3 * wanted.length + 20 && reached.size < wanted.length; presses += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(focused);
      if (at === null) continue;
      assert.ok(at.isSeen, `${address}: the focus cannot be seen on ${at.html}`);
      if (at.mark) reached.add(at.mark);
    }
    assert.deepEqual(wanted.filter(({ mark }) => !reached.has(mark)).map(({ html }) => html), [], `${address}: not reached`);
  }
}, MISSING);

/** Gives everything that can be used a mark, in the page. */
function mark() {
  const usable = "a[href], button:not(:disabled), input:not([type=hidden], :disabled), select:not(:disabled), textarea, summary";
  const all = [...document.querySelectorAll(usable)].filter((one) => {
    // Of a group of radio buttons the tab key reaches one.
    if (one.type === "radio" && !one.checked) return false;
    return one.checkVisibility({ visibilityProperty: true });
  });
  return all.map((one, at) => {
    // No attribute, which would be taken off when the page is renewed.
    one.sagebrushMark = at + 1;
    return { mark: at + 1, html: one.outerHTML.slice(0, 120) };
  });
}

/** What has the focus, and whether it looks otherwise than without it; in the page. */
function focused() {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const looks = () => {
    const style = getComputedStyle(one);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor, style.backgroundColor].join();
  };
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const isOutlined = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  const isSeen = isOutlined || (() => {
    const withFocus = looks();
    one.blur();
    const without = looks();
    one.focus();
    return withFocus !== without;
  })();
  return { mark: one.sagebrushMark, isSeen, html: one.outerHTML.slice(0, 120) };
}

/** Presses the tab key until the focus is on what this says. */
async function tabTo(page, locator) {
  const target = await locator.elementHandle();
  for (let presses = 0; presses < 200; presses += 1) {
    if (await target.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the tab key does not reach ${locator}`);
}

test("a rollback is asked for by the keyboard alone", async ({ server, open }) => {
  await server.scenario(SHOP);
  await bake(server);
  const page = await live(await open("/console"));
  await tabTo(page, page.locator('main a[href^="/console/endpoints/shop"]').first());
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/console\/endpoints\/shop/);
  await live(page);

  const abort = page.getByRole("region", { name: "Steer" }).getByRole("button", { name: "Abort", exact: true });
  await tabTo(page, abort);
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  const isInside = await page.evaluate(() => document.querySelector("dialog[open]").contains(document.activeElement));
  assert.ok(isInside, "the focus is in the dialog");
  await page.keyboard.press("Escape");
  await counts(dialog(page), 0);
  await until("the focus is where it was", () => abort.evaluate((one) => one === document.activeElement));
  await page.keyboard.press("Space");
  await dialog(page).waitFor();
  await tabTo(page, dialog(page).getByRole("button", { name: "Abort", exact: true }));
  await page.keyboard.press("Enter");
  await shows(answer(page), /\/abort[\s\S]*200/);

  const before = await now(page).innerText();
  await tabTo(page, page.locator("details#clock summary"));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Until idle", exact: true }));
  await page.keyboard.press("Enter");
  await until("time has moved", async () => (await now(page).innerText()) !== before);
  await until("it went back", async () => (await server.deployment()).status === "rolled_back");
});

test("nothing moves for whoever does not want it", async ({ server, open }) => {
  const addresses = await pages(server);
  const page = await open(null, { reducedMotion: "reduce" });
  for (const address of addresses) {
    await page.goto(address);
    assert.deepEqual(await page.evaluate(moving), [], address);
  }
  await page.goto(SHOP_PAGE);
  await live(page);
  await tick(page, "Until idle");
  await counts(countdown(page), 0);
  assert.deepEqual(await page.evaluate(moving), []);
}, MISSING);

/** What is or could be in motion, in the page; what takes a hundredth of a second is not seen to move. */
function moving() {
  const seconds = (text) => Math.max(...text.split(",").map((part) => parseFloat(part) * (part.trim().endsWith("ms") ? 0.001 : 1)));
  const running = document.getAnimations().filter((one) => one.playState === "running");
  const found = running.map((one) => `runs: ${one.animationName ?? one.transitionProperty}`);
  for (const one of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(one, part);
      const isAnimated = style.animationName !== "none" && seconds(style.animationDuration) > 0.01;
      if (isAnimated || seconds(style.transitionDuration) > 0.01) found.push(`${one.outerHTML.slice(0, 80)} ${part ?? ""}`);
      if (style.scrollBehavior === "smooth") found.push(`scrolls smoothly: ${one.tagName}`);
    }
  }
  if (document.querySelector("animate, animateTransform, animateMotion, marquee")) found.push("an element that moves by itself");
  return found;
}

test("without its script a page still shows everything", async ({ server, open }) => {
  await server.scenario(SHOP);
  await bake(server);
  const page = await open(SHOP_PAGE, { javaScriptEnabled: false });
  await shows(page.locator('[data-traffic="actual"]'), /75 % blue, 25 % green/);
  await shows(page.locator("#why"), /bakes until/);
});
