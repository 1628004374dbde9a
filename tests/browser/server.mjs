// A sagebrush for the browser tests: the server of SAGEBRUSH_BIN, and what a test does to it beside the console.
//
// It is started on a manual clock and a free port, has nothing of our environment's settings, and ends with the process
// that started it. Everything is about the default world, which a scenario makes anew for each test.

import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
export const TARGET = resolve(process.env.CARGO_TARGET_DIR ?? join(REPOSITORY, "target"));

/** The world that the control API and the console take where none is named. */
export const ACCOUNT = "123456789012";
export const REGION = "us-east-1";

/** Far longer than anything here takes on a busy machine. */
export const DEADLINE_MS = 30_000;
const LOOK_MS = 25;

/** Looks again and again until `look` comes to something true; fails with `what` and the last it came to. */
export async function until(what, look, deadlineMs = DEADLINE_MS) {
  let last;
  for (const deadline = Date.now() + deadlineMs; Date.now() < deadline; await pause(LOOK_MS)) {
    last = await look();
    if (last) return last;
  }
  throw new Error(`${what}: not within ${deadlineMs / 1000} s (the last look: ${JSON.stringify(last)})`);
}

/** What CloudWatch, SageMaker and their protocols are called in a request. */
const SERVICES = {
  sagemaker: { target: "SageMaker", type: "application/x-amz-json-1.1", scope: "sagemaker" },
  cloudwatch: { target: "GraniteServiceVersion20100801", type: "application/x-amz-json-1.0", scope: "monitoring" },
};

export class Server {
  /** A server that serves. `settings` are those of the server by their lower-case names. */
  static async start({ listen = "127.0.0.1:0", clock = "manual", database, ...settings } = {}) {
    const server = new Server();
    server.how = { listen, clock, database, settings };
    await server.begin(listen);
    return server;
  }

  async begin(listen) {
    const { clock, database, settings } = this.how;
    const program = binary();
    this.room = mkdtempSync(join(tmpdir(), "sagebrush-browser-"));
    const [ready, log] = [join(this.room, "ready.json"), join(this.room, "server.log")];
    const words = ["serve", "--listen", listen, "--clock", clock, "--ready-file", ready, "--exit-with-parent"];
    if (database) words.push("--database-url", database);
    const output = openSync(log, "w");
    const env = clean(settings);
    this.child = spawn(program, words, { stdio: ["ignore", output, output], env, cwd: this.room });
    closeSync(output);
    this.ended = new Promise((resolve) => this.child.once("exit", resolve).once("error", resolve));
    let end;
    this.ended.then((how) => (end = { how }));
    const said = await until("the server becomes ready", () => {
      if (end) throw new Error(`the server ended with ${end.how}:\n${readFileSync(log, "utf8")}`);
      const text = readOrNothing(ready);
      return text.endsWith("\n") && JSON.parse(text);
    });
    this.url = said.url.replace(/\/$/, "");
    this.pid = said.pid;
  }

  /** A demo that tells its story, on a clock that runs sixty times as fast. */
  static async demo() {
    const server = new Server();
    server.how = { settings: {} };
    server.room = mkdtempSync(join(tmpdir(), "sagebrush-browser-"));
    const stdio = ["ignore", "pipe", "inherit"];
    server.child = spawn(binary(), ["demo", "--listen", "127.0.0.1:0"], { stdio, env: clean({}), cwd: server.room });
    server.ended = new Promise((resolve) => server.child.once("exit", resolve).once("error", resolve));
    server.told = "";
    server.child.stdout.setEncoding("utf8").on("data", (text) => (server.told += text));
    const [, url] = await until("the demo says where it can be watched", () => /watched at (http:\/\/[^/]+)/.exec(server.told));
    server.url = url;
    return server;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** Ends it, and forgets its files; one that is killed has no time to say goodbye. */
  async stop(signal = "SIGTERM") {
    this.child.kill(signal);
    await this.ended;
    rmSync(this.room, { recursive: true, force: true });
  }

  /** The same server again, on the same port and the same database. */
  async again() {
    await this.begin(new URL(this.url).host);
  }

  /** A request of the control API; the JSON of its answer. */
  async control(method, path, body, { type = "application/json", ...query } = {}) {
    const words = new URLSearchParams(query).toString();
    const token = this.how.settings.control_token;
    const answer = await fetch(`${this.url}/_sagebrush/${path}${words && `?${words}`}`, {
      method,
      headers: { "content-type": type, ...(token && { authorization: `Bearer ${token}` }) },
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    });
    return taken(answer, `${method} ${path}`);
  }

  /** The world becomes what this TOML says. */
  scenario(toml) {
    return this.control("POST", "scenario", toml, { type: "application/toml" });
  }

  /** An operation of the AWS API. */
  async aws(service, operation, input) {
    const { target, type, scope } = SERVICES[service];
    const credential = `${ACCOUNT}/20261005/${REGION}/${scope}/aws4_request`;
    const answer = await fetch(this.url, {
      method: "POST",
      headers: {
        "content-type": type,
        "x-amz-target": `${target}.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=00`,
      },
      body: JSON.stringify(input),
    });
    return taken(answer, operation);
  }

  /** Moves the clock by seconds, or to "next" or "idle". */
  advance(to) {
    return this.control("POST", "clock/advance", typeof to === "string" ? { to } : { seconds: to });
  }

  /** The time of the world as the console shows it. */
  async now() {
    return (await this.control("GET", "clock")).now.replace("T", " ").slice(0, 19);
  }

  /** The newest deployment of an endpoint. */
  async deployment(endpoint = "shop") {
    const { deployments } = await this.control("GET", "deployments", undefined, { endpoint });
    return this.control("GET", `deployments/${deployments[0].id}`);
  }
}

function binary() {
  const program = process.env.SAGEBRUSH_BIN ?? join(TARGET, "debug", "sagebrush");
  if (readable(program)) return program;
  throw new Error(`no server at ${program}: run scripts/test browser, or cargo build`);
}

function readable(path) {
  try {
    closeSync(openSync(path));
    return true;
  } catch {
    return false;
  }
}

function readOrNothing(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (fault) {
    if (fault.code === "ENOENT") return "";
    throw fault;
  }
}

/** Our environment without what would make another server of it, with these settings. */
function clean(settings) {
  const foreign = /^(SAGEBRUSH|AWS|OTEL)_/;
  const ours = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const its = Object.entries(settings).map(([name, text]) => [`SAGEBRUSH_${name.toUpperCase()}`, String(text)]);
  return Object.fromEntries([...ours, ...its]);
}

async function taken(answer, what) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}
