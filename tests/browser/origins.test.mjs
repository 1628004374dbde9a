// Pages of other origins: nothing of this server can be read from them, and nothing done.
//
// A page is foreign by its port (the browser calls it same-site) or by its name (cross-site), by both names of the
// loopback, and by having no origin at all, in a sandbox. That each attempt would succeed if the server did not look where it
// comes from is shown by a client that is no browser and sends the same.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { context, launch } from "./browser.mjs";
import { Server, until } from "./server.mjs";
import { SHOP } from "./worlds.mjs";

const EVIL = "evil.example";
const ALARM = "Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.1=shop-errors";

let server, browser, attacker;

before(async () => {
  server = await Server.start();
  // The same page for all: what it does it is told by the test.
  attacker = createServer((request, answer) => {
    const sandbox = request.url === "/sandbox" && '<iframe sandbox="allow-scripts allow-forms" src="/"></iframe>';
    answer.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>another page</title>${sandbox || ""}`);
  }).listen(0, "127.0.0.1");
  await once(attacker, "listening");
  browser = await launch([`--host-resolver-rules=MAP ${EVIL} 127.0.0.1`]);
});

after(async () => {
  await browser?.close();
  attacker?.close();
  await server?.stop();
});

/** Where foreign pages come from, and by which name they call the server. */
function pairs() {
  const { port } = attacker.address();
  return [
    ["another port", `http://127.0.0.1:${port}/`, `http://127.0.0.1:${server.port}`],
    ["another name of the loopback", `http://127.0.0.1:${port}/`, `http://localhost:${server.port}`],
    ["the loopback by its name", `http://localhost:${port}/`, `http://127.0.0.1:${server.port}`],
    ["another site", `http://${EVIL}:${port}/`, `http://127.0.0.1:${server.port}`],
    ["a sandbox without an origin", `http://127.0.0.1:${port}/sandbox`, `http://127.0.0.1:${server.port}`],
  ];
}

/** A foreign page (in a sandbox its frame), and what the server answered to what it sent. */
async function foreign(address) {
  const room = await context(browser);
  const page = await room.newPage();
  const answers = [];
  page.on("response", (answer) => {
    if (Number(new URL(answer.url()).port) === server.port) answers.push(answer);
  });
  await page.goto(address);
  const frame = page.frames().at(-1);
  await frame.waitForLoadState();
  return { room, page, frame, answers };
}

/** Everything that a page can do to see what a server says, in the page; the names of what it saw. */
async function read([base, paths]) {
  const seen = [];
  const note = (what) => seen.push(what);
  // What neither comes nor fails has been let in, as a stream is.
  const within = (promise) =>
    Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 10_000, "endless"))]);
  const loaded = (tag, attribute, url) =>
    new Promise((resolve) => {
      const element = document.createElement(tag);
      element.onload = () => resolve(true);
      element.onerror = () => resolve(false);
      element[attribute] = url;
      if (tag === "link") element.rel = "stylesheet";
      document.body.append(element);
    });
  const text = (url, options) => fetch(url, options).then((answer) => answer.text(), () => "");
  const opened = (url) =>
    new Promise((resolve) => {
      const source = new EventSource(url);
      source.onopen = source.onmessage = () => resolve(true);
      source.onerror = () => (source.close(), resolve(false));
    });
  const framed = async (url) => {
    const frame = document.createElement("iframe");
    const done = new Promise((resolve) => (frame.onload = frame.onerror = resolve));
    frame.src = url;
    document.body.append(frame);
    await done;
    try {
      return frame.contentDocument?.body.innerText;
    } catch {
      return ""; // It cannot be looked into.
    }
  };
  await Promise.all(paths.map(async (path) => {
    const url = base + path;
    for (const options of [{}, { credentials: "include" }, { headers: { accept: "text/html" } }, { mode: "no-cors" }]) {
      if (await within(text(url, options))) note(`fetch ${JSON.stringify(options)} ${path}`);
    }
    if (await within(opened(url))) note(`EventSource ${path}`);
    for (const [tag, attribute] of [["img", "src"], ["script", "src"], ["link", "href"], ["video", "src"]]) {
      if (await within(loaded(tag, attribute, url))) note(`${tag} ${path}`);
    }
    if (await within(framed(url))) note(`iframe ${path}`);
  }));
  return seen;
}

