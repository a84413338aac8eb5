// Skills by phases: each cell leads to the uses behind it.

import { html, useMemo } from "../../vendor/preact.js";
import { isFiltered } from "../../lib/filters.js";
import { count, isolated, percent, plural } from "../../lib/format.js";
import { HeatGrid } from "../../lib/heat_grid.js";
import { stepOf } from "../../lib/layout.js";
import { Answer, Card, Empty } from "../../lib/parts.js";
import { href } from "../../lib/router.js";

export const NoPhases = ({ params }) =>
  isFiltered(params)
    ? html`<${Empty} title="No use with a phase fits these filters">Choose a longer time, or clear the filters.<//>`
    : html`<${Empty} title="No use names a phase yet">A phase is told with workflow_phase when a skill is tracked with track_skill.<//>`;

export function Heatmap({ answer, params }) {
  return html`<${Answer} of=${answer} isEmpty=${(data) => !data.cells.length} empty=${html`<${NoPhases} params=${params} />`}>
    ${(data) => html`<${Grid} data=${data} />`}
  <//>`;
}

/** The heatmap of a report. */
export function Grid({ data }) {
  const cells = useMemo(() => new Map(data.cells.map((cell) => [keyOf(cell.skill_name, cell.phase), told(cell)])), [data]);
  const left = data.all_skills - data.skills.length;
  return html`<${Card} title="Skills by phase" note="Completion rate, and how many uses. A cell leads to its uses; arrow keys go from cell to cell.">
    <${HeatGrid} caption="Skills by phase" corner="Skill" rows=${data.skills} columns=${data.phases} cell=${(skill, phase) => cells.get(keyOf(skill, phase)) ?? null} />
    ${left > 0 && html`<p class="note">The ${count(data.skills.length)} most used skills; ${plural(left, "other")} ${left === 1 ? "is" : "are"} in <a href=${href("skills")}>Skills</a>.</p>`}
  <//>`;
}

const keyOf = (skill, phase) => JSON.stringify([skill, phase]);

function told({ skill_name: skill, phase, completion_rate: rate, ended, total }) {
  const open = total - ended;
  const words = rate == null ? "nothing ended yet" : `${percent(rate)} of ${count(ended)} completed`;
  return {
    step: stepOf(rate),
    text: rate == null ? "–" : percent(rate),
    small: open ? `${count(total)}, ${count(open)} open` : count(total),
    label: `${isolated(skill, 80)} in ${isolated(phase, 80)}: ${words}, ${plural(total, "use")}${open ? `, ${count(open)} open` : ""}. Show them`,
    href: href("uses", "", { skill, phase }),
  };
}
