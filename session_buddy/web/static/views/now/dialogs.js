// Dialogs of the coaching panel: its keys, the end of a coaching session, and what was decided in one.

import { html, useState } from "../../vendor/preact.js";
import { part } from "../../lib/api.js";
import { duration } from "../../lib/format.js";
import { line, plain } from "../../lib/jsontext.js";
import { KEYS } from "../../lib/keys.js";
import { announce, Answer, Badge, Button, Dialog, Empty, Table, Time } from "../../lib/parts.js";
import { useData } from "../../lib/use.js";
import { PAST, WHO } from "../../lib/words.js";

export function Help({ close, keysOn, switchKeys }) {
  return html`<${Dialog} title="Keys" close=${close}>
    <div class="stack">
      <dl class="keys">${KEYS.map((one) => html`<div key=${one.key}><dt><kbd>${one.shown}</kbd></dt><dd>${one.says}</dd></div>`)}
        <div><dt><kbd>Tab</kbd></dt><dd>Go from part to part; the coaching session that you reach has the keys</dd></div>
      </dl>
      <p class="note">Keys decide the step that is shown first in the coaching session whose keys are on. They do nothing while you type, in a dialog, or while a key is held down; and a step that came up less than 0.3 seconds ago, or is not on the screen, is not decided by a key.</p>
      <label class="check"><input type="checkbox" checked=${keysOn} onChange=${(event) => switchKeys(event.target.checked)} /> Single keys are on</label>
      <div class="actions"><${Button} kind="main" onClick=${close}>Close<//></div>
    </div>
  <//>`;
}

const OUTCOMES = [
  ["completed", "Completed: it did what it was for"],
  ["failed", "Failed"],
  ["abandoned", "Abandoned: it is not gone on with"],
];

export function End({ session, desk, close }) {
  const [outcome, choose] = useState("completed");
  const [message, say] = useState("");
  const [sending, send] = useState(false);
  const [trouble, fail] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    send(true);
    try {
      await desk.turn(session.session_id, "end", { outcome, ...(outcome !== "completed" && message.trim() && { error_message: message.trim() }) });
      announce(`${plain(session.workflow_id, 60)} has ended: ${outcome}.`);
      close();
    } catch (error) {
      fail(error);
      send(false);
    }
  };
  return html`<${Dialog} title=${`End ${plain(session.workflow_id, 60)}`} close=${close}>
    <form class="stack" onSubmit=${submit}>
      <p class="note">This is final. To go on later, pause it instead.</p>
      <fieldset class="tight"><legend class="hidden">How it ended</legend>
        ${OUTCOMES.map(([value, text]) => html`<label class="check" key=${value}><input type="radio" name="outcome" value=${value} checked=${outcome === value} onChange=${() => choose(value)} /> ${text}</label>`)}
      </fieldset>
      ${outcome !== "completed" && html`<label>What went wrong (optional)<input value=${message} maxlength="2000" onInput=${(event) => say(event.target.value)} /></label>`}
      ${trouble && html`<div class="trouble" role="alert"><p>${trouble.message}</p></div>`}
      <div class="actions"><button class="main" disabled=${sending}>End it</button><${Button} onClick=${close}>Cancel<//></div>
    </form>
  <//>`;
}

const COLUMNS = [
  { name: "step", label: "Step", numeric: true, cell: (one) => one.step_index + 1 },
  { name: "node", label: "What", cell: (one) => html`<bdi>${plain(one.node_id, 60)}</bdi> <span class="note">${plain(one.action_type, 40)}</span>` },
  { name: "decision", label: "Decision", cell: (one) => html`<${Badge} kind=${{ accept: "good", reject: "bad", correct: "warn" }[one.decision] ?? ""}>${PAST[one.decision] ?? one.decision}<//>` },
  { name: "who", label: "By", cell: (one) => WHO[one.decided_by] ?? one.decided_by },
  { name: "seconds", label: "Took", numeric: true, cell: (one) => duration(one.decision_seconds) },
  { name: "when", label: "When", cell: (one) => html`<${Time} at=${one.timestamp} />` },
  { name: "went", label: "Executed", cell: (one) => (one.execution_success == null ? "not known" : one.execution_success ? "succeeded" : "failed") },
  { name: "more", label: "Said", wide: true, cell: (one) => plain(one.feedback ?? one.error_message ?? "", 300) || (one.correction ? html`<code>${line(one.correction, 160)}</code>` : "–") },
];

export function History({ session, undo, close }) {
  const id = session.session_id;
  const found = useData(`sessions/${part(id)}`, {}, { on: ["decided", "undone", "executed"], every: 500, wanted: (event) => event.coaching_session_id === id });
  return html`<${Dialog} wide title=${`Decisions in ${plain(session.workflow_id, 60)}`} close=${close}>
    <div class="stack">
      <p class="note">${plain(id)}, begun <${Time} at=${session.started_at} /></p>
      <${Answer} of=${found} isEmpty=${(data) => !data.decisions?.length} empty=${html`<${Empty} title="Nothing was decided yet" />`}>${(data) => html`
        <${Table} caption="Decisions, the latest first" columns=${COLUMNS} rows=${[...data.decisions].reverse()} keyOf=${(one) => one.decision_id} />
        <div class="actions"><${Button} onClick=${() => undo(session).then(found.reload)}>Undo the last one<//></div>`}<//>
    </div>
  <//>`;
}