const READABLE = [
  "/", "/?Action=DescribeAlarms&Version=2010-08-01", "/_sagebrush/clock", "/_sagebrush/deployments", "/_sagebrush/snapshot",
  "/_sagebrush/health", "/_sagebrush/metrics", "/console", "/console/endpoints/shop", "/console/faults", "/console/stream",
  "/console/stream?to=/console/endpoints/shop",
];

/** The script and the style of the console, whose names change with what they say. */
async function assets() {
  const text = await (await fetch(`${server.url}/console`)).text();
  return [...text.matchAll(/(?:href|src)="(\/console\/assets\/[^"]+)"/g)].map(([, path]) => path);
}

/** What would change the world, as forms and as text, which need no leave of the server's. */
const DEEDS = [
  { path: "/_sagebrush/reset", body: "" },
  { path: "/_sagebrush/clock/advance", body: '{"seconds":600}' },
  { path: "/_sagebrush/faults", body: '{"kind":"stale_reads","seconds":5}' },
  { path: "/moto-api/reset", body: "" },
  { path: "/", body: ALARM, type: "application/x-www-form-urlencoded" },
  { path: `/?${ALARM}`, body: "" },
  { path: "/console", body: "{}" },
  { path: "/console/endpoints/shop", body: "{}" },
];

/** Everything that a page can do to have another server do something, in the page. */
async function act([base, deeds]) {
  const frames = [];
  for (const { path, body, type } of deeds) {
    const url = base + path;
    const types = type ? [type] : ["text/plain", "application/x-www-form-urlencoded"];
    for (const is of types) {
      for (const more of [{}, { credentials: "include", keepalive: true }]) {
        await fetch(url, { method: "POST", mode: "no-cors", body, headers: { "content-type": is }, ...more }).catch(() => {});
      }
      navigator.sendBeacon(url, new Blob([body], { type: is }));
    }
    // These have to ask first, and are answered with no leave.
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      await fetch(url, { method, body, headers: { "content-type": "application/json" } }).catch(() => {});
    }
    await fetch(url, { method: "POST", body, headers: { "x-amz-target": "SageMaker.DeleteEndpoint" } }).catch(() => {});
    await new Promise((resolve) => {
      const image = new Image();
      image.onload = image.onerror = resolve;
      image.src = url;
    });
    for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      const frame = document.createElement("iframe");
      frame.name = `frame-${frames.length}`;
      document.body.append(frame);
      const form = document.createElement("form");
      Object.assign(form, { method: "POST", action: url, enctype, target: frame.name });
      for (const pair of body.split("&")) {
        const [name, ...rest] = pair.split("=");
        const input = document.createElement("input");
        Object.assign(input, { type: "hidden", name: name || "x", value: rest.join("=") });
        form.append(input);
      }
      document.body.append(form);
      const sent = new Promise((resolve) => (frame.onload = resolve));
      form.submit();
      frames.push(sent);
    }
  }
  // A frame that never loads is seen by what the server has answered, or by what it has done.
  await Promise.race([Promise.all(frames), new Promise((resolve) => setTimeout(resolve, 20_000))]);
}

/** All that could have changed, in every world. */
async function state() {
  const answer = await fetch(`${server.url}/_sagebrush/snapshot?scope=all`);
  assert.equal(answer.status, 200);
  return answer.text();
}

