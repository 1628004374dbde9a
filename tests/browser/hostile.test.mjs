// Texts that want to be more than texts, everywhere where the console shows what somebody else has said.
//
// Pages are opened past their own policy: it would keep a script from running that got in, and what is asked here is
// whether one gets in at all.

import assert from "node:assert/strict";

import { shows, suite } from "./browser.mjs";
import { SHOP_PAGE, addFault, alarms, answer, events, live, search, tick } from "./console.mjs";
import { until } from "./server.mjs";
import { CANARY, SHOP, update } from "./worlds.mjs";

const test = suite();

/** Each would raise an alert, which a page's watcher sees, or leave an element behind, which `intruders` finds. */
const TEXTS = [
  `"><script>alert("in")</script>`,
  `'><img src=x onerror=alert("in")>`,
  `</title></style></textarea></svg><svg onload=alert("in")>`,
  `<a href="javascript:alert('in')" class=intruder>x</a>`,
  `--><iframe srcdoc="<script>parent.alert('in')</script>"></iframe><!--`,
  `" autofocus onfocus=alert("in") x="`,
  `{{7*7}}\${alert("in")}<%= 1 %>`,
  `&lt;script&gt;alert("in")&lt;/script&gt;&#60;b class=intruder&#62;`,
  `]]></text><foreignObject><body onload=alert("in")>`,
];

/** What the console's templates never have; in the page. */
function intruders() {
  const handlers = (one) => [...one.attributes].some(({ name }) => name.startsWith("on"));
  const foreign = (one) => one.matches("iframe, object, embed, foreignObject, .intruder, img[src='x'], [srcdoc], [autofocus][onfocus]");
  const inline = (one) => one.tagName === "SCRIPT" && !one.src && one.type !== "application/json";
  const link = (one) => /^\s*javascript:/i.test(one.getAttribute("href") ?? "");
  return [...document.querySelectorAll("*")]
    .filter((one) => handlers(one) || foreign(one) || inline(one) || link(one))
    .map((one) => one.outerHTML.slice(0, 200));
}

/** The page has nothing in it that came out of a text. */
async function clean(page, what) {
  assert.deepEqual(await page.evaluate(intruders), [], what);
}

/** The world has these texts where nobody restricts what is said. */
async function hostile(server) {
  await server.scenario(SHOP);
  for (const [at, text] of TEXTS.entries()) {
    await server.aws("cloudwatch", "PutMetricAlarm", {
      AlarmName: `${text} ${at}`, AlarmDescription: text, Namespace: "AWS/SageMaker", MetricName: "Invocation5XXErrors",
      Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 5, ComparisonOperator: "GreaterThanThreshold",
      Dimensions: [{ Name: "EndpointName", Value: "shop" }, { Name: "VariantName", Value: "AllTraffic" }],
    });
    await server.aws("cloudwatch", "SetAlarmState", { AlarmName: `${text} ${at}`, StateValue: "OK", StateReason: text });
  }
}

/** The same texts in what guards an update; AWS takes ten alarms at most. */
const guarded = (texts = TEXTS) => ({
  ...CANARY, AutoRollbackConfiguration: { Alarms: texts.map((text, at) => ({ AlarmName: `${text} ${at}` })) },
});

test("names of alarms, their reasons, and failures that name them are texts", async ({ server, open }) => {
  await hostile(server);
  await update(server, "shop-v2", guarded());
  const page = await live(await open(SHOP_PAGE, { bypassCSP: true }));
  await shows(alarms(page), /<script>alert\("in"\)<\/script>/);
  await clean(page, "as the page was loaded");
  await tick(page, "Next step");
  await tick(page, "Next step");
  await until("the canary bakes", async () => (await server.deployment()).events.at(-1).phase === "baking");
  for (const [at, text] of TEXTS.entries()) {
    await server.aws("cloudwatch", "SetAlarmState", { AlarmName: `${text} ${at}`, StateValue: "ALARM", StateReason: `now ${text}` });
  }
  await shows(alarms(page), /ALARM/);
  await clean(page, "as it was renewed");
  await server.advance("idle");
  const { id, status, failure_reason: reason } = await server.deployment();
  assert.equal(status, "rolled_back");
  assert.match(reason, /<script>|onerror|onload|javascript:|iframe|autofocus|intruder/, "the failure names such an alarm");
  await shows(page.locator("main"), /rolled[ _]back/i);
  await clean(page, "after the rollback");
  for (const path of [`/console/deployments/${id}`, "/console", "/console?view=table", "/console/what-if"]) {
    await page.goto(path);
    await clean(page, path);
  }
  await page.goto(`/console/deployments/${id}`);
  await shows(events(page), /rolled[ _]back/i);
});

