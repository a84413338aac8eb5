// All workflows at a glance.

import { html } from "../../vendor/preact.js";
import { Chart, roundUp } from "../../lib/over_time.js";
import { missing } from "../../lib/criteria.js";
import { count, percent, plural, share } from "../../lib/format.js";
import { plain } from "../../lib/jsontext.js";
import { Answer, Badge, Card, Empty, Level, Meter, Table, Time } from "../../lib/parts.js";
import { href } from "../../lib/router.js";
import { useData } from "../../lib/use.js";

const ON = ["decided", "undone", "executed", "promoted", "demoted", "ended", "started"];
const READY = { ready: "good", "needs confirmation": "info", "not ready": "" };
const LEVELS = { OBSERVATION: "you act, it watches", COACHING: "it suggests, you decide", AUTO: "it runs by itself" };

const COLUMNS = [
  { name: "name", label: "Workflow", sort: (one) => one.workflow_id.toLowerCase(), cell: (one) => html`<a href=${href("learning", one.workflow_id)} title=${plain(one.workflow_id, 2_000)}><bdi>${plain(one.workflow_id)}</bdi></a>` },
  { name: "level", label: "Level", sort: (one) => Object.keys(LEVELS).indexOf(one.level), cell: (one) => html`<${Level} value=${one.level} />` },
  { name: "since", label: "Since", sort: (one) => one.level_since, cell: (one) => (one.level_since ? html`<${Time} at=${one.level_since} />` : "its beginning") },
  {
    name: "progress",
    label: "Learned",
    sort: (one) => one.learning_progress,
    cell: (one) => html`<span class="rate"><span class="rate-text">${share(one.learning_progress)}</span><${Meter} value=${one.learning_progress} text=${share(one.learning_progress)} label="learned" /></span>`,
  },
  { name: "ready", label: "Ready for AUTO", sort: (one) => Object.keys(READY).indexOf(one.readiness), cell: (one) => html`<${Badge} kind=${READY[one.readiness] ?? ""}>${one.readiness}<//>` },
  { name: "unmet", label: "Still needs", cell: (one) => missing(one.unmet) },
];

export function Overall() {
  const found = useData("workflows", {}, { on: ON, every: 1_000 });
  return html`<${Answer} of=${found} isEmpty=${(data) => !data.workflows.length} empty=${html`<${Empty} title="No workflow was coached yet">A workflow is something done again and again, like a release. An assistant begins to coach one with coaching_start; what you decide then is shown here.<//>`}>${(data) => html`
    <${Levels} data=${data} />
    <${Card} title="Workflows" note=${plural(data.workflows.length, "workflow")}><${Table} caption="Workflows by what they have learned" columns=${COLUMNS} rows=${data.workflows} keyOf=${(one) => one.workflow_id} start=${{ name: "progress", down: true }} most=${50} /><//>
    <div class="columns"><${Days} days=${data.days} /><${MostCorrected} nodes=${data.most_corrected} /></div>`}<//>`;
}

function Levels({ data }) {
  const all = data.statistics;
  return html`<${Card} title="At a glance"><dl class="stats">
    ${Object.entries(LEVELS).map(([level, text]) => html`<div key=${level}><dt><${Level} value=${level} /> ${text}</dt><dd>${count(data.by_level[level] ?? 0)}</dd></div>`)}
    <div><dt>Coaching sessions</dt><dd>${count(all.total_sessions)}</dd></div>
    <div><dt>Decisions</dt><dd>${count(all.total_decisions)}</dd></div>
    <div><dt>Accepted</dt><dd>${percent(all.total_decisions ? all.overall_acceptance_rate : null)}</dd></div>
    <div><dt>Corrected</dt><dd>${percent(all.total_decisions ? all.overall_correction_rate : null)}</dd></div>
  </dl><//>`;
}

const MOST_DAYS = 60;

export function Days({ days }) {
  const shown = days.slice(-MOST_DAYS);
  const points = shown.map((one) => ({ label: one.day, value: one.decisions, text: `${plural(one.decisions, "decision")}: ${one.accepted} accepted, ${one.rejected} rejected, ${one.corrected} corrected` }));
  const most = roundUp(Math.max(1, ...points.map((one) => one.value)));
  return html`<${Card} title="Decisions per day" note=${days.length > MOST_DAYS ? `The latest ${MOST_DAYS} days on which something was decided.` : "Days (UTC) on which something was decided."}>
    ${points.length ? html`<${Chart} title="Decisions per day" unit="" most=${most} marks=${most > 1 ? [0, most / 2, most] : [0, 1]} points=${points} columns />` : html`<${Empty} title="Nothing was decided yet" />`}
  <//>`;
}

const NODES = [
  { name: "node", label: "Step", cell: (one) => html`<bdi>${plain(one.node_id, 60)}</bdi> <span class="note">${plain(one.action_type, 40)}</span>`, sort: (one) => one.node_id },
  { name: "flow", label: "Workflow", cell: (one) => html`<a href=${href("corrections", one.workflow_id)}><bdi>${plain(one.workflow_id, 60)}</bdi></a>`, sort: (one) => one.workflow_id },
  { name: "corrected", label: "Corrected", numeric: true, cell: (one) => count(one.corrected), sort: (one) => one.corrected },
  { name: "decisions", label: "Decisions", numeric: true, cell: (one) => count(one.decisions), sort: (one) => one.decisions },
];

const MostCorrected = ({ nodes }) => {
  const shown = nodes.filter((one) => one.corrected);
  return html`<${Card} title="Corrected most">${shown.length ? html`<${Table} caption="Steps that were corrected most" columns=${NODES} rows=${shown} />` : html`<${Empty} title="Nothing was corrected yet" />`}<//>`;
};