for (const at of [0, 1, 2, 3, 4]) {
  test(`a page of another origin reads nothing and does nothing (${at + 1} of 5)`, { timeout: 90_000 }, async () => {
    await server.scenario(SHOP);
    const [what, page, target] = pairs()[at];
    const before = await state();
    const { room, frame, answers } = await foreign(page);
    try {
      assert.deepEqual(await frame.evaluate(read, [target, [...READABLE, ...(await assets())]]), [], what);
      const reads = answers.length;
      assert.ok(reads > 0, `${what}: the requests have come to the server`);

      await frame.evaluate(act, [target, DEEDS]);
      await until("what was sent is answered", () => answers.length >= reads + DEEDS.length);
      const let_in = answers.filter((answer) => answer.status() < 400 && !isHarmless(answer));
      assert.deepEqual(let_in.map((answer) => `${answer.status()} ${answer.request().method()} ${answer.url()}`), [], what);
      assert.equal(await state(), before, `${what}: nothing has changed`);
    } finally {
      await room.close();
    }
  });
}

/** A page may lead to the console, also by the root, as a link does; it cannot look into it, and looking changes nothing. */
function isHarmless(answer) {
  const request = answer.request();
  return request.method() === "GET" && request.isNavigationRequest() && /^\/(console(?!\/stream).*)?$/.test(new URL(answer.url()).pathname);
}

test("the same requests do something if no browser says where they come from", async () => {
  await server.scenario(SHOP);
  for (const { path, body, type = "text/plain" } of DEEDS.filter(({ path: one }) => !one.startsWith("/console"))) {
    const answer = await fetch(server.url + path, { method: "POST", body, headers: { "content-type": type } });
    assert.notEqual(answer.status, 403, path);
  }
  await server.scenario(SHOP);
  const before = await state();
  await fetch(`${server.url}/_sagebrush/clock/advance`, { method: "POST", body: '{"seconds":600}' });
  assert.notEqual(await state(), before);
});

test("the console is not shown in a frame of anybody", async () => {
  await server.scenario(SHOP);
  for (const [what, address, target] of pairs()) {
    const { room, page, frame } = await foreign(address);
    await frame.evaluate((url) => new Promise((resolve) => {
      const inner = document.createElement("iframe");
      inner.onload = resolve;
      inner.src = url;
      document.body.append(inner);
    }), `${target}/console`);
    const inner = page.frames().find((one) => one.parentFrame() === frame);
    assert.equal(await inner.locator("#now, #live, main").count(), 0, what);
    await room.close();
  }
});

test("a page that has opened the console has no hold on it", async () => {
  await server.scenario(SHOP);
  const { room, page } = await foreign(pairs()[0][1]);
  const opened = room.waitForEvent("page");
  await page.evaluate((url) => void (globalThis.hold = window.open(url)), `${server.url}/console`);
  const other = await opened;
  await other.waitForLoadState();
  const held = await page.evaluate(() => {
    try {
      return globalThis.hold.document.title || globalThis.hold.length;
    } catch {
      return null;
    }
  });
  assert.ok(!held, "its document cannot be read");
  assert.ok(await other.evaluate(() => window.opener === null), "and it does not know who opened it");
  await room.close();
});

test("a name that was made to point here opens nothing", async () => {
  await server.scenario(SHOP);
  const before = await state();
  const room = await context(browser);
  const page = await room.newPage();
  const base = `http://${EVIL}:${server.port}`;
  for (const path of READABLE) {
    const come = page.waitForResponse(base + path);
    // A refusal in one of AWS's protocols is nothing to show: it becomes a download, or a failure if it is empty.
    await page.goto(base + path).catch((fault) => assert.match(fault.message, /Download is starting|RESPONSE_CODE_FAILURE/));
    const answer = await come;
    assert.equal(answer.status(), 403, path);
    assert.ok(!/shop-v1|shop-errors/.test(await answer.text().catch(() => "")), `${path} says nothing of the world`);
  }
  await page.goto(`${base}/_sagebrush/clock`);
  // The page is of one origin with the server now, as its browser sees it.
  const told = await page.evaluate(async ([paths, deeds]) => {
    const found = [];
    for (const path of paths) found.push((await fetch(path)).status);
    for (const { path, body, type = "application/json" } of deeds) {
      found.push((await fetch(path, { method: "POST", body, headers: { "content-type": type } })).status);
    }
    return found;
  }, [READABLE, DEEDS]);
  assert.deepEqual([...new Set(told)], [403]);
  assert.equal(await state(), before);
  await room.close();
});
