// The console's script. It reads the stream and puts what has changed into the page, counts down, and sends what
// forms and buttons say to the control API. It knows no state of its own but the token, which this tab keeps.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const authorization = () => {
  const token = sessionStorage.getItem("token");
  return token ? { Authorization: `Bearer ${token}` } : {};
};

// ---- The world's time

let clock = { now: 0, rate: 0, read: 0 };

function setClock(now, rate) {
  if (now === null || now === undefined) return;
  clock = { now: Number(now), rate: Number(rate), read: performance.now() };
  tick();
}

const worldNow = () => clock.now + ((performance.now() - clock.read) * clock.rate) / 1000;

function lasts(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const parts = [[Math.floor(seconds / 3600), "h"], [Math.floor(seconds / 60) % 60, "m"], [seconds % 60, "s"]];
  const told = parts.filter(([count]) => count > 0).map(([count, unit]) => count + unit);
  return told.join(" ") || "0s";
}

function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function tick() {
  const now = worldNow();
  if (clock.read > 0) setText(find("#now"), new Date(now).toISOString().slice(0, 19).replace("T", " "));
  for (const element of all("time[data-until]")) {
    const until = Number(element.dataset.until);
    setText(element, `in ${lasts(until - now)}, at ${new Date(until).toISOString().slice(11, 19)}`);
  }
}

// ---- The page

// Makes `from` like `to`, and leaves alone what is the reader's: what is open, has the focus, or was typed.
function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || (from.id || "") !== (to.id || "")) {
    from.replaceWith(document.importNode(to, true));
    return;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  const mine = ["open", "hidden", "disabled", "data-state"];
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !mine.includes(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && name !== "open") from.setAttribute(name, value);
  }
  // What there was stays until what is awaited is there.
  const stays = from.dataset.live !== undefined || to.getAttribute("aria-busy") === "true";
  if (!stays) morphChildren(from, to);
}

