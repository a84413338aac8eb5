import assert from "node:assert/strict";
import { test } from "node:test";
import { diverging, flow, moved, portions, stepNames, stepOf, timeAxis } from "../../../session_buddy/web/static/lib/layout.js";

const near = (value, wanted) => assert.ok(Math.abs(value - wanted) < 1e-9, `${value} is not ${wanted}`);
const all = (values) => values.reduce((sum, value) => sum + value, 0);

test("a rate belongs to one of five steps, each with a name, and no rate to none", () => {
  assert.deepEqual([0, 49.9, 50, 65, 80, 90, 100].map(stepOf), [1, 1, 2, 3, 4, 5, 5]);
  assert.equal(stepOf(null), 0);
  assert.equal(stepNames().length, 5);
});

test("arrow keys walk through a grid and stay within it", () => {
  const from = (place, key, others = {}) => moved({ key, ...others }, place, 3, 4);
  assert.deepEqual(from([0, 0], "ArrowRight"), [0, 1]);
  assert.deepEqual(from([0, 0], "ArrowUp"), [0, 0]);
  assert.deepEqual(from([2, 3], "ArrowDown"), [2, 3]);
  assert.deepEqual(from([1, 2], "Home"), [1, 0]);
  assert.deepEqual(from([1, 2], "End", { ctrlKey: true }), [2, 3]);
  assert.deepEqual(from([1, 2], "PageUp"), [0, 2]);
});

test("other keys are left to the browser", () => {
  for (const key of ["Enter", "Tab", "a"]) assert.equal(moved({ key }, [0, 0], 3, 4), null);
});

test("portions fill the whole, one after the other, without the empty ones", () => {
  const found = portions([{ name: "a", value: 3 }, { name: "b", value: 0 }, { name: "c", value: 1 }]);
  assert.deepEqual(found.map((one) => [one.name, one.start, one.share]), [["a", 0, 0.75], ["c", 0.75, 0.25]]);
});

test("portions of nothing are none", () => {
  assert.deepEqual(portions([{ name: "a", value: 0 }]), []);
});

test("bars go left of zero where they are negative and share one scale", () => {
  const { zero, bars } = diverging([3, -1, 0]);
  near(zero, 0.25);
  near(bars[0].start, 0.25);
  near(bars[0].width, 0.75);
  near(bars[1].start, 0);
  near(bars[1].width, 0.25);
  near(bars[2].width, 0);
});

test("bars without any value lie at zero", () => {
  assert.deepEqual(diverging([0, 0]), { zero: 0, bars: [{ start: 0, width: 0 }, { start: 0, width: 0 }] });
  assert.deepEqual(diverging([]).bars, []);
});

test("durations of the same size are drawn from zero on", () => {
  const axis = timeAxis([60, 120, 240]);
  assert.equal(axis.log, false);
  near(axis.at(0), 0);
  near(axis.at(120), 0.5);
  near(axis.at(240), 1);
  assert.ok(axis.ticks.length >= 2 && axis.ticks.length <= 5);
});

test("durations that span decades are drawn by their logarithm", () => {
  const axis = timeAxis([0.1, 10, 1_000]);
  assert.equal(axis.log, true);
  near(axis.at(0.1), 0);
  near(axis.at(10), 0.5);
  near(axis.at(1_000), 1);
  near(axis.at(0), 0);
  assert.ok(axis.ticks.length <= 5 && axis.ticks.every((tick) => tick >= 0.1 && tick <= 1_000));
});

test("an axis of nothing, of zeros or of missing values is still an axis", () => {
  for (const values of [[], [0, 0], [null, undefined]]) {
    const axis = timeAxis(values);
    for (const value of [0, 1, 1e9]) assert.ok(axis.at(value) >= 0 && axis.at(value) <= 1);
    assert.ok(axis.ticks.every(Number.isFinite));
  }
});

const STEPS = [
  { from: "plan", to: "code", count: 6 },
  { from: "code", to: "review", count: 3 },
  { from: "review", to: "code", count: 1 },
];

test("a flow has every name once on each side that it is on, in the order that was given", () => {
  const { left, right } = flow(STEPS, ["plan", "code"], { width: 600, margin: 100 });
  assert.deepEqual(left.map((one) => one.name), ["plan", "code", "review"]);
  assert.deepEqual(right.map((one) => one.name), ["code", "review"]);
  assert.deepEqual(right.map((one) => one.count), [7, 3]);
});

test("bands of a flow are as thick as they are frequent, and fill their names", () => {
  const { left, right, bands } = flow(STEPS, ["plan", "code"], { width: 600, margin: 100, body: 200 });
  assert.deepEqual(bands.map((one) => one.thick), [120, 60, 20]);
  near(all(left.map((one) => one.size)), 200);
  near(all(right.map((one) => one.size)), 200);
});

test("names of a flow keep their distance, and all of it lies within its height", () => {
  const many = Array.from({ length: 40 }, (_, index) => ({ from: `from ${index}`, to: `to ${index % 7}`, count: index ? 1 : 10_000 }));
  const { height, left, right } = flow(many, [], { width: 300, margin: 90, gap: 22 });
  for (const side of [left, right]) {
    side.slice(1).forEach((one, index) => assert.ok(one.top - (side[index].top + side[index].size) >= 21.9));
    for (const one of side) assert.ok(one.top >= 0 && one.top + one.size <= height);
  }
});

test("a flow of nothing is empty, not broken", () => {
  assert.deepEqual(flow([], [], { width: 300, margin: 90 }).bands, []);
});
