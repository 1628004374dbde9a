// A sagebrush for the tests of one file, and a world of its own for each test.
//
// The server takes a free port, keeps everything in memory, and ends with the process that started it, even if that is
// killed. Time stands still in a world until its test moves it, so no test waits.

import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const START_DEADLINE_MS = 30_000;

/** Starts `sagebrush serve`. `binary` is the program: that of SAGEBRUSH_BIN, else the one on the PATH. */
export async function start({ binary = process.env.SAGEBRUSH_BIN ?? "sagebrush", clock = "manual", flags = [] } = {}) {
  const room = mkdtempSync(join(tmpdir(), "sagebrush-"));
  const [ready, log] = [join(room, "ready.json"), join(room, "server.log")];
  const output = openSync(log, "w");
  const child = spawn(
    binary,
    ["serve", "--listen", "127.0.0.1:0", "--clock", clock, "--ready-file", ready, "--exit-with-parent", ...flags],
    { stdio: ["ignore", "ignore", output], env: environment() },
  );
  closeSync(output);
  const ended = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
  try {
    const url = await firstUrl(ready, log, ended);
    child.unref(); // a test that forgets stop() ends all the same, and the server with it
    return new Server(url, async () => {
      child.ref();
      child.kill();
      await ended;
      rmSync(room, { recursive: true });
    });
  } catch (fault) {
    child.kill();
    rmSync(room, { recursive: true });
    throw fault;
  }
}

/** Ours but for what would make another server of it: its settings, and credentials that it needs none of. */
function environment() {
  const foreign = /^(SAGEBRUSH|AWS|OTEL)_/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** The URL in the file that the server writes once it serves. */
async function firstUrl(ready, log, ended) {
  let end;
  ended.then((how) => (end = { how }));
  for (const deadline = Date.now() + START_DEADLINE_MS; !end && Date.now() < deadline; await pause(5)) {
    try {
      const text = readFileSync(ready, "utf8");
      if (text.endsWith("\n")) return JSON.parse(text).url;
    } catch (fault) {
      if (fault.code !== "ENOENT") throw fault;
    }
  }
  throw new Error(`sagebrush did not start: ${end?.how ?? "it took too long"}\n${readFileSync(log, "utf8")}`);
}

class Server {
  /** Ends the server, and what its worlds held is gone. */
  stop;

  constructor(url, stop) {
    this.url = url;
    this.stop = stop;
  }

  /** A world that nobody else knows: an account of 12 digits in a region. */
  world({ account = String(randomInt(1e11, 1e12)), region = "us-east-1" } = {}) {
    return new World(this.url, account, region);
  }
}

class World {
  constructor(url, account, region) {
    Object.assign(this, { url, account, region });
  }

  /** A client of the SDK that lives in this world: `world.client(SageMakerClient)`. */
  client(Client, settings = {}) {
    const credentials = { accessKeyId: this.account, secretAccessKey: "secret" };
    return new Client({ endpoint: this.url, region: this.region, credentials, ...settings });
  }

  /** Moves the clock by so many seconds; the answer has what happened on the way. */
  advance(seconds) {
    return this.control("POST", "clock/advance", { seconds });
  }

  /** Moves the clock until nothing is in transition. */
  settle() {
    return this.control("POST", "clock/advance", { to: "idle" });
  }

  /** How the last update of an endpoint went: its `status`, `failure_reason`, `events` and more. */
  async deployment(endpoint) {
    const { deployments } = await this.control("GET", "deployments", undefined, { endpoint });
    if (deployments.length === 0) throw new Error(`there is no deployment of an endpoint ${endpoint} in this world`);
    return this.control("GET", `deployments/${deployments[0].id}`);
  }

  /** One call of sagebrush's own API about this world. */
  async control(method, path, body, query = {}) {
    const words = new URLSearchParams({ account: this.account, region: this.region, ...query });
    const answer = await fetch(`${this.url}/_sagebrush/${path}?${words}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }
}
