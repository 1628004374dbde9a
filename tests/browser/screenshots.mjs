// Pictures of the console for the documentation, taken of a story: `node screenshots.mjs FOLDER` writes them there.
//
// The story is played on a manual clock and begins at ten in the morning, so that a picture differs from the one before only
// where the console does, and in the date.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { DESKTOP, PHONE, context, launch, watch } from "./browser.mjs";
import { SHOP_PAGE, live, planned } from "./console.mjs";
import { Server } from "./server.mjs";
import { CANARY, bake, update } from "./worlds.mjs";

const SCHEMES = ["light", "dark"];
const SCREENS = { desktop: DESKTOP, phone: PHONE };

/** What is in service when the story begins, and on how many instances. */
const STREET = { shop: 4, search: 6, "fraud-check": 2, recommendations: 3 };

/** The pictures: what each is called, what happens before it, which page it is of, and on which screens. */
const PICTURES = [
  { name: "endpoints", before: (server) => bake(server), path: () => "/console", on: ["desktop", "phone"] },
  { name: "canary", path: () => SHOP_PAGE, on: ["desktop", "phone"] },
  { name: "what-if", path: () => "/console/what-if", on: ["desktop"] },
  { name: "rollback", before: fail, path: () => SHOP_PAGE, on: ["desktop", "phone"] },
  { name: "deployment", path: async (server) => `/console/deployments/${(await server.deployment()).id}`, on: ["desktop"] },
  { name: "faults", before: sabotage, path: () => "/console/faults", on: ["desktop"] },
];

/** The files that a run writes. */
export const FILES = PICTURES.flatMap(({ name, on }) =>
  on.flatMap((screen) => SCHEMES.map((scheme) => ({ file: fileOf(name, screen, scheme), size: SCREENS[screen] }))),
);

function fileOf(name, screen, scheme) {
  return `console-${name}${screen === "phone" ? "-phone" : ""}-${scheme}.png`;
}

/** The street, made at ten in the morning: a scenario would begin now. */
async function begin(server) {
  await server.control("POST", "reset");
  // To the thousandth: what is decided by seeded luck goes the same way from the same second of a minute on.
  const day = 86_400_000;
  const { now } = await server.control("GET", "clock");
  const past = Date.parse(now) % day;
  await server.advance(((10 * 3_600_000 - past + day) % day) / 1000);
  for (const [model, rate] of [["shop-v1", 0], ["shop-v2", 0], ["shop-bad", 0.5]]) {
    const Environment = { SAGEBRUSH_ERROR_RATE: String(rate) };
    await server.aws("sagemaker", "CreateModel", { ModelName: model, PrimaryContainer: { Image: `models/${model}:1`, Environment } });
  }
  for (const config of ["shop-v2", "shop-bad"]) await configure(server, config, config, STREET.shop);
  for (const [name, instances] of Object.entries(STREET)) {
    await configure(server, name, "shop-v1", instances);
    await server.aws("sagemaker", "CreateEndpoint", { EndpointName: name, EndpointConfigName: name });
  }
  await server.advance("idle");
  await server.aws("cloudwatch", "PutMetricAlarm", {
    AlarmName: "shop-errors", Namespace: "AWS/SageMaker", MetricName: "Invocation5XXErrors", Statistic: "Average", Period: 60,
    EvaluationPeriods: 1, Threshold: 0.05, ComparisonOperator: "GreaterThanThreshold",
    Dimensions: [{ Name: "EndpointName", Value: "shop" }, { Name: "VariantName", Value: "AllTraffic" }],
  });
  await server.control("PUT", "endpoints/shop/traffic", { requests_per_second: 50 });
  await server.control("PUT", "endpoints/search/traffic", { requests_per_second: 20 });
  await server.advance(540);
}

function configure(server, name, model, instances) {
  return server.aws("sagemaker", "CreateEndpointConfig", {
    EndpointConfigName: name,
    ProductionVariants: [
      { VariantName: "AllTraffic", ModelName: model, InstanceType: "ml.m5.large", InitialInstanceCount: instances },
    ],
  });
}

/** The good model is in service then, and a bad one is rolled back. */
async function fail(server) {
  await server.advance("idle");
  await update(server, "shop-bad", CANARY);
  await server.advance("idle");
}

async function sabotage(server) {
  await server.control("POST", "faults", { kind: "error_rate", rate: 0.2, scope: { endpoint: "shop" }, start: { step: 2 } });
  await server.control("POST", "faults", { kind: "latency", latency_ms: 400, scope: { endpoint: "search" }, end: { after_seconds: 900 } });
  await server.control("POST", "faults", { kind: "api_throttling", rate: 0.1, start: { after_seconds: 600 } });
}

/** Plays the story on an empty server and takes every picture into `folder`. */
export async function take({ server, browser }, folder) {
  mkdirSync(folder, { recursive: true });
  await begin(server);
  const faults = [];
  for (const { name, before, path, on } of PICTURES) {
    await before?.(server);
    const address = await path(server);
    for (const screen of on) {
      for (const colorScheme of SCHEMES) {
        const options = { viewport: SCREENS[screen], isMobile: screen === "phone", colorScheme, reducedMotion: "reduce" };
        const room = await context(browser, server.url, options);
        const page = await room.newPage();
        watch(page, faults);
        await page.goto(address);
        await live(page);
        await planned(page);
        // The dot beside the word gets its colour with the stream's next event.
        await page.locator('#live[data-state="live"]').waitFor();
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({ path: join(folder, fileOf(name, screen, colorScheme)), animations: "disabled", caret: "hide" });
        await room.close();
      }
    }
  }
  if (faults.length) throw new Error(`pages had faults: ${faults.join("\n")}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error("say the folder that the pictures shall be written to");
  const server = await Server.start();
  const browser = await launch();
  try {
    await take({ server, browser }, folder);
    console.log(`${FILES.length} pictures are in ${folder}`);
  } finally {
    await browser.close();
    await server.stop();
  }
}
