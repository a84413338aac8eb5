// The criteria of readiness, as a person reads them.

import { count } from "./format.js";

const LABELS = {
  decisions: "Decisions by a person",
  acceptance: "Accepted",
  lower_bound: "Accepted for sure (lower end of the 95 % interval)",
  outcomes: "Outcomes of what was accepted",
  clean_streak: "Latest ones accepted without a failure",
  attention: "Median time taken to decide",
};
const SHORT = { decisions: "decisions", acceptance: "acceptance", lower_bound: "certainty", outcomes: "outcomes", clean_streak: "a clean streak", attention: "time to look" };
const UNITS = {
  decisions: { decisions: "decisions", sessions: "coaching sessions" },
  acceptance: "%",
  lower_bound: "%",
  outcomes: { known: "% known", succeeded: "% succeeded" },
  clean_streak: "decisions",
  attention: "s",
};

/** What is still missing of the six, in a few words. */
export const missing = (names) => (names.length === 0 ? "nothing" : names.length === 6 ? "all six criteria" : names.map((name) => SHORT[name] ?? name).join(", "));

export const labelOf = (criterion) => criterion.label ?? LABELS[criterion.name] ?? criterion.name;

/**
 * A criterion as bars: one for each of its parts, with what it must come to.
 *
 * @returns {{name: string, value: number | null, bar: number, most: number, met: boolean, text: string}[]}
 */
export function barsOf(criterion) {
  const units = criterion.unit ?? UNITS[criterion.name] ?? "";
  if (typeof criterion.bar !== "object") return [oneBar("", criterion.value, criterion.bar, units)];
  return Object.keys(criterion.bar).map((name) => oneBar(name, criterion.value?.[name] ?? null, criterion.bar[name], units[name] ?? name));
}

function oneBar(name, value, bar, unit) {
  const most = unit.startsWith("%") ? 100 : Math.max(1.5 * bar, value ?? 0, 1);
  const figure = value == null ? "no data yet" : withUnit(value, unit);
  return { name, value, bar, most, met: value != null && value >= bar, text: `${figure}; at least ${withUnit(bar, unit)}` };
}

const withUnit = (value, unit) => `${count(Math.round(10 * value) / 10)} ${value === 1 ? unit.replace(/s$/, "") || unit : unit}`;
