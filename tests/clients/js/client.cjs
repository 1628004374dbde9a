// The AWS SDK for JavaScript as one of the clients whose results are compared; the protocol is its own choice.
//
// Reads a call a line, {"operation": …, "parameters": …}, sends it by the SDK and prints what the SDK made of
// the answer, a line each. CommonJS, so that NODE_PATH finds the SDK outside the source tree.
"use strict";

const readline = require("node:readline");
const sdk = require("@aws-sdk/client-cloudwatch");

const HEADERS = ["content-type", "content-encoding", "smithy-protocol"];
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const [url, account, region] = process.argv.slice(2);
const client = new sdk.CloudWatchClient({
  endpoint: url,
  region,
  credentials: { accessKeyId: account, secretAccessKey: "secret" },
  maxAttempts: 1,
});

let sent = {};
client.middlewareStack.add(
  (next) => (args) => {
    const headers = Object.entries(args.request.headers).map(([name, value]) => [name.toLowerCase(), value]);
    sent = Object.fromEntries(headers.filter(([name]) => HEADERS.includes(name)));
    return next(args);
  },
  { step: "deserialize", name: "sent", priority: "low" },
);

// The SDK takes instants as dates, and numbers that JSON cannot write as numbers.
const NUMBERS = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };
function revived(name, value) {
  if (typeof value !== "string") return value;
  return INSTANT.test(value) ? new Date(value) : (NUMBERS[value] ?? value);
}

// Dates as milliseconds; what is undefined is not there. JSON writes a date by its toJSON before any replacer.
function shown(value) {
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(shown);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member)]));
}

async function send({ operation, parameters }) {
  const Command = sdk[`${operation}Command`];
  if (!Command) throw new Error(`the SDK has no operation ${operation}`);
  try {
    const { $metadata, ...result } = await client.send(new Command(parameters));
    return { result: shown(result) };
  } catch (error) {
    if (!error.$metadata?.httpStatusCode) throw error;
    return { error: { code: error.name, message: error.message, status: error.$metadata.httpStatusCode } };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const answer = await send(JSON.parse(line, revived));
    process.stdout.write(`${JSON.stringify({ ...answer, sent })}\n`);
  }
})();
