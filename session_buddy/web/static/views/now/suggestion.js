// A suggestion, with everything that helps to decide it.

import { html, useState } from "../../vendor/preact.js";
import { count, plural, share } from "../../lib/format.js";
import { alike, hiddenCount, line, losesDigits, plain, shown } from "../../lib/jsontext.js";
import { Badge, Button, Difference, Loading, Time } from "../../lib/parts.js";
import { PAST, WHO } from "../../lib/words.js";
import { useLooking } from "./hooks.js";

// A name is shown whole: which step it is decides with what it is done.
const WHOLE_NAME = 4_000;

const MODES = {
  observe: "You do this step yourself; say how it went, so that it is learned from.",
  auto: "This workflow runs by itself: nobody has to decide. Rejecting it stops that.",
};

/** A suggestion of which no more than its event is known: for some milliseconds. */
export const Coming = ({ suggestion, session }) => html`<article class="suggestion" id=${`suggestion-${suggestion.suggestion_id}`} aria-busy="true">
  <${Head} suggestion=${suggestion} session=${session} /><${Loading} lines=${4} />
</article>`;

function Head({ suggestion, session: { total_steps: total } }) {
  const number = suggestion.step_index + 1;
  return html`<p class="note">Step ${count(number)}${total ? ` of ${count(total)}` : ""}${total && number > total ? ", beyond what was planned" : ""}, suggested <${Time} at=${suggestion.suggested_at} /></p>
    <h4 class="step"><bdi>${plain(suggestion.node_id, WHOLE_NAME)}</bdi> <${Badge}>${plain(suggestion.action_type, WHOLE_NAME)}<//></h4>`;
}

export function Suggestion({ suggestion, session, sending, doing, keysOn }) {
  const place = useLooking(suggestion.suggestion_id);
  return html`<article class="suggestion" ref=${place} id=${`suggestion-${suggestion.suggestion_id}`} aria-busy=${sending ? "true" : "false"}>
    <${Head} suggestion=${suggestion} session=${session} />
    ${MODES[suggestion.mode] && html`<p class="note">${MODES[suggestion.mode]}</p>`}
    <${Parameters} value=${suggestion.parameters} stored=${suggestion.shown} />
    <${Learned} suggestion=${suggestion} />
    <p>${confidence(suggestion)}</p>
    ${sending && html`<${Sending} sending=${sending} stop=${() => doing.stop(suggestion)} />`}
    <${Choices} suggestion=${suggestion} disabled=${Boolean(sending)} doing=${doing} keysOn=${keysOn} />
    <${Similar} decisions=${suggestion.similar ?? []} />
  </article>`;
}

function confidence({ confidence: value, confidence_n: n }) {
  if (!n || value == null) return html`Confidence: <strong>none yet</strong>. <span class="note">No person has decided a step like this.</span>`;
  return html`Confidence: <strong>${share(value)}</strong> <span class="note">at least, from ${plural(n, "decision")} of persons on steps like this.</span>`;
}

/** All parameters, however long: what cannot be seen cannot be decided. */
function Parameters({ value, stored }) {
  if (!value || !Object.keys(value).length) return html`<p class="note">No parameters.</p>`;
  const hidden = hiddenCount(value);
  return html`<div class="tight">
    <pre tabindex="0" role="group" aria-label="Parameters">${shown(value)}</pre>
    ${hidden > 0 && html`<p class="trouble">${plural(hidden, "hidden character")} in the parameters, written as \\u escapes.</p>`}
    ${alike(value).map(([one, other]) => html`<p class="trouble" key=${`${one} ${other}`}>Two names look alike: ${line(one, 200)} and ${line(other, 200)}.</p>`)}
    ${losesDigits(value) && html`<p class="trouble">A number in these parameters has more digits than a browser keeps. As they are stored:</p><pre tabindex="0" role="group" aria-label="As stored">${stored}</pre>`}
  </div>`;
}

