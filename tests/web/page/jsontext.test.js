import assert from "node:assert/strict";
import { test } from "node:test";

import { line, losesDigits, plain, readObject, visible, written } from "../../../session_buddy/web/static/lib/jsontext.js";

const WRONG = [
  ["", 1, 1, /nothing yet/],
  ["[1]", 1, 1, /must be an object/],
  ['{"a": 1,\n "b": 2,\n}', 2, 8, /comma too many/],
  ['{"a": 1\n "b": 2}', 2, 2, /comma or a } is missing/],
  ['{"a" 1}', 1, 6, /colon is missing/],
  ["{a: 1}", 1, 2, /name in double quotes/],
  ["{'a': 1}", 1, 2, /name in double quotes/],
  ['{"a": \'b\'}', 1, 7, /double quotes/],
  ['{"a": True}', 1, 7, /written true/],
  ['{"a": None}', 1, 7, /written null/],
  ['{"a": NaN}', 1, 7, /true, false and null/],
  ['{"a": }', 1, 7, /value is missing/],
  ['{"a": [1, 2}', 1, 12, /comma or a \] is missing/],
  ['{"a": [1, 2', 1, 7, /not closed/],
  ['{"a": "b\n"}', 1, 7, /ends with its line/],
  ['{"a": "b', 1, 7, /not closed/],
  ['{"a": "\\x"}', 1, 8, /escape is not known/],
  ['{"a": "\t"}', 1, 8, /written \\t/],
  ['{"a": 01}', 1, 7, /not a number/],
  ['{"a": 1.}', 1, 7, /not a number/],
  ['{"a": 12345678901234567890}', 1, 7, /too large/],
  ['{"a": 1e999}', 1, 7, /too large/],
  ['{"a": 1, "a": 2}', 1, 10, /twice/],
  ['{"a": 1} {}', 1, 10, /after the object/],
];

for (const [text, lineNumber, column, message] of WRONG)
  test(`what is wrong with ${JSON.stringify(text)} is told with its place`, () => {
    const found = readObject(text);
    assert.match(found.message, message);
    assert.deepEqual([found.line, found.column], [lineNumber, column]);
  });

test("whatever JSON.parse refuses is refused, and what it takes is read as it reads it", () => {
  const pieces = ["{", "}", "[", "]", ",", ":", '"a"', '"b\\n"', "1", "-0.5e3", "true", "null", " ", "\n", "'", "x", "\\"];
  let seed = 7;
  const next = (most) => (seed = (seed * 48_271) % 2_147_483_647) % most;
  for (let turn = 0; turn < 20_000; turn += 1) {
    const text = `{"k":${Array.from({ length: next(8) }, () => pieces[next(pieces.length)]).join("")}}`;
    const found = readObject(text);
    let expected;
    try {
      expected = JSON.parse(text);
    } catch {
      assert.ok("message" in found, text);
      continue;
    }
    if ("message" in found) assert.match(found.message, /twice|too large/, text);
    else assert.deepEqual(found.value, expected);
  }
});

test("an object that is nested very deeply is refused and nothing overflows", () => {
  assert.match(readObject(`{"a":${"[".repeat(50_000)}`).message, /too deeply/);
});

test("numbers with more digits than a browser keeps are found wherever they are", () => {
  assert.equal(losesDigits({ a: [{ b: 2 ** 60 }] }), true);
  assert.equal(losesDigits({ a: [{ b: 1.5, c: "12345678901234567890" }] }), false);
});

test("a file may hold numbers of any size, for it is passed on as it is", () => {
  assert.ok("value" in readObject('{"a": 12345678901234567890}', { anyNumber: true }));
});

test("what is not seen in a text, or turns its direction, is written as an escape that means the same", () => {
  const value = { name: "safe\u202Eevil\u200B\u2066" };
  assert.match(written(value), /safe\\u202eevil\\u200b\\u2066/);
  assert.deepEqual(JSON.parse(written(value)), value);
  assert.equal(plain("a\u202Eb\nc"), "a\\u202eb c");
});

test("long values are cut on one line", () => {
  assert.equal(line("x".repeat(500), 10).length, 10);
  assert.equal(plain("x".repeat(500), 10), `${"x".repeat(9)}…`);
});

test("what turns the direction of a text or is not seen is written as escapes, and what belongs to writing stays", () => {
  assert.equal(visible("\u202egnp.exe\u2066 \u0007\u001b[31m"), "\\u202egnp.exe\\u2066 \\u0007\\u001b[31m");
  assert.equal(visible("two\n\tlines"), "two\n\tlines");
  for (const text of ["\u0645\u06cc\u200c\u062e", "\u05d0\u200f!", "\ud83d\udc69\u200d\ud83d\udcbb"]) assert.equal(visible(text), text);
});
