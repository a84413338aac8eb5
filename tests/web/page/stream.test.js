import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST, Stream } from "../../../session_buddy/web/static/lib/stream.js";

const at = (number) => new Date(1_700_000_000_000 + 1_000 * number).toISOString();
const tracked = (number) => ({ kind: "tracked", invocation_id: `i${number}`, skill_name: "x", at: at(number) });

test("an event that is told twice is shown once", () => {
  const stream = new Stream();
  assert.equal(stream.add({ id: "e-1", ...tracked(1) }), true);
  assert.equal(stream.add(tracked(1)), false);
  assert.equal(stream.rows("").length, 1);
});

test("no more than a hundred are kept, and a busy kind does not push the others out of theirs", () => {
  const stream = new Stream();
  stream.add({ kind: "decided", decision_id: "d", at: at(0) });
  for (let number = 1; number <= 5_000; number += 1) stream.add(tracked(number));
  assert.equal(stream.rows("").length, MOST);
  assert.equal(stream.rows("")[0].event.invocation_id, "i5000");
  assert.equal(stream.rows("coaching").length, 1);
});

test("events of before come in their order of time, among those that came meanwhile", () => {
  const stream = new Stream();
  stream.add(tracked(5));
  stream.addPast([tracked(1), tracked(2), tracked(5)]);
  assert.deepEqual(stream.rows("uses").map((row) => row.event.invocation_id), ["i5", "i2", "i1"]);
});

test("what was imported stands where its time puts it, also when it is told now", () => {
  const stream = new Stream();
  for (const number of [5, 1, 3, 3]) stream.add({ ...tracked(number), invocation_id: `${number}, told ${stream.rows("").length}` });
  assert.deepEqual(stream.rows("").map((row) => row.event.invocation_id), ["5, told 0", "3, told 3", "3, told 2", "1, told 1"]);
});

test("what is too old for the hundred does not push out what is newer", () => {
  const stream = new Stream();
  for (let number = 1_000; number < 1_000 + MOST; number += 1) stream.add(tracked(number));
  stream.add(tracked(1));
  assert.equal(stream.rows("").length, MOST);
  assert.equal(stream.rows("").at(-1).event.invocation_id, "i1000");
});

test("what is told while it goes on stays one line", () => {
  const stream = new Stream();
  for (let number = 0; number < 20; number += 1) stream.add({ kind: "embedding", embedded: number, texts: 20, at: at(number) });
  assert.equal(stream.rows("system").length, 1);
  assert.equal(stream.rows("")[0].event.embedded, 19);
});

test("events of the connection are not shown", () => {
  const stream = new Stream();
  for (const kind of ["hello", "hub", "reset", "summary"]) assert.equal(stream.add({ kind, at: at(0) }), false);
});
