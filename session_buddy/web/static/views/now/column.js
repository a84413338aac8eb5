// One coaching session in the panel: how it goes, and what waits in it.

import { html } from "../../vendor/preact.js";
import { count, percent } from "../../lib/format.js";
import { plain } from "../../lib/jsontext.js";
import { Badge, Button, classes, Level, Time } from "../../lib/parts.js";
import { Coming, Suggestion } from "./suggestion.js";

export function Column({ session, desk, doing, active, alone, keysOn }) {
  const [first, ...rest] = desk.waiting(session.session_id);
  const refused = desk.refused.get(session.session_id);
  const heading = `column-${session.session_id}`;
  const choose = () => active || doing.choose(session.session_id);
  // A press of the mouse chooses when it is over: until then everything stays where it is, so that it hits what it aimed at.
  const reach = (event) => event.target.matches(":focus-visible") && choose();
  return html`<section class=${classes("session", active && !alone && "chosen")} aria-labelledby=${`${heading}-name`} id=${heading} tabindex="-1" onClick=${choose} onFocusIn=${reach}>
    <div class="card-head">
      <div class="tight">
        <div class="row"><h3 id=${`${heading}-name`}><bdi title=${plain(session.workflow_id, 2_000)}>${plain(session.workflow_id)}</bdi></h3><${Level} value=${session.level} />${active && !alone && keysOn && html`<${Badge} kind="info">keys decide here<//>`}</div>
        <p class="note">${stepOf(session)}, begun <${Time} at=${session.started_at} />${session.execution_id && html`, <bdi>${plain(session.execution_id, 40)}</bdi>`}</p>
      </div>
      <div class="actions">
        <${Button} kind="plain" onClick=${() => doing.turn(session, "pause")}>Pause<//>
        <${Button} kind="plain" onClick=${() => doing.end(session)}>End…<//>
      </div>
    </div>
    <${Stats} session=${session} doing=${doing} keysOn=${keysOn && active} />
    ${refused &&
    html`<div class="trouble" role="alert"><p>${refused}</p><${Button} onClick=${() => doing.dismiss(session)}>Understood<//></div>`}
    ${first?.coming
      ? html`<${Coming} suggestion=${first} session=${session} />`
      : first
      ? html`<${Suggestion} key=${first.suggestion_id} suggestion=${first} session=${session} sending=${desk.deciding.get(first.suggestion_id)} doing=${doing} keysOn=${keysOn && active && first.mode !== "auto"} />`
      : html`<p class="note waiting-next">Nothing waits here now. The next step shows as soon as it is suggested.</p>`}
    ${rest.length > 0 && html`<${Queue} suggestions=${rest} />`}
  </section>`;
}

export function stepOf(session) {
  const done = session.current_step_index ?? 0;
  return session.total_steps ? `${count(done)} of ${count(session.total_steps)} steps decided` : `${count(done)} ${done === 1 ? "step" : "steps"} decided`;
}

const COUNTED = [
  ["accepted", "accepted"],
  ["rejected", "rejected"],
  ["corrected", "corrected"],
  ["manual_executions", "by hand"],
  ["skipped", "skipped"],
];

function Stats({ session, doing, keysOn }) {
  const stats = session.stats ?? {};
  const judged = (stats.accepted ?? 0) + (stats.rejected ?? 0) + (stats.corrected ?? 0);
  return html`<div class="row session-stats">
    <dl>${COUNTED.map(([name, label]) => html`<div key=${name}><dt>${label}</dt><dd>${count(stats[name] ?? 0)}</dd></div>`)}
      <div><dt>acceptance</dt><dd>${judged ? percent(stats.acceptance_rate) : "–"}</dd></div>
    </dl>
    <div class="actions">
      <${Button} kind="plain" onClick=${() => doing.history(session)}>History<//>
      <${Button} kind="plain" disabled=${!session.current_step_index} hint=${keysOn ? "Backspace" : null} onClick=${() => doing.undo(session)}>Undo<//>
    </div>
  </div>`;
}

const Queue = ({ suggestions }) => html`<div class="tight">
  <h4>Then</h4>
  <ol class="queue">${suggestions.map(
    (one) => html`<li key=${one.suggestion_id}><bdi>${plain(one.node_id, 60)}</bdi> <span class="note">${plain(one.action_type, 60)}, suggested <${Time} at=${one.suggested_at} /></span></li>`,
  )}</ol>
</div>`;
