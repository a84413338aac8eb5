import assert from "node:assert/strict";
import { test } from "node:test";
import { filtersOf } from "../../../session_buddy/web/static/lib/asked.js";

const DAY = 86_400_000;

test("an address without filters asks for everything", () => {
  assert.deepEqual(Object.values(filtersOf({ skill: "code-review" })).filter((value) => value !== undefined), []);
});

test("so many days are counted back from now", () => {
  const { since } = filtersOf({ since: "7d" });
  const before = Date.now() - new Date(since).getTime();
  assert.ok(before >= 7 * DAY && before < 7 * DAY + 120_000);
});

test("the day that until names belongs to what is asked for", () => {
  const { since, until } = filtersOf({ since: "2026-03-01", until: "2026-03-31" });
  assert.deepEqual([new Date(since), new Date(until)], [new Date(2026, 2, 1), new Date(2026, 3, 1)]);
});

test("a day that does not exist breaks nothing, and what is no day is left to the server to refuse", () => {
  assert.doesNotThrow(() => filtersOf({ since: "2026-99-99", until: "0000-00-00" }));
  assert.equal(filtersOf({ since: "yesterday" }).since, "yesterday");
  assert.equal(filtersOf({ until: "2026-03-31T12:00:00+02:00" }).until, "2026-03-31T12:00:00+02:00");
});
