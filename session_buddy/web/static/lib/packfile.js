// A pack of corrections as it comes out of a file, looked at before it is sent.

import { plain, readObject } from "./jsontext.js";

const MOST = 4 * 1024 * 1024;

/**
 * The workflow of a pack.
 *
 * @param {string} text of the file @param {number} size in bytes @param {string} [workflow] the one that it has to be of
 * @throws with a message that says what is wrong
 */
export function workflowOfPack(text, size, workflow) {
  if (size >= MOST) throw new Error("It is larger than the 4 MB that are allowed.");
  const read = readObject(text, { anyNumber: true });
  if ("message" in read) throw new Error(`It is not a pack, which is JSON. Line ${read.line}, column ${read.column}: ${read.message}`);
  const own = read.value.workflow_id;
  if (typeof own !== "string" || !Array.isArray(read.value.items)) throw new Error("It is JSON, but not a pack of corrections: it names no workflow, or has no items. Export one to see its form.");
  if (workflow !== undefined && own !== workflow) throw new Error(`It is of workflow ${plain(own, 80)}, not of ${plain(workflow, 80)}. To import it there, use the page of all corrections.`);
  return own;
}
