// The workflow report inside of an assistant.

import { html } from "../../session_buddy/web/static/vendor/preact.js";
import { count, duration } from "../../session_buddy/web/static/lib/format.js";
import { Badge, Card, Empty, Rate, Table } from "../../session_buddy/web/static/lib/parts.js";

const PHASES = [
  { name: "phase", label: "Phase", cell: (row) => row.phase, sort: (row) => row.phase },
  { name: "total", label: "Uses", numeric: true, cell: (row) => count(row.total), sort: (row) => row.total },
  { name: "rate", label: "Completed", cell: (row) => html`<${Rate} value=${row.completion_rate} of=${row.ended} />`, sort: (row) => row.completion_rate },
  { name: "took", label: "Takes", numeric: true, cell: (row) => duration(row.avg_duration_seconds), sort: (row) => row.avg_duration_seconds },
  { name: "best", label: "Best skill", cell: (row) => row.skills?.[0]?.skill_name ?? "–" },
];
const LOST = [
  { name: "phase", label: "Phase", cell: (row) => row.phase },
  { name: "severity", label: "How bad", cell: (row) => html`<${Badge} kind="warn">${row.severity}<//>` },
  { name: "rate", label: "Abandoned or failed", cell: (row) => html`<${Rate} value=${row.abandoned_or_failed_rate} of=${row.ended} label="abandoned or failed" />` },
  { name: "lost", label: "Time lost", numeric: true, cell: (row) => duration(row.lost_seconds) },
];
const STEPS = [
  { name: "from", label: "From", cell: (row) => row.from_phase },
  { name: "to", label: "To", cell: (row) => row.to_phase },
  { name: "count", label: "Times", numeric: true, cell: (row) => count(row.count), sort: (row) => row.count },
  { name: "skill", label: "Most used skill", cell: (row) => row.most_used_skill },
];

export function Report({ report }) {
  if (!report.total_invocations) return html`<${Empty} title="No skill was used yet">The report comes with the first uses.<//>`;
  return html`<div class="stack">
    <${Card} title="What works in which phase" note=${`${count(report.total_invocations)} uses, ${count(report.without_phase)} of them without a phase.`}>
      <${Table} caption="Phases" columns=${PHASES} rows=${list(report.effectiveness)} start=${{ name: "total", down: true }} />
    <//>
    ${list(report.bottlenecks).length > 0 && html`<${Card} title="Where work is lost"><${Table} caption="Bottlenecks" columns=${LOST} rows=${list(report.bottlenecks)} /><//>`}
    ${list(report.transitions).length > 0 && html`<${Card} title="What follows what"><${Table} caption="Transitions" columns=${STEPS} rows=${list(report.transitions)} /><//>`}
  </div>`;
}

const list = (section) => (Array.isArray(section) ? section : (section?.items ?? []));