function morphChildren(from, to) {
  const known = new Map([...from.children].filter((child) => child.id).map((child) => [child.id, child]));
  let at = from.firstChild;
  for (const wanted of to.childNodes) {
    const same = wanted.id && known.get(wanted.id);
    if (same && same !== at) from.insertBefore(same, at);
    const present = same || at;
    if (!present) {
      from.append(document.importNode(wanted, true));
      continue;
    }
    if (!same && present.id && present.id !== (wanted.id || "")) {
      from.insertBefore(document.importNode(wanted, true), present);
      at = present;
      continue;
    }
    at = present.nextSibling;
    morph(present, wanted);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (!find("body > header") && find("body > header", page)) document.body.replaceWith(document.importNode(page.body, true));
  for (const part of ["header", "main"]) {
    const [from, to] = [find(`body > ${part}`), find(`body > ${part}`, page)];
    if (from && to) morph(from, to);
  }
  settle();
}

// Shows of a form what belongs to the choices in it, and says beside a slider where it stands.
function settle() {
  for (const element of all("[data-if]")) {
    const [name, values] = element.dataset.if.split("=");
    const is = values.split(",").includes(element.closest("form").elements[name].value);
    element.hidden = !is;
    for (const field of all("input, select", element)) field.disabled = !is;
  }
  for (const slider of all("input[type=range]")) setText(slider.nextElementSibling, slider.value);
  tick();
}

// ---- The stream

let listening = null;
let heard = 0;

// `sentence` says more than the word, where the server has one.
function setLive(word, sentence = word) {
  const live = find("#live");
  setText(live, sentence);
  if (live) live.dataset.state = word;
}

async function listen(signal) {
  const to = encodeURIComponent(location.pathname + location.search);
  const answer = await fetch(`/console/stream?to=${to}`, { headers: authorization(), signal });
  // The server has another token than before, or has one now: the page asks for it.
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(`the stream was answered with ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard = performance.now();
    rest += value;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const event = JSON.parse(rest.slice("data: ".length, end));
      rest = rest.slice(end + 2);
      if (event.trouble) {
        setLive("reconnecting", event.trouble);
        continue;
      }
      setLive("live");
      setClock(event.now, event.rate);
      if (event.body) show(event.body);
    }
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Listens again whenever it has ended: at once for another page, after a pause where nobody answers.
async function follow() {
  stop();
  const mine = new AbortController();
  listening = mine;
  heard = performance.now();
  for (let wait = 250; !mine.signal.aborted; wait = Math.min(wait * 2, 4000)) {
    const began = performance.now();
    try {
      await listen(mine.signal);
    } catch {
      // What happened is shown: the page says that it is connecting again.
    }
    if (mine.signal.aborted) return;
    setLive("reconnecting");
    if (performance.now() - began > 5000) wait = 250;
    await pause(wait);
  }
}

function stop() {
  if (listening) listening.abort();
  listening = null;
}

// ---- What is sent

// The members that a form's fields say; `scope.model` is the member `model` of the member `scope`.
function members(form) {
  const told = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.value === "" || field.dataset.kind === "choice") continue;
    const path = field.name.split(".");
    const last = path.pop();
    const within = path.reduce((object, name) => (object[name] ??= {}), told);
    within[last] = read(field);
  }
  return told;
}

function read({ value, dataset: { kind } }) {
  if (kind === "number") return Number(value);
  return kind === "list" ? value.split(/[\s,]+/).filter(Boolean) : value;
}

// What is there already, but for what the form has fields of: setting one thing shall not undo another.
async function over(form) {
  const [, to] = form.dataset.send.split(" ");
  const answer = await fetch(to, { headers: authorization() });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const present = (await answer.json())[form.dataset.over] ?? {};
  for (const field of form.elements) delete present[field.name?.split(".")[0]];
  return present;
}

function answered(request, status, sentence, isWrong) {
  const answer = find("#answer");
  answer.replaceChildren();
  for (const [name, text] of [["code", `${request} → ${status}`], ["p", sentence]]) {
    if (text) answer.append(Object.assign(document.createElement(name), { textContent: text }));
  }
  const close = Object.assign(document.createElement("button"), { textContent: "Close" });
  close.addEventListener("click", () => answer.replaceChildren());
  answer.append(close);
  answer.classList.toggle("wrong", isWrong);
}

// What an answer says, in its own sentence where it has one.
function sentence(body) {
  if (!body || typeof body !== "object") return String(body ?? "");
  if (body.error ?? body.message) return body.error ?? body.message;
  if (Array.isArray(body.transitions)) {
    const told = body.transitions.map((each) => `${each.time.slice(11, 19)} ${each.endpoint}: ${each.message ?? each.to?.status ?? "gone"}`);
    return told.join("\n") || `Nothing changed. It is ${body.now}.`;
  }
  return JSON.stringify(body);
}

function ask(question, verb) {
  const dialog = find("#ask");
  setText(find("#question"), question);
  setText(find("#yes"), verb);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

async function send(told, body, form) {
  const { send: request, ask: question, verb } = told;
  if (question && !(await ask(question, verb))) return;
  const [method, to] = request.split(" ");
  const shown = `${method} ${to.split("?")[0]}`;
  try {
    const headers = { ...authorization(), "Content-Type": "application/json" };
    const answer = await fetch(to, { method, headers, body: method === "DELETE" ? undefined : body });
    const text = await answer.text();
    let read = text;
    try {
      read = JSON.parse(text);
    } catch {
      // What is no JSON is shown as it is.
    }
    answered(shown, answer.status, sentence(read), !answer.ok);
    // From now on the form shows what is, and not what was typed.
    if (answer.ok && form) form.reset();
    settle();
  } catch {
    answered(shown, "no answer", "The server does not answer.", true);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-send]");
  if (button) send(button.dataset, button.dataset.body ?? "{}", button.form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.send) {
    event.preventDefault();
    const told = members(form);
    if (!form.dataset.over) return send(form.dataset, JSON.stringify(told), form);
    over(form).then(
      (present) => send(form.dataset, JSON.stringify({ ...present, ...told }), form),
      () => answered(form.dataset.send, "not sent", "What is set there could not be read, so nothing was sent.", true),
    );
  } else if (form.dataset.follow !== undefined) {
    event.preventDefault();
    visit(form);
  } else if (form.id === "unlock") {
    event.preventDefault();
    sessionStorage.setItem("token", find("#token").value);
    unlock();
  }
});

// ---- Forms that are questions: the page that answers is fetched while one types or slides

let visiting = null;

async function visit(form) {
  if (visiting) visiting.abort();
  const mine = new AbortController();
  visiting = mine;
  const pairs = [...new FormData(form)].filter(([, text]) => text !== "");
  const to = `${form.getAttribute("action")}?${new URLSearchParams(pairs)}`;
  form.setAttribute("aria-busy", "true");
  const answer = await fetch(to, { headers: authorization(), signal: mine.signal }).catch(() => null);
  const text = answer && (await answer.text().catch(() => null));
  if (mine.signal.aborted) return;
  form.removeAttribute("aria-busy");
  if (text === null || answer.status >= 500) return setLive("reconnecting");
  show(text);
  history.replaceState(null, "", to);
  follow();
}

let typed = 0;

document.addEventListener("input", (event) => {
  settle();
  const form = event.target.closest("form[data-follow]");
  if (!form) return;
  clearTimeout(typed);
  typed = setTimeout(() => visit(form), 200);
});

// ---- A server with a token

async function unlock() {
  const answer = await fetch(location.href, { headers: authorization() }).catch(() => null);
  if (answer?.status === 401) {
    sessionStorage.removeItem("token");
    setText(find("#refused"), "That is not the token of this server.");
    return;
  }
  if (!answer) return setText(find("#refused"), "The server does not answer.");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = page.title;
  Object.assign(document.documentElement.dataset, page.documentElement.dataset);
  document.body.replaceWith(document.importNode(page.body, true));
  begin();
}

// ---- The beginning

function begin() {
  const { now, rate } = document.documentElement.dataset;
  setClock(now, rate);
  settle();
  if (find("#live") && !document.hidden) follow();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    stop();
  } else if (find("#live")) {
    follow();
  }
});

// The world's form lies over the page: a click beside it closes it. Escape closes whatever is open in the header.
document.addEventListener("click", (event) => {
  const world = find("#world[open]");
  if (world && !world.contains(event.target)) world.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || find("dialog[open]")) return;
  for (const open of all("header details[open]")) {
    open.open = false;
    find("summary", open).focus();
  }
});

setInterval(() => {
  tick();
  // A connection that says nothing is none, whatever the browser believes of it.
  if (listening && performance.now() - heard > 6000) {
    follow();
    setLive("reconnecting");
  }
}, 250);

if (document.body.dataset.locked === undefined) {
  begin();
} else if (sessionStorage.getItem("token")) {
  unlock();
}
