import assert from "node:assert/strict";
import { test } from "node:test";

import { badgeOf, GROUPS, groupOf, inWords, tone } from "../../../session_buddy/web/static/lib/words.js";

const SAID = [
  [{ kind: "completed", skill_name: "code-review", outcome: "completed", duration_seconds: 4.2 }, "code-review completed after 4.2 s"],
  [{ kind: "completed", skill_name: "code-review", outcome: "failed", error_type: "Timeout" }, "code-review failed (Timeout)"],
  [{ kind: "tracked", skill_name: "plan", workflow_phase: "design" }, "plan began in design"],
  [{ kind: "decided", workflow_id: "release", node_id: "lint", decision: "accept", decided_by: "person", seconds: 3 }, "release: step lint accepted by a person after 3.0 s"],
  [{ kind: "decided", workflow_id: "release", node_id: "lint", decision: "accept", decided_by: "auto" }, "release: step lint accepted by nobody (it runs by itself)"],
  [{ kind: "recommended", skills: [{ skill_name: "a" }, { skill_name: "b" }, { skill_name: "c" }, { skill_name: "d" }], confident: false }, "a, b, c and 1 more recommended, without much confidence"],
  [{ kind: "recommended", skills: [] }, "no skill was recommended: none fitted"],
  [{ kind: "ended", workflow_id: "release", status: "failed", error_message: "no network" }, "release failed: no network"],
  [{ kind: "promoted", workflow_id: "release", level: "AUTO", previous: "COACHING", reason: "a person said so" }, "release was promoted from COACHING to AUTO: a person said so"],
  [{ kind: "switched", workflow_id: "release", on: false }, "release: a correction was switched off"],
  [{ kind: "embedding", state: "working", embedded: 12, texts: 40 }, "12 of 40 texts made comparable by meaning"],
];

for (const [event, text] of SAID) test(`an event in words: ${text}`, () => assert.equal(inWords(event), text));

test("every kind that is shown has words, even with all its members missing", () => {
  for (const kind of GROUPS.flatMap((group) => group.kinds)) {
    const text = inWords({ kind });
    assert.notEqual(text, kind);
    assert.doesNotMatch(text, /undefined|null|NaN/);
    assert.equal(typeof tone({ kind }), "string");
  }
});

test("a kind that is not known is named, and belongs to no group", () => {
  assert.equal(inWords({ kind: "toString" }), "toString");
  assert.equal(groupOf({ kind: "hello" }), undefined);
});

test("names of any length and with hidden characters stay on one short line", () => {
  const text = inWords({ kind: "tracked", skill_name: `a\u202E\n${"x".repeat(10_000)}` });
  assert.ok(text.length < 100);
  assert.match(text, /a\\u202e x/);
});

test("a badge says how something came out, where that is what happened", () => {
  assert.equal(badgeOf({ kind: "completed", outcome: "abandoned" }), "abandoned");
  assert.equal(badgeOf({ kind: "completed" }), "completed");
  assert.equal(badgeOf({ kind: "decided", decision: "correct" }), "corrected");
  assert.equal(badgeOf({ kind: "ended", status: "failed" }), "ended");
});
