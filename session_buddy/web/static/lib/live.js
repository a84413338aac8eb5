// Live events: one WebSocket for the page, which comes back by itself and misses nothing.

import { protocols, watchKey } from "./sign_in.js";

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5_000;
const REFUSED = 4401;

const listeners = new Set();
const watchers = new Set();
let socket = null;
let last = "";
let wait = FIRST_WAIT;
let timer = 0;

/** Where the connection stands: connecting, live, reconnecting, hubless (the server is there and waits for the hub), refused. */
export let state = "connecting";

/** Be told of every event; returns how to stop. @param {(event: object) => void} listener */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Be told when `state` has changed; returns how to stop. */
export function watchState(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export { keyOf } from "./events.js";

export function connect() {
  const url = new URL("/api/events", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (last) url.searchParams.set("last", last);
  socket = new WebSocket(url, protocols());
  socket.onmessage = (message) => take(JSON.parse(message.data));
  socket.onclose = (closed) => again(closed.code === REFUSED);
}

export function reconnectNow() {
  clearTimeout(timer);
  if (socket && socket.readyState < WebSocket.CLOSING) return;
  connect();
}

function take(event) {
  if (event.id) last = event.id;
  if (event.kind === "hello" || event.kind === "hub") {
    wait = FIRST_WAIT;
    become((event.hub ?? event.state) === "connected" ? "live" : "hubless");
  }
  for (const listener of [...listeners]) listener(event);
}

function again(refused) {
  become(refused ? "refused" : "reconnecting");
  if (refused) return;
  timer = setTimeout(connect, wait * (0.75 + Math.random() / 2));
  wait = Math.min(2 * wait, LONGEST_WAIT);
}

function become(next) {
  if (next === state) return;
  state = next;
  for (const watcher of [...watchers]) watcher(next);
}

addEventListener("online", reconnectNow);
document.addEventListener("visibilitychange", () => document.hidden || state !== "reconnecting" || reconnectNow());
watchKey(() => state !== "refused" || reconnectNow());
