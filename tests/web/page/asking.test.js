import assert from "node:assert/strict";
import { test } from "node:test";
import { address, mayPass } from "../../../session_buddy/web/static/lib/api.js";

test("what is empty is not asked for, unless it is an empty text in a list", () => {
  assert.equal(address("invocations", { skill_name: "", outcome: null, limit: 50 }), "/api/invocations?limit=50");
  assert.equal(address("invocations", { workflow_phase: [""] }), "/api/invocations?workflow_phase=");
});

test("a question is asked again where the server was in trouble, not where the question was wrong", () => {
  assert.deepEqual([0, 500, 503, 429].map((status) => mayPass({ status })), [true, true, true, true]);
  assert.deepEqual([400, 401, 404, 422].map((status) => mayPass({ status })), [false, false, false, false]);
  assert.equal(mayPass(new Error("drawing failed")), true);
});
