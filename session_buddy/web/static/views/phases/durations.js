// How long completed uses take, by skill or by phase.

import { html, useMemo, useState } from "../../vendor/preact.js";
import { RangeBars } from "../../lib/charts.js";
import { count } from "../../lib/format.js";
import { Answer, Button, Card } from "../../lib/parts.js";
import { href } from "../../lib/router.js";
import { useData } from "../../lib/use.js";

const FIRST = 12;

export function Durations({ filters, following, told }) {
  const answer = useData("reports/durations", filters, following);
  return html`<${Answer} of=${answer} told=${told} isEmpty=${(data) => !data.skills.length} empty=${null}>${(data) => html`<${Ranges} data=${data} />`}<//>`;
}

function Ranges({ data }) {
  const [by, choose] = useState(data.phases.length ? "phases" : "skills");
  const [all, showAll] = useState(false);
  const rows = useMemo(() => data[by].map((one) => ({ ...one, name: one.skill_name ?? one.workflow_phase })), [data, by]);
  const shown = useMemo(() => (all ? rows : rows.slice(0, FIRST)), [rows, all]);
  const link = (row) => href("uses", "", by === "skills" ? { skill: row.name, outcome: "completed" } : { phase: row.name, outcome: "completed" });
  const choice = html`<div class="either" role="group" aria-label="By what">
    ${["phases", "skills"].map((one) => html`<${Button} key=${one} aria-pressed=${by === one} onClick=${() => choose(one)}>By ${one === "phases" ? "phase" : "skill"}<//>`)}
  </div>`;
  return html`<${Card} title="How long it takes" note="Completed uses whose duration is known." actions=${choice}>
    ${shown.length ? html`<${RangeBars} rows=${shown} label=${`Durations by ${by === "skills" ? "skill" : "phase"}`} link=${link} />` : html`<p class="note">No completed use with a phase has a duration.</p>`}
    ${rows.length > FIRST && html`<p class="more"><${Button} onClick=${() => showAll(!all)}>${all ? `Show the first ${FIRST}` : `Show all ${count(rows.length)}`}<//></p>`}
  <//>`;
}
