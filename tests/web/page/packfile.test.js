import assert from "node:assert/strict";
import { test } from "node:test";

import { workflowOfPack } from "../../../session_buddy/web/static/lib/packfile.js";

const PACK = '{"workflow_id": "release", "items": [{"big": 12345678901234567890}]}';

test("a pack tells which workflow it is of", () => {
  assert.equal(workflowOfPack(PACK, PACK.length), "release");
  assert.equal(workflowOfPack(PACK, PACK.length, "release"), "release");
});

test("what is no pack, of another workflow, or too large is refused with the reason", () => {
  assert.throws(() => workflowOfPack("not json", 8), /Line 1, column 1/);
  assert.throws(() => workflowOfPack("{}", 2), /names no workflow/);
  assert.throws(() => workflowOfPack(PACK, PACK.length, "docs"), /of workflow release, not of docs/);
  assert.throws(() => workflowOfPack(PACK, 4 * 1024 * 1024), /4 MB/);
});
