// Figures and times as a person reads them.

import { visible } from "./jsontext.js";

const number = new Intl.NumberFormat("en");
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayAndTime = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const wholeDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

const STEPS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3_600], ["minute", 60]];

export const NONE = "–";

/** A count with separators. */
export const count = (value) => (value == null ? NONE : number.format(value));

/** "1 use", "2 uses". */
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** A percentage (0 to 100) without false precision; what is not all is not told as 100, and what is not nothing not as 0. */
export function percent(value) {
  if (value == null) return NONE;
  const near = (value > 0.05 && value < 10) || (value >= 99.5 && value < 99.95);
  return `${near ? value.toFixed(1) : Math.round(value)} %`;
}

/** A share (0 to 1) as a percentage. */
export const share = (value) => percent(value == null ? null : 100 * value);

/** Seconds as "350 ms", "4.2 s", "3 min 20 s", "2 h 5 min". */
export function duration(seconds) {
  if (seconds == null) return NONE;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return [`${Math.floor(whole / 60)} min`, whole % 60 ? `${whole % 60} s` : ""].join(" ").trim();
  const minutes = Math.round(whole / 60);
  return [`${count(Math.floor(minutes / 60))} h`, minutes % 60 ? `${minutes % 60} min` : ""].join(" ").trim();
}

/** The whole date and time, in the place of whoever reads it. */
export const moment = (iso) => (iso ? dateTime.format(new Date(iso)) : NONE);
export const dayOf = (iso) => (iso ? day.format(new Date(iso)) : NONE);

/** A time as short as it is still clear: of today the clock, with seconds; before that, the day too. */
export function stampOf(iso, now = Date.now()) {
  const [then, today] = [new Date(iso), new Date(now)];
  if (then.toDateString() === today.toDateString()) return clock.format(then);
  return (then.getFullYear() === today.getFullYear() ? dayAndTime : wholeDay).format(then);
}

/** How long ago, in words. */
export function since(iso, now = Date.now()) {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  for (const [unit, size] of STEPS) if (Math.abs(seconds) >= size) return ago.format(Math.round(seconds / size), unit);
  return Math.abs(seconds) < 10 ? "just now" : ago.format(Math.round(seconds), "second");
}

/** JSON as a person reads it. */
export const json = (value) => JSON.stringify(value, null, 2);

// The first half of a character that a cut has divided.
const HALF = /[\ud800-\udbff]$/;

/** A value on one line, cut where it is long. */
export function brief(value, most = 80) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === undefined ? NONE : text.length > most ? `${text.slice(0, most - 1).replace(HALF, "")}…` : text;
}

/** A text that somebody else gave, within a sentence: whichever way it is written, the sentence around it stays. */
export const isolated = (text, most) => `\u2068${brief(visible(text), most)}\u2069`;
