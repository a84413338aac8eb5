// Coaching sessions in which nothing waits, in short.

import { html } from "../../vendor/preact.js";
import { plain } from "../../lib/jsontext.js";
import { Badge, Button, Time } from "../../lib/parts.js";
import { stepOf } from "./column.js";

const newestFirst = (one, other) => ((one.updated_at ?? one.started_at) < (other.updated_at ?? other.started_at) ? 1 : -1);

export function Others({ sessions, desk, doing }) {
  if (!sessions.length) return null;
  const paused = sessions.filter((one) => one.status === "paused").length;
  const listed = [...sessions].sort(newestFirst);
  return html`<details class="others" open=${sessions.length <= 6}>
    <summary>${sessions.length - paused} more under way, ${paused} paused</summary>
    <ul>${listed.map((one) => html`<${Other} key=${one.session_id} session=${one} refused=${desk.refused.get(one.session_id)} doing=${doing} />`)}</ul>
  </details>`;
}

function Other({ session, refused, doing }) {
  const paused = session.status === "paused";
  const name = plain(session.workflow_id);
  return html`<li class="row other">
    <span class="other-name"><bdi title=${plain(session.workflow_id, 2_000)}>${name}</bdi> <${Badge} kind=${paused ? "warn" : ""}>${session.status}<//></span>
    <span class="note">${stepOf(session)}, last changed <${Time} at=${session.updated_at} /></span>
    <span class="actions">
      <${Button} kind="plain" aria-label=${`${paused ? "Resume" : "Pause"} ${name}`} onClick=${() => doing.turn(session, paused ? "resume" : "pause")}>${paused ? "Resume" : "Pause"}<//>
      <${Button} kind="plain" aria-label=${`History of ${name}`} onClick=${() => doing.history(session)}>History<//>
      <${Button} kind="plain" aria-label=${`End ${name}`} onClick=${() => doing.end(session)}>End…<//>
    </span>
    ${refused && html`<p class="trouble" role="alert">${refused}</p>`}
  </li>`;
}
