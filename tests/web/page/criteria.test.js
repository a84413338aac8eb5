import assert from "node:assert/strict";
import { test } from "node:test";

import { barsOf, labelOf, missing } from "../../../session_buddy/web/static/lib/criteria.js";

test("a percentage is drawn against a hundred", () => {
  assert.deepEqual(barsOf({ name: "acceptance", value: 91.66, bar: 85 }), [
    { name: "", value: 91.66, bar: 85, most: 100, met: true, text: "91.7 %; at least 85 %" },
  ]);
});

test("a criterion of two parts has two bars, each met by itself", () => {
  const [decisions, sessions] = barsOf({ name: "decisions", value: { decisions: 24, sessions: 1 }, bar: { decisions: 20, sessions: 3 } });
  assert.deepEqual([decisions.met, sessions.met], [true, false]);
  assert.equal(sessions.text, "1 coaching session; at least 3 coaching sessions");
  assert.ok(decisions.most >= 24);
});

test("without data a bar is empty, is not met, and says so", () => {
  for (const bar of [...barsOf({ name: "outcomes", value: null, bar: { known: 50, succeeded: 95 } }), ...barsOf({ name: "attention", value: null, bar: 2 })]) {
    assert.equal(bar.met, false);
    assert.match(bar.text, /^no data yet; at least/);
  }
});

test("what is missing is told in a few words", () => {
  assert.equal(missing([]), "nothing");
  assert.equal(missing(["lower_bound", "attention"]), "certainty, time to look");
  assert.equal(labelOf({ name: "new_one" }), "new_one");
});
