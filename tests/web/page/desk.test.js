import assert from "node:assert/strict";
import { test } from "node:test";

import { Desk } from "../../../session_buddy/web/static/lib/desk.js";

const session = (more = {}) => ({ session_id: "s", workflow_id: "release", status: "active", started_at: "2026-01-01", ...more });
const suggestion = (id, more = {}) => ({ suggestion_id: id, session_id: "s", workflow_id: "release", step_index: 0, suggested_at: id, mode: "ask", parameters: {}, ...more });
const event = (kind, more = {}) => ({ kind, coaching_session_id: "s", workflow_id: "release", at: "2026-01-02", ...more });
const settled = () => new Promise((go) => setImmediate(go));

/** A server that answers from what it holds; `later` runs at once when `tick` is called. */
function serve(held = {}) {
  const state = { sessions: [session()], suggestions: [], posts: [], calls: 0, ...held };
  const waiting = [];
  const answers = {
    get: async (path, params) => {
      if (path === "suggestions") return { suggestions: [...state.suggestions] };
      if (path === "sessions") return { sessions: state.sessions.filter((one) => one.status === params.status) };
      const [kind, id] = path.split("/");
      const found = kind === "suggestions" ? state.suggestions.find((one) => one.suggestion_id === id) : state.sessions.find((one) => one.session_id === id);
      if (!found) throw Object.assign(new Error("unknown"), { status: 404 });
      return found;
    },
    post: async (path, body, call) => {
      state.posts.push({ path, body, call });
      return state.answer(path, body);
    },
    part: (name) => name,
    newCall: () => `call-${(state.calls += 1)}`,
    later: (job) => waiting.push(job),
  };
  const tick = async () => {
    for (const job of waiting.splice(0)) job();
    await settled();
  };
  return { state, desk: new Desk(answers), tick, answers };
}

const ids = (desk) => desk.waiting("s").map((one) => one.suggestion_id);

test("a suggestion is there with its event, and whole as soon as it was fetched", async () => {
  const { desk, state } = serve();
  await desk.load();
  state.suggestions = [suggestion("1", { parameters: { a: 1 } })];
  desk.take(event("suggested", { suggestion_id: "1", node_id: "lint", step_index: 0 }));
  assert.equal(desk.waiting("s")[0].coming, true);
  await settled();
  assert.deepEqual(desk.waiting("s")[0].parameters, { a: 1 });
});

test("one that was decided meanwhile does not come back with an older answer", async () => {
  const { desk, state } = serve({ suggestions: [suggestion("1")] });
  const loading = desk.load();
  desk.take(event("decided", { suggestion_id: "1", decision_id: "d" }));
  await loading;
  assert.deepEqual(ids(desk), []);
  state.suggestions = [suggestion("2")];
  const slow = desk.load();
  desk.take(event("suggested", { suggestion_id: "3" }));
  state.suggestions.push(suggestion("3"));
  await slow;
  await settled();
  assert.deepEqual(ids(desk), ["2", "3"]);
});

test("the oldest step waits first", async () => {
  const { desk } = serve({ suggestions: [suggestion("9", { step_index: 1 }), suggestion("2"), suggestion("1")] });
  await desk.load();
  assert.deepEqual(ids(desk), ["1", "2", "9"]);
});

test("a decision whose answer is lost is sent again with the same call until there is one", async () => {
  const { desk, state, tick } = serve({ suggestions: [suggestion("1")] });
  await desk.load();
  let turns = 0;
  state.answer = () => {
    turns += 1;
    if (turns < 3) throw Object.assign(new Error("away"), { status: turns === 1 ? 0 : 503 });
    return { stats: { accepted: 1 }, current_step_index: 1, total_steps: 2, level: "COACHING", decision: {} };
  };
  const decided = desk.decide(desk.waiting("s")[0], "accept", { seconds: 2 });
  await settled();
  assert.equal(desk.deciding.get("1").trouble, "away");
  await tick();
  await tick();
  await decided;
  assert.deepEqual(state.posts.map((one) => one.call), ["call-1", "call-1", "call-1"]);
  assert.deepEqual(ids(desk), []);
  assert.equal(desk.sessions.get("s").stats.accepted, 1);
});

test("what the server refuses is thrown, told beside its session, and not sent again", async () => {
  const { desk, state } = serve({ suggestions: [suggestion("1")] });
  await desk.load();
  state.answer = () => {
    throw Object.assign(new Error("already decided"), { status: 400 });
  };
  await assert.rejects(desk.decide(desk.waiting("s")[0], "accept"), /already decided/);
  assert.equal(state.posts.length, 1);
  assert.equal(desk.refused.get("s"), "already decided");
  desk.dismiss("s");
  assert.equal(desk.refused.size, 0);
});

test("pausing, ending and nobody being asked are seen in what waits", async () => {
  const { desk } = serve({ suggestions: [suggestion("1"), suggestion("2", { mode: "auto" })] });
  await desk.load();
  assert.equal(desk.count, 1);
  desk.take(event("paused"));
  assert.equal(desk.count, 0);
  desk.take(event("ended", { status: "completed" }));
  assert.deepEqual([desk.sessions.size, ids(desk)], [0, []]);
});

test("many events ask for a session once now and once after a while", async () => {
  const { desk, answers, tick } = serve();
  await desk.load();
  let asked = 0;
  const get = answers.get;
  answers.get = (...given) => {
    asked += 1;
    return get(...given);
  };
  for (let number = 0; number < 50; number += 1) desk.take(event("decided", { suggestion_id: `${number}` }));
  await settled();
  assert.equal(asked, 1);
  await tick();
  assert.equal(asked, 2);
});

test("an error while loading keeps what was there", async () => {
  const { desk, answers } = serve({ suggestions: [suggestion("1")] });
  await desk.load();
  answers.get = async () => {
    throw Object.assign(new Error("away"), { status: 0 });
  };
  await desk.load();
  assert.equal(desk.error.message, "away");
  assert.deepEqual(ids(desk), ["1"]);
});
