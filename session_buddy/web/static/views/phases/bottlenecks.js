// Phases in which much is abandoned or fails, the worst first.

import { html } from "../../vendor/preact.js";
import { count, duration, percent, plural, share } from "../../lib/format.js";
import { Badge, Card, Meter, Name, Table } from "../../lib/parts.js";
import { href } from "../../lib/router.js";

const KINDS = { critical: "bad", warning: "warn", monitor: "info" };
const MEANING = { critical: "half or more is lost", warning: "30 % or more is lost", monitor: "20 % or more is lost" };

const COLUMNS = [
  { name: "phase", label: "Phase", up: true, sort: (one) => one.phase, cell: (one) => html`<a href=${href("uses", "", { phase: one.phase })}><${Name} text=${one.phase} most=${40} /></a>` },
  { name: "severity", label: "Severity", sort: (one) => -one.abandoned_or_failed_rate, cell: (one) => html`<span title=${MEANING[one.severity]}><${Badge} kind=${KINDS[one.severity]}>${one.severity}<//></span>` },
  {
    name: "rate",
    label: "Abandoned or failed",
    sort: (one) => one.abandoned_or_failed_rate,
    cell: (one) => html`<div class="tight"><span><b>${percent(one.abandoned_or_failed_rate)}</b> of ${count(one.ended)} ended</span><span class="note">${count(one.abandoned)} abandoned, ${count(one.failed)} failed</span></div>`,
  },
  {
    name: "lost",
    label: "Lost time",
    sort: (one) => one.lost_seconds,
    cell: (one) => html`<div class="tight"><span><b>${duration(one.lost_seconds)}</b></span><span class="note">${share(one.lost_time_share)} of all lost time</span></div>`,
  },
  {
    name: "score",
    label: "Score",
    sort: (one) => one.bottleneck_score,
    cell: (one) => html`<span class="rate"><span class="rate-text">${(100 * one.bottleneck_score).toFixed(1)}</span><${Meter} value=${one.bottleneck_score} most=${0.5} text=${`${(100 * one.bottleneck_score).toFixed(1)} of 100`} label="score" /></span>`,
  },
];

export function Bottlenecks({ report }) {
  const rows = report.bottlenecks;
  const more = (report.totals?.bottlenecks ?? rows.length) - rows.length;
  return html`<${Card} title="Bottlenecks" note="Score: the share that is lost, times the share of all lost time that is lost here; 100 would be everything.">
    ${rows.length
      ? html`<${Table} caption="Bottlenecks, the worst first" columns=${COLUMNS} rows=${rows} keyOf=${(one) => one.phase} />`
      : html`<p class="note">None: in no phase with three ended uses or more, a fifth of them was abandoned or failed.</p>`}
    ${more > 0 && html`<p class="note">${plural(more, "other")} not shown.</p>`}
  <//>`;
}
