// Events in words, one line each.

import { count, duration, plural } from "./format.js";
import { plain } from "./jsontext.js";

const LONGEST_NAME = 60;

/** Which kinds of events belong together, for the filter of the timeline. */
export const GROUPS = [
  { name: "uses", label: "Skills used", kinds: ["tracked", "completed"] },
  { name: "recommendations", label: "Recommendations", kinds: ["recommended"] },
  { name: "coaching", label: "Coaching", kinds: ["started", "paused", "resumed", "ended", "suggested", "decided", "executed", "undone"] },
  { name: "learning", label: "What was learned", kinds: ["corrected", "promoted", "demoted", "switched"] },
  { name: "system", label: "session_buddy itself", kinds: ["embedding"] },
];

const GROUP_OF = new Map(GROUPS.flatMap((group) => group.kinds.map((kind) => [kind, group.name])));

/** The group of an event; undefined for those that tell of the connection only. */
export const groupOf = (event) => GROUP_OF.get(event.kind);

export const WHO = { person: "a person", reported: "an assistant's report", auto: "nobody (it runs by itself)" };
export const PAST = { accept: "accepted", reject: "rejected", correct: "corrected", manual: "done by hand", skip: "skipped" };

const name = (value, otherwise) => (value == null || value === "" ? otherwise : plain(value, LONGEST_NAME));
const flow = (event) => name(event.workflow_id, "a workflow");
const step = (event) => `${flow(event)}: step ${name(event.node_id, "without a name")}`;
const skill = (event) => name(event.skill_name, "a skill");
const after = (seconds) => (seconds == null ? "" : ` after ${duration(seconds)}`);
const because = (text) => (text ? `: ${plain(text, 160)}` : "");

function completed(event) {
  const how = { completed: "completed", failed: "failed", abandoned: "was abandoned" }[event.outcome] ?? "ended";
  return `${skill(event)} ${how}${after(event.duration_seconds)}${event.error_type ? ` (${plain(event.error_type, 80)})` : ""}`;
}

function recommended(event) {
  const names = (event.skills ?? []).map((one) => name(one?.skill_name ?? one, "a skill"));
  if (!names.length) return "no skill was recommended: none fitted";
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return `${names.slice(0, 3).join(", ")}${more} recommended${event.confident === false ? ", without much confidence" : ""}`;
}

function ended(event) {
  const how = { completed: "completed", failed: "failed", abandoned: "was abandoned" }[event.status] ?? "ended";
  return `${flow(event)} ${how}${because(event.error_message)}`;
}

const SAID = {
  tracked: (event) => `${skill(event)} began${event.workflow_phase ? ` in ${name(event.workflow_phase)}` : ""}`,
  completed,
  recommended,
  started: (event) => `${flow(event)} began to be coached`,
  paused: (event) => `${flow(event)} was paused`,
  resumed: (event) => `${flow(event)} goes on`,
  ended,
  suggested: (event) => `${step(event)} suggested${event.mode === "auto" ? ", and runs by itself" : ""}`,
  decided: (event) => `${step(event)} ${PAST[event.decision] ?? "decided"} by ${WHO[event.decided_by] ?? "somebody"}${after(event.seconds)}`,
  corrected: (event) => `${step(event)}: something was learned from its correction`,
  executed: (event) => `${flow(event)}: a step ${event.succeeded ? "succeeded" : "failed"}`,
  undone: (event) => `${event.workflow_id ? `${flow(event)}: a` : "A"} decision was taken back`,
  promoted: (event) => `${flow(event)} was promoted from ${name(event.previous, "its level")} to ${name(event.level, "the next")}${because(event.reason)}`,
  demoted: (event) => `${flow(event)} went back from ${name(event.previous, "its level")} to ${name(event.level, "a lower one")}${because(event.reason)}`,
  switched: (event) => `${flow(event)}: a correction was switched ${event.on ? "on" : "off"}`,
  embedding: (event) => (event.texts ? `${count(event.embedded)} of ${plural(event.texts, "text")} made comparable by meaning` : `comparing by meaning: ${plain(event.state, 40)}`),
};

/** An event as one line of text. A kind that is not known is named as it is. */
export const inWords = (event) => (Object.hasOwn(SAID, event.kind) ? SAID[event.kind](event) : plain(event.kind, 40));

/** What an event's badge says: how it came out, where that is what was told. */
export function badgeOf(event) {
  if (event.kind === "completed") return event.outcome ?? event.kind;
  if (event.kind === "decided") return PAST[event.decision] ?? event.kind;
  return event.kind;
}

/** What an event's badge looks like: good, warn, bad, info or nothing. */
export function tone(event) {
  const how = event.outcome ?? event.decision ?? event.status;
  if (event.succeeded === false || how === "failed" || how === "reject") return "bad";
  if (how === "abandoned" || how === "correct" || event.kind === "demoted" || event.kind === "undone") return "warn";
  if (how === "completed" || how === "accept" || event.succeeded || event.kind === "promoted") return "good";
  return event.kind === "suggested" ? "info" : "";
}
