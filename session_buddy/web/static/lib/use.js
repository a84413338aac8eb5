// Hooks: data that follows the live events, and the events themselves.

import { useEffect, useRef, useState } from "../vendor/preact.js";
import { get, mayPass } from "./api.js";
import * as live from "./live.js";

const AGAIN = 5_000;
const RELOAD = new Set(["reset", "summary"]);

/** Run this for every event; it may change from drawing to drawing. */
export function useEvents(listener) {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => live.listen((event) => latest.current(event)), []);
}

/** Whether the page is connected; see `live.state`. */
export function useConnection() {
  const [state, change] = useState(live.state);
  useEffect(() => {
    change(live.state);
    return live.watchState(change);
  }, []);
  return state;
}

/**
 * What a question answers, asked again when one of these kinds of events comes (at most every `every` milliseconds) and
 * when the connection is back. What was answered before stays while it is asked again.
 *
 * @param {string | null} path null: nothing is asked
 * @param {object} params
 * @param {{on?: string[], every?: number, wanted?: (event: object) => boolean, steady?: boolean}} following `steady`: while
 *   the answer to other parameters is awaited, the one before stays
 * @returns {{data: any, error: Error | null, loading: boolean, reload: () => void}}
 */
export function useData(path, params = {}, { on = [], every = 2_000, wanted = () => true, steady = false } = {}) {
  const key = JSON.stringify([path, params]);
  const [found, set] = useState({ key: "", data: null, error: null });
  const [turn, again] = useState(0);
  const timer = useRef(0);
  const asked = useRef(0);

  useEffect(() => {
    if (path === null) return undefined;
    const stop = new AbortController();
    asked.current = Date.now();
    get(path, params, stop.signal).then(
      (data) => set({ key, data, error: null }),
      (error) => error.name === "AbortError" || set((before) => ({ key, data: before.key === key || steady ? before.data : null, error })),
    );
    return () => stop.abort();
  }, [key, turn]);

  const reload = () => again((count) => count + 1);
  const soon = () => {
    if (timer.current) return;
    const left = Math.max(0, asked.current + every - Date.now());
    timer.current = setTimeout(() => {
      timer.current = 0;
      reload();
    }, left);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useEvents((event) => {
    if (path === null) return;
    if (RELOAD.has(event.kind) || (event.kind === "hub" && event.state === "connected")) reload();
    else if (on.includes(event.kind) && wanted(event)) soon();
  });
  useAgain(found.error, reload);

  const own = found.key === key;
  const kept = own || (steady && found.key && JSON.parse(found.key)[0] === path);
  return { data: kept ? found.data : null, error: own ? found.error : null, loading: path !== null && !own, reload };
}

/** Ask again what could not be answered: a while later, and as soon as the connection is back. */
export function useAgain(error, reload) {
  const connection = useConnection();
  useEffect(() => {
    if (connection === "live" && error) reload();
  }, [connection]);
  useEffect(() => {
    if (!error || !mayPass(error)) return undefined;
    const timer = setTimeout(reload, AGAIN);
    return () => clearTimeout(timer);
  }, [error]);
}

/** A value kept in this browser. */
export function useKept(name, otherwise) {
  const [value, set] = useState(() => {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  });
  const keep = (next) => {
    set(next);
    try {
      localStorage.setItem(name, JSON.stringify(next));
    } catch {
      // A browser that keeps nothing still shows the page.
    }
  };
  return [value, keep];
}

/** The time now, drawn anew every so many seconds. */
export function useNow(seconds = 20) {
  const [now, set] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 1000 * seconds);
    return () => clearInterval(timer);
  }, [seconds]);
  return now;
}

/** A text that is being typed; `commit` is told of it when nothing was typed for a moment. */
export function useTyped(value, commit, wait = 300) {
  const [text, set] = useState(value);
  const timer = useRef(0);
  const latest = useRef(commit);
  latest.current = commit;
  useEffect(() => {
    if (!timer.current) set(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next) => {
    set(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = 0;
      latest.current(next);
    }, wait);
  };
  return [text, type];
}

/** How wide an element is, in pixels. */
export function useWidth(ref, first) {
  const [width, set] = useState(first);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => set(Math.floor(entry.contentRect.width)));
    watcher.observe(ref.current);
    return () => watcher.disconnect();
  }, []);
  return width;
}
