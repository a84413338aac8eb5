import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, isolated, percent, stampOf } from "../../../session_buddy/web/static/lib/format.js";

test("a text is cut between characters, never within one", () => {
  const cut = brief("a🙂🙂🙂", 5);
  assert.ok(cut.isWellFormed());
  assert.ok(cut.length <= 5 && cut.endsWith("…"));
});

test("a text that fits is left as it is", () => {
  assert.equal(brief("code-review", 11), "code-review");
});

test("a text in another direction is closed in, and what would turn it is seen, so that the sentence around it stays", () => {
  assert.equal(isolated("\u05d0\u05d1", 20), "\u2068\u05d0\u05d1\u2069");
  assert.equal(isolated("\u202eabc", 20), "\u2068\\u202eabc\u2069");
});

test("a time of today is told by the clock, one before by its day, one of another year by its year", () => {
  const now = new Date(2026, 10, 21, 18, 5, 9).getTime();
  const stamp = (...parts) => stampOf(new Date(...parts).toISOString(), now);
  assert.match(stamp(2026, 10, 21, 9, 4, 5), /^09:04:05$/);
  assert.match(stamp(2026, 10, 20, 9, 4, 5), /20.*09:04$/);
  assert.match(stamp(2026, 10, 21, 0, 4, 5), /^00:04:05$/);
  assert.match(stamp(2026, 10, 20, 0, 4, 5), /20.*00:04$/);
  assert.match(stamp(2025, 10, 21, 9, 4, 5), /2025/);
});

test("what is not all is not told as 100 %, and what is not nothing not as 0 %", () => {
  const told = [0, 0.04, 0.3, 9.96, 69.04, 99.4, 99.7, 99.97, 100].map(percent);
  assert.deepEqual(told, ["0 %", "0 %", "0.3 %", "10.0 %", "69 %", "99 %", "99.7 %", "100 %", "100 %"]);
  assert.equal(percent(null), "–");
});
