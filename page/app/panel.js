// A suggestion inside of an assistant. What is pressed here goes out as a call of a tool, so it is kept as reported.

import { html, useState } from "../../session_buddy/web/static/vendor/preact.js";
import { brief, json, share } from "../../session_buddy/web/static/lib/format.js";
import { Badge, Button, Card, Difference, Level, Trouble } from "../../session_buddy/web/static/lib/parts.js";

const DECISIONS = [
  ["accept", "Accept", "main"],
  ["reject", "Reject", "bad"],
  ["correct", "Correct", ""],
  ["manual", "Did it by hand", ""],
  ["skip", "Skip", ""],
];
const PAST = { accept: "accepted", reject: "rejected", correct: "corrected", manual: "done by hand", skip: "skipped" };

export function Panel({ suggestion, call, tell }) {
  const [decision, decided] = useState(suggestion.decision ?? null);
  const [editing, edit] = useState(false);
  const [error, fail] = useState(null);
  const [busy, work] = useState(false);

  async function decide(kind, correction) {
    work(true);
    fail(null);
    try {
      const given = { session_id: suggestion.session_id, suggestion_id: suggestion.suggestion_id, decision: kind };
      const answer = await call("coaching_decide", correction ? { ...given, correction } : given);
      decided(answer.decision);
      edit(false);
      await tell(said(suggestion, answer.decision, correction));
    } catch (refused) {
      fail(refused);
    }
    work(false);
  }

  return html`<${Card} title=${`${suggestion.workflow_id ? `${suggestion.workflow_id}, ` : ""}step ${suggestion.step_index + 1}: ${suggestion.action_type ?? ""} ${suggestion.node_id ? `at ${suggestion.node_id}` : ""}`}
      actions=${html`<${Level} value=${suggestion.level} />`}>
    <${Shown} suggestion=${suggestion} />
    ${error && html`<${Trouble} error=${error} />`}
    ${decision
      ? html`<p role="status"><${Badge} kind="info">${PAST[decision.decision]}<//> ${decision.feedback ?? ""}</p>`
      : editing
        ? html`<${Editor} start=${suggestion.parameters} busy=${busy} save=${(value) => decide("correct", value)} leave=${() => edit(false)} />`
        : html`<div class="actions">
            ${DECISIONS.map(([kind, text, look]) => html`<${Button} key=${kind} kind=${look} disabled=${busy} onClick=${() => (kind === "correct" ? edit(true) : decide(kind))}>${text}<//>`)}
          </div>`}
    <p class="note">Kept as reported by the assistant. Decisions that count towards AUTO are made on the page (session-buddy dashboard), in a form or in a terminal.</p>
  <//>`;
}

function Shown({ suggestion }) {
  const changes = suggestion.changes ?? (suggestion.corrections_applied ?? []).flatMap((one) => one.changes ?? []);
  return html`<pre tabindex="0" aria-label="Parameters">${json(suggestion.parameters)}</pre>
    ${changes.length > 0 && html`<h3>Corrected as learned</h3><${Difference} changes=${changes} />`}
    <p class="note">${suggestion.confidence == null ? "No person has decided a step like this yet." : `Confidence ${share(suggestion.confidence)} (lower end, from ${suggestion.confidence_n}).`}</p>`;
}

function Editor({ start, busy, save, leave }) {
  const [text, write] = useState(json(start));
  const [value, problem] = parsed(text, start);
  return html`<div class="tight">
    <label>All parameters as they should be
      <textarea value=${text} rows="8" aria-invalid=${problem ? "true" : "false"} onInput=${(event) => write(event.target.value)}></textarea></label>
    <p class="note" role="status">${problem ?? "Valid."}</p>
    <div class="actions"><${Button} kind="main" disabled=${busy || problem} onClick=${() => save(value)}>Save the correction<//><${Button} onClick=${leave}>Back<//></div>
  </div>`;
}

function parsed(text, start) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [null, error.message];
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [null, "The parameters must be one JSON object."];
  return JSON.stringify(value) === JSON.stringify(start) ? [null, "Nothing is changed yet."] : [value, null];
}

function said(suggestion, decision, correction) {
  const step = `step ${suggestion.step_index + 1}${suggestion.node_id ? ` (${suggestion.node_id})` : ""}`;
  const now = correction ? ` Use these parameters: ${brief(correction, 4_000)}` : "";
  return `I ${PAST[decision.decision]} ${step} in the panel; it is recorded (${decision.decision_id}). Go on.${now}`;
}
