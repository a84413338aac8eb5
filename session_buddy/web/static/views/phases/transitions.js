// What follows what: from one phase to the next within a session.

import { html, useState } from "../../vendor/preact.js";
import { count, isolated, plural } from "../../lib/format.js";
import { FlowPicture } from "../../lib/flow.js";
import { Button, Card, Name, Table } from "../../lib/parts.js";

// More bands than these cannot be told apart in the picture; the table has them all.
const MOST = 24;

const COLUMNS = [
  { name: "from", label: "From", up: true, sort: (one) => one.from_phase, cell: (one) => html`<${Name} text=${one.from_phase} most=${40} />` },
  { name: "to", label: "To", up: true, sort: (one) => one.to_phase, cell: (one) => html`<${Name} text=${one.to_phase} most=${40} />` },
  { name: "count", label: "Times", numeric: true, sort: (one) => one.count, cell: (one) => count(one.count) },
  { name: "skill", label: "Most used skill on entering", up: true, sort: (one) => one.most_used_skill, cell: (one) => html`<span><${Name} text=${one.most_used_skill} most=${40} /> <span class="note">(${count(one.most_used_count)})</span></span>` },
];

export function Transitions({ report, order }) {
  const [table, setTable] = useState(false);
  const { transitions, self_transitions: stays } = report;
  const all = report.totals?.transitions ?? transitions.length;
  if (!transitions.length && !stays.length) {
    return html`<${Card} title="From phase to phase"><p class="note">No session has gone from one use with a phase to another yet.</p><//>`;
  }
  const shown = transitions.slice(0, MOST);
  const turn = transitions.length > 0 && html`<${Button} aria-pressed=${table} onClick=${() => setTable(!table)}>${table ? "Show as picture" : "Show as table"}<//>`;
  return html`<${Card} title="From phase to phase" note="Left: the phase before; right: the one after, in the same session." actions=${turn}>
    ${table || !transitions.length
      ? html`<${Table} caption="Steps from phase to phase" columns=${COLUMNS} rows=${[...transitions, ...stays]} start=${{ name: "count", down: true }} />`
      : html`<${FlowPicture} steps=${shown.map(step)} order=${order} label="Steps from phase to phase" />`}
    ${!table && stays.length > 0 && html`<p class="note">Within the same phase: ${stays.slice(0, 6).map((one) => `${isolated(one.from_phase, 28)} ${count(one.count)}×`).join(", ")}.</p>`}
    ${all > (table ? transitions.length : shown.length) && html`<p class="note">The ${count(table ? transitions.length : shown.length)} most frequent of ${plural(all, "kind")} of steps.</p>`}
  <//>`;
}

const step = (one) => ({
  from: one.from_phase,
  to: one.to_phase,
  count: one.count,
  text: `${isolated(one.from_phase, 60)} to ${isolated(one.to_phase, 60)}: ${plural(one.count, "time")}, most often by ${isolated(one.most_used_skill, 60)} (${count(one.most_used_count)})`,
});
