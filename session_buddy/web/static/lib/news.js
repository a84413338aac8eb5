// What has come since a list was asked for: counted, so that the list can stay as it is until somebody wants it.

import { useEffect, useRef, useState } from "../vendor/preact.js";
import { useEvents } from "./use.js";

const PAUSE = 300;

/**
 * The ids of what came after `rows`, told a few times a second however much comes.
 *
 * @param {(event: object) => string | null | undefined | false} idOf what of an event belongs to the list
 * @param {string[] | undefined} shown the ids in the list
 * @param {string} key changes with what is asked for; what came before is forgotten then
 * @returns {[number, () => void]} how many, and how to begin anew
 */
export function useNews(idOf, shown, key) {
  const [ids, tell] = useState([]);
  const come = useRef(new Set());
  const timer = useRef(0);
  const clear = () => {
    clearTimeout(timer.current);
    timer.current = 0;
    come.current.clear();
    tell([]);
  };
  useEffect(() => clear, [key]);
  useEvents((event) => {
    const id = idOf(event);
    if (!id) return;
    come.current.add(id);
    timer.current ||= setTimeout(() => {
      timer.current = 0;
      tell([...come.current]);
    }, PAUSE);
  });
  const there = new Set(shown);
  return [ids.filter((id) => !there.has(id)).length, clear];
}
