import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, isolated } from "../../../session_buddy/web/static/lib/format.js";

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
