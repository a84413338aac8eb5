// The latest events by their time, each once, of all kinds and of each group, so that a busy kind does not push the
// others out.

import { keyOf } from "./events.js";
import { GROUPS, groupOf } from "./words.js";

export const MOST = 100;

export class Stream {
  #rows = new Map([["", []], ...GROUPS.map((group) => [group.name, []])]);
  #known = new Set();

  /** Take an event in; returns whether it was new and is one to show. */
  add(event) {
    const group = groupOf(event);
    const key = keyOf(event);
    if (!group || (event.kind !== "embedding" && this.#known.has(key))) return false;
    this.#known.add(key);
    const row = { key, event };
    for (const name of ["", group]) this.#put(name, row);
    return true;
  }

  /** Events of before, whatever their order; those that are known already stay as they are. */
  addPast(events) {
    for (const event of events) this.add(event);
  }

  /** Newest first, at most 100. @param {string} group "" for all */
  rows(group) {
    return this.#rows.get(group) ?? [];
  }

  clear() {
    for (const rows of this.#rows.values()) rows.length = 0;
    this.#known.clear();
  }

  #put(name, row) {
    const rows = this.#rows.get(name);
    // What is told while it goes on stays one line.
    if (row.event.kind === "embedding") rows.splice(0, rows.length, ...rows.filter((one) => one.event.kind !== "embedding"));
    // What was imported has happened before, whenever it is told.
    const older = rows.findIndex((one) => one.event.at <= row.event.at);
    rows.splice(older < 0 ? rows.length : older, 0, row);
    if (rows.length > MOST) rows.length = MOST;
    if (this.#known.size > 20 * MOST) this.#forget();
  }

  #forget() {
    this.#known = new Set([...this.#rows.values()].flat().map((row) => row.key));
  }
}