/** What corrections of before have changed of this suggestion. */
function Learned({ suggestion }) {
  const applied = suggestion.corrections_applied ?? [];
  const conflicts = suggestion.conflicts ?? [];
  if (!applied.length && !conflicts.length) return null;
  return html`<div class="tight learned">
    ${applied.length > 0 && html`<p>${applied.every((one) => one.trusted !== false) ? "Corrected as you taught" : "Corrected, in part only as an assistant has reported,"} ${applied.map((one, place) => html`${place ? ", " : "("}seen ${plural(one.times_seen, "time")}, helped ${count(one.helped)}, hurt ${count(one.hurt)}`)}):</p>
      <${Difference} changes=${suggestion.changes} label="What corrections have changed" />`}
    ${conflicts.map((one) => html`<p class="note" key=${one.item_id}>Correction ${one.item_id.slice(0, 8)} was left out: it touches the same place as ${one.winner_id.slice(0, 8)}, which has the better record.</p>`)}
  </div>`;
}

const Sending = ({ sending, stop }) => html`<div class="sending" role="status">
  ${sending.trouble
    ? html`<p>Not sent yet. ${sending.trouble} It is sent again by itself, and decides once.</p><${Button} onClick=${stop} disabled=${sending.stopped}>Stop sending<//>`
    : html`<p>Sending…</p>`}
</div>`;

function Choices({ suggestion, disabled, doing, keysOn }) {
  const [said, say] = useState(() => doing.said(suggestion));
  const key = (text) => (keysOn ? text : null);
  const byHand = suggestion.mode === "observe";
  const decide = (decision) => () => doing.decide(suggestion, decision);
  const leave = (event) => event.key === "Escape" && event.target.blur();
  return html`<div class="tight">
    <div class="choices">
      <${Button} kind=${byHand ? "" : "main"} hint=${key("a")} disabled=${disabled} onClick=${decide("accept")}>Accept<//>
      <${Button} kind="bad" hint=${key("x")} disabled=${disabled} onClick=${decide("reject")}>Reject<//>
      <${Button} hint=${key("c")} disabled=${disabled} onClick=${() => doing.edit(suggestion, false)}>Correct…<//>
      <${Button} kind=${byHand ? "main" : ""} hint=${key("m")} disabled=${disabled} onClick=${decide("manual")}>By hand<//>
      <${Button} hint=${key("Space")} disabled=${disabled} onClick=${decide("skip")}>Skip<//>
    </div>
    <div class="row">
      <label class="feedback"><span class="hidden">Why (optional)</span>
        <input value=${said} maxlength="2000" placeholder="Why (optional)" onKeyDown=${leave}
          onInput=${(event) => {
            say(event.target.value);
            doing.say(suggestion, event.target.value);
          }} /></label>
      <${Button} kind="plain" disabled=${disabled} onClick=${() => doing.edit(suggestion, true)}>By hand, otherwise…<//>
    </div>
  </div>`;
}

const TONE = { accept: "good", reject: "bad", correct: "warn" };

function Similar({ decisions }) {
  if (!decisions.length) return null;
  return html`<details>
    <summary>Decided before on steps like this: ${summary(decisions)}</summary>
    <ul class="similar">${decisions.map((one) => html`<li key=${one.decision_id} class="tight">
      <p class="row"><${Badge} kind=${TONE[one.decision] ?? ""}>${PAST[one.decision] ?? one.decision}<//><span class="note">by ${WHO[one.decided_by] ?? "somebody"}, <${Time} at=${one.timestamp} />${execution(one)}</span></p>
      ${one.feedback && html`<p>“${plain(one.feedback, 400)}”</p>`}
      ${one.decision === "correct"
        ? html`<${Difference} changes=${one.changes} />`
        : one.suggested && html`<pre tabindex="0" role="group" aria-label="What was suggested then">${shown(one.suggested).slice(0, 1_200)}</pre>`}
    </li>`)}</ul>
  </details>`;
}

const execution = (one) => (one.execution_success == null ? "" : one.execution_success ? "; it succeeded" : "; it failed");

function summary(decisions) {
  const found = new Map();
  for (const one of decisions) found.set(one.decision, (found.get(one.decision) ?? 0) + 1);
  return [...found].map(([decision, times]) => `${times} ${PAST[decision] ?? decision}`).join(", ");
}
