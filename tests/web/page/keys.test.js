import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, askedBy } from "../../../session_buddy/web/static/lib/keys.js";

const NOW = { on: true, dialog: false, several: true };
const within = (selector) => ({ closest: (wanted) => (wanted.split(", ").includes(selector) ? {} : null) });
const press = (key, more = {}) => ({ key, target: within("body"), getModifierState: () => false, ...more });

test("every key of the help does what the help says", () => {
  for (const one of KEYS) assert.equal(askedBy(press(one.key), NOW), one.does);
});

test("nothing is decided while typing, in a dialog, with modifiers, or while a key is held down", () => {
  assert.equal(askedBy(press("a", { target: within("input") }), NOW), null);
  assert.equal(askedBy(press("a", { target: within("textarea") }), NOW), null);
  assert.equal(askedBy(press("a"), { ...NOW, dialog: true }), null);
  assert.equal(askedBy(press("a", { repeat: true }), NOW), null);
  assert.equal(askedBy(press("a", { isComposing: true }), NOW), null);
  for (const modifier of ["ctrlKey", "metaKey", "altKey"]) assert.equal(askedBy(press("a", { [modifier]: true }), NOW), null);
});

test("space does what a focused button or link does, and scrolls what can be scrolled", () => {
  for (const part of ["button", "a", "summary", "[tabindex='0']"]) assert.equal(askedBy(press(" ", { target: within(part) }), NOW), null);
  assert.equal(askedBy(press("a", { target: within("button") }), NOW), "accept");
});

test("single keys that are switched off do nothing; Alt and an arrow still move", () => {
  for (const one of KEYS) assert.equal(askedBy(press(one.key), { ...NOW, on: false }), null);
  assert.equal(askedBy(press("ArrowRight", { altKey: true }), { ...NOW, on: false }), "next");
});

test("Alt and an arrow stay with the browser where there is nothing to choose from", () => {
  assert.equal(askedBy(press("ArrowLeft", { altKey: true }), { ...NOW, several: false }), null);
});

test("brackets that a keyboard makes with AltGr are brackets", () => {
  const altGr = { ctrlKey: true, altKey: true, getModifierState: (name) => name === "AltGraph" };
  assert.equal(askedBy(press("[", altGr), NOW), "previous");
});

test("an upper case letter, as with Caps Lock, decides nothing", () => {
  assert.equal(askedBy(press("A", { shiftKey: true }), NOW), null);
});
