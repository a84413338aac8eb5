import assert from "node:assert/strict";
import { test } from "node:test";

import { between, same } from "../../../session_buddy/web/static/lib/difference.js";

test("equal values differ in nothing, whatever the order of their names", () => {
  assert.deepEqual(between({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }), []);
});

test("only what differs is named, with the value before and after", () => {
  assert.deepEqual(between({ timeout: 60, keep: 1, options: { quiet: true, old: 2 } }, { timeout: 90, keep: 1, options: { quiet: true }, added: [] }), [
    { op: "replace", path: "/timeout", before: 60, after: 90 },
    { op: "remove", path: "/options/old", before: 2, after: null },
    { op: "add", path: "/added", before: null, after: [] },
  ]);
});

test("in lists the equal ends stay, and what is more or less is added or removed in turn", () => {
  assert.deepEqual(between({ a: [1, 2, 3] }, { a: [1, 3] }), [{ op: "remove", path: "/a/1", before: 2, after: null }]);
  assert.deepEqual(between({ a: [1, 4] }, { a: [1, 2, 3, 4] }), [
    { op: "add", path: "/a/1", before: null, after: 2 },
    { op: "add", path: "/a/2", before: null, after: 3 },
  ]);
});

test("names with slashes and tildes are escaped as in a JSON pointer", () => {
  assert.deepEqual(between({ "a/b~c": 1 }, { "a/b~c": 2 })[0].path, "/a~1b~0c");
});

test("true is not 1, null is not missing, a list is not an object", () => {
  assert.equal(same(true, 1), false);
  assert.equal(same([], {}), false);
  assert.deepEqual(between({ a: null }, {}), [{ op: "remove", path: "/a", before: null, after: null }]);
});

test("names that objects have by themselves are names like others", () => {
  const evil = JSON.parse('{"__proto__": 1, "constructor": 2}');
  assert.deepEqual(between({}, evil).map((one) => one.path), ["/__proto__", "/constructor"]);
});
