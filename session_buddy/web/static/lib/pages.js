// Long lists, a page at a time, that stay as they are while somebody reads them.

import { useEffect, useRef, useState } from "../vendor/preact.js";
import { get } from "./api.js";
import { useAgain, useEvents } from "./use.js";

const NOTHING = { key: "", rows: null, next: null, error: null, asking: false };

/**
 * The pages of a list that were asked for so far, the newest row first.
 *
 * @param {string} path
 * @param {object} params
 * @param {string} name the member of the answer that holds the rows
 * @returns {{rows: object[] | null, next: string | null, error: Error | null, asking: boolean, more: () => void,
 *   reload: () => void, retry: () => void}} `retry` asks again what could not be answered
 */
export function usePages(path, params, name) {
  const key = JSON.stringify(params);
  const [found, set] = useState(NOTHING);
  const [turn, again] = useState(0);
  const wanted = useRef(key);
  wanted.current = key;
  const failed = useRef("");
  const reload = () => again((count) => count + 1);

  useEffect(() => {
    const stop = new AbortController();
    set((before) => ({ ...before, asking: true }));
    get(path, params, stop.signal).then(
      (page) => set({ key, rows: page[name], next: page.next ?? null, error: null, asking: false }),
      (error) => {
        if (error.name === "AbortError") return;
        failed.current = "first";
        set((before) => ({ ...before, error, asking: false }));
      },
    );
    return () => stop.abort();
  }, [key, turn]);

  const more = () => {
    set((before) => ({ ...before, asking: true }));
    get(path, { ...params, before: found.next }).then(
      (page) => set((before) => (before.key === key && before.next === found.next ? { ...before, rows: [...before.rows, ...page[name]], next: page.next ?? null, error: null, asking: false } : before)),
      (error) => {
        if (wanted.current !== key) return;
        failed.current = "more";
        set((before) => ({ ...before, error, asking: false }));
      },
    );
  };

  useEvents((event) => (event.kind === "reset" || event.kind === "summary") && reload());
  useAgain(found.error, () => failed.current === "first" && reload());
  return { ...found, more, reload, retry: failed.current === "more" ? more : reload };
}