test("what an address says is a text", async ({ server, open }) => {
  await hostile(server);
  const page = await open(null, { bypassCSP: true });
  // Those that the pages take, and some that one of them may take one day.
  const names = [
    "q", "status", "view", "page", "to", "endpoint", "kind", "instances", "traffic", "bad", "threshold", "periods", "a-how",
    "a-size", "a-bake", "b-how", "b-wait", "token",
  ];
  const visit = async (path) => {
    await page.goto(path);
    await clean(page, path);
  };
  for (const text of TEXTS) {
    await visit(`/console?q=${encodeURIComponent(text)}`);
    await visit(`/console/endpoints/${encodeURIComponent(text)}`);
  }
  // Everywhere else one after the other in one text: the first that gets out shows.
  for (const text of [TEXTS.join(" "), TEXTS.toReversed().join("")]) {
    const word = encodeURIComponent(text);
    const all = names.map((name) => `${name}=${word}`).join("&");
    const paths = [
      `/console?${all}`, `/console?view=table&q=${word}&status=${word}`, `/console?page=${word}`,
      `/console/endpoints/${word}`, `/console/deployments/${word}`, `/console/${word}`, `/console/what-if?${all}`,
      `/console/faults?${all}`, `/console?account=${word}`, `/console?region=${word}`, `/console/endpoints/shop?${all}#${word}`,
    ];
    for (const path of paths) await visit(path);
  }
}, { foreseen: [/\b40[04]\b/] });

test("what is sought, asked and answered is a text", async ({ server, open }) => {
  await hostile(server);
  const page = await live(await open("/console", { bypassCSP: true }));
  for (const text of TEXTS) {
    await search(page).fill(text);
    await search(page).press("Enter");
    await until("the address says what is sought", () => [...new URL(page.url()).searchParams.values()].includes(text));
    await clean(page, `sought: ${text}`);
    assert.equal(await search(page).inputValue(), text);
  }
  // The server repeats what it refuses, and the page shows what the server says.
  await page.goto("/console/faults");
  await live(page);
  for (const text of TEXTS) {
    await addFault(page, { kind: "error_rate", rate: 0.2, "scope.model": text });
    await shows(answer(page), /404[\s\S]*There is no model/);
    await clean(page, `answered: ${text}`);
  }
}, { foreseen: [/\b404\b/] });

test("images, environments, answers and faults that somebody made up are texts", async ({ server, open }) => {
  await server.scenario(SHOP);
  const solid = TEXTS.map((text) => text.replace(/\s+/g, "/"));
  for (const [at, text] of TEXTS.entries()) {
    await server.aws("sagemaker", "CreateModel", {
      ModelName: `m${at}`, PrimaryContainer: { Image: solid[at], Environment: { STAGE: text, SAGEBRUSH_RESPONSE: text } },
    });
    await server.control("PUT", `models/m${at}/behaviour`, { response: { body: text, content_type: "text/plain" } });
    await server.aws("sagemaker", "CreateEndpointConfig", {
      EndpointConfigName: `c${at}`,
      ProductionVariants: [{ VariantName: "AllTraffic", ModelName: `m${at}`, InstanceType: "ml.m5.large", InitialInstanceCount: 1 }],
    });
    await server.aws("sagemaker", "CreateEndpoint", { EndpointName: `e${at}`, EndpointConfigName: `c${at}` });
    await server.control("POST", "faults", { kind: "error_rate", rate: 0.1, scope: { endpoint: text, variant: text } });
    await server.control("POST", "faults", { kind: "alarm", alarm: text, alarm_state: "ALARM", start: { after_seconds: 3600 } });
  }
  await server.advance("idle");
  const page = await open(null, { bypassCSP: true });
  for (const path of ["/console", "/console?view=table", "/console/faults", "/console/what-if", ...TEXTS.keys()]) {
    await page.goto(typeof path === "number" ? `/console/endpoints/e${path}` : path);
    await clean(page, String(path));
  }
});
