// One workflow: what it has earned, what it still needs, and how it came there.

import { html, useState } from "../../vendor/preact.js";
import { part } from "../../lib/api.js";
import { count, moment, percent, plural, share, stampOf } from "../../lib/format.js";
import { plain } from "../../lib/jsontext.js";
import { Chart } from "../../lib/over_time.js";
import { Answer, Badge, Button, Card, Empty, Level, Table, Time } from "../../lib/parts.js";
import { href } from "../../lib/router.js";
import { useData } from "../../lib/use.js";
import { Criteria } from "./criteria.js";
import { Demote, Promote } from "./leveling.js";
import { Days } from "./overall.js";

const ON = ["decided", "undone", "executed", "promoted", "demoted", "ended", "started", "paused", "resumed", "corrected"];

export function Workflow({ name }) {
  const following = { on: ON, every: 1_000, wanted: (event) => !event.workflow_id || event.workflow_id === name };
  const found = useData(`workflows/${part(name)}`, {}, following);
  const progress = useData(`workflows/${part(name)}/progress`, {}, following);
  // What is decided on is what was shown when the dialog was opened.
  const [open, show] = useState(null);
  const done = () => {
    found.reload();
    progress.reload();
  };
  return html`<${Answer} of=${found}>${(data) => html`
    <${Standing} data=${data} show=${show} />
    <div class="columns">
      <${Card} title="Ready to run by itself?" note=${readyNote(data)}><${Criteria} readiness=${data.readiness} /><//>
      <${Card} title="Learned over time" note="After each of the latest decisions by persons.">
        <${Answer} of=${progress} isEmpty=${(of) => !of.points.length} empty=${html`<${Empty} title="No person has decided here yet" />`}>${(of) => html`<${Progress} points=${of.points} />`}<//>
      <//>
    </div>
    <div class="columns"><${Days} days=${data.days} /><${Changes} changes=${data.level_changes} /></div>
    <${Nodes} nodes=${data.nodes} />
  `}<//>
  ${open && html`<${open.Dialog} data=${open.data} close=${() => show(null)} done=${done} />`}`;
}

function readyNote(data) {
  const { decisions, accepted } = data.reported_only ?? {};
  return decisions ? `By what persons decided. An assistant reported ${plural(decisions, "decision")} more (${count(accepted)} accepted), which count for nothing here.` : "By what persons decided.";
}

function Standing({ data, show }) {
  const { stats, sessions, decided_by: who } = data;
  return html`<${Card} title="Where it stands" actions=${html`
      ${data.level !== "AUTO" && html`<${Button} kind="main" onClick=${() => show({ Dialog: Promote, data })}>Promote…<//>`}
      ${data.level !== "OBSERVATION" && html`<${Button} onClick=${() => show({ Dialog: Demote, data })}>Demote…<//>`}`}>
    <p class="row"><${Level} value=${data.level} /><span class="note">${data.level_since ? html`reached <${Time} at=${data.level_since} />` : "since its beginning"}</span><${Badge} kind=${data.readiness.state === "ready" ? "good" : ""}>${data.readiness.state} for AUTO<//></p>
    <dl class="stats">
      <div><dt>Coaching sessions</dt><dd>${count(sessions.total)}</dd></div>
      <div><dt>Under way or paused</dt><dd>${count((sessions.active ?? 0) + (sessions.paused ?? 0))}</dd></div>
      <div><dt>Decisions</dt><dd>${count(stats.suggestions_made)}</dd></div>
      <div><dt>By persons</dt><dd>${count(who.person)}</dd></div>
      <div><dt>Accepted</dt><dd>${percent(stats.suggestions_made ? stats.acceptance_rate : null)}</dd></div>
      <div><dt>Corrected</dt><dd>${percent(stats.suggestions_made ? stats.correction_rate : null)}</dd></div>
      <div><dt>Learned</dt><dd>${share(data.readiness.learning_progress)}</dd></div>
      <div><dt>Corrections known</dt><dd><a href=${href("corrections", data.workflow_id)}>${count(data.corrections_known)}</a></dd></div>
    </dl>
    ${data.resumable.length > 0 && html`<p class="note">${plural(data.resumable.length, "coaching session")} not ended yet: <a href=${href("")}>see Now</a>.</p>`}
  <//>`;
}

function Progress({ points }) {
  const shown = points.map((one) => ({
    label: moment(one.at),
    short: stampOf(one.at),
    value: 100 * one.learning_progress,
    text: `${share(one.learning_progress)} learned, ${one.criteria_met} of 6 criteria met, ${percent(one.acceptance_rate)} accepted of ${plural(one.decisions, "decision")}`,
  }));
  return html`<${Chart} title="Learned over time" unit=" %" most=${100} points=${shown} />`;
}

const WHO = { person: "a person", program: "session_buddy" };

const Changes = ({ changes }) => html`<${Card} title="Changes of its level">
  ${changes.length
    ? html`<ol class="history">${changes.map((one) => html`<li key=${one.changed_at} class="tight">
        <p class="row"><${Level} value=${one.previous} /><span aria-hidden="true">→</span><span class="hidden">to</span><${Level} value=${one.level} /><span class="note">by ${WHO[one.decided_by] ?? plain(one.decided_by, 40)}, <${Time} at=${one.changed_at} /></span></p>
        ${one.reason && html`<p>${plain(one.reason, 500)}</p>`}
        ${one.figures?.criteria && html`<p class="note">${one.figures.criteria.filter((criterion) => criterion.met).length} of ${one.figures.criteria.length} criteria were met, ${share(one.figures.learning_progress)} learned.</p>`}
      </li>`)}</ol>`
    : html`<${Empty} title="It is where it began">Its level has not changed yet.<//>`}
<//>`;

const NODES = [
  { name: "node", label: "Step", sort: (one) => one.node_id, cell: (one) => html`<bdi>${plain(one.node_id, 60)}</bdi>` },
  { name: "action", label: "Action", sort: (one) => one.action_type, cell: (one) => plain(one.action_type, 40) },
  ...["decisions", "accepted", "rejected", "corrected"].map((name) => ({ name, label: name[0].toUpperCase() + name.slice(1), numeric: true, sort: (one) => one[name], cell: (one) => count(one[name]) })),
  { name: "confidence", label: "Confidence", numeric: true, sort: (one) => one.confidence, cell: (one) => (one.confidence == null ? "none yet" : html`${share(one.confidence)} <span class="note">of ${count(one.confidence_n)}</span>`) },
];

const Nodes = ({ nodes }) => html`<${Card} title="Steps">
  ${nodes.length
    ? html`<${Table} caption="Steps and what was decided" columns=${NODES} rows=${nodes} keyOf=${(one) => `${one.node_id} ${one.action_type}`} start=${{ name: "decisions", down: true }} />`
    : html`<${Empty} title="No step was decided yet" />`}
<//>`;
