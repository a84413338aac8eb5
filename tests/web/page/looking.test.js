import assert from "node:assert/strict";
import { test } from "node:test";

import { Looking } from "../../../session_buddy/web/static/lib/looking.js";

test("only the time on the screen counts", () => {
  const looking = new Looking();
  assert.equal(looking.seconds(1_000), null);
  looking.turn(true, 1_000);
  looking.turn(true, 1_500);
  looking.turn(false, 3_000);
  looking.turn(false, 4_000);
  looking.turn(true, 60_000);
  assert.equal(looking.seconds(60_500), 2.5);
});

test("how long without a break begins anew when it comes back", () => {
  const looking = new Looking();
  assert.equal(looking.unbroken(0), null);
  looking.turn(true, 0);
  assert.equal(looking.unbroken(400), 400);
  looking.turn(false, 500);
  assert.equal(looking.unbroken(900), null);
  looking.turn(true, 1_000);
  assert.equal(looking.unbroken(1_100), 100);
});
