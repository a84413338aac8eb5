// One skill: its figures, how its uses ended, where it is used, and what was wrong.

import { html } from "../vendor/preact.js";
import { RangeBars, StackedBar, WeekBars } from "../lib/charts.js";
import { isFiltered } from "../lib/filters.js";
import { count, duration, NONE, percent, plural } from "../lib/format.js";
import { Answer, Card, Empty, Name, PageHead, Rate, Time } from "../lib/parts.js";
import { href, useFilters } from "../lib/router.js";
import { useData } from "../lib/use.js";
import { UseList } from "./use_list.js";

const LIVE = (name) => ({ on: ["tracked", "completed"], every: 5_000, steady: true, wanted: (event) => event.skill_name === name });

export function SkillPage({ name, params }) {
  const filters = useFilters(params);
  const answer = useData("metrics", { skill_name: name, ...filters }, LIVE(name));
  const all = useData("skills", { ...filters, weeks: 12 }, LIVE(name));
  const own = all.data?.skills.find((one) => one.skill_name === name);
  return html`<${PageHead} title=${html`<${Name} text=${name} most=${120} />`} tab=${name} lead=${own?.description && html`<${Name} text=${own.description} most=${600} />`}>
      <a class="button" href=${href("skills")}>All skills</a>
      <a class="button" href=${href("uses", "", { skill: name })}>Its uses</a>
    <//>
    <${Answer} of=${answer}>${(data) => html`<${Parts} skill=${data.skill} own=${own} weeks=${all.data?.weeks} name=${name} filters=${filters} params=${params} />`}<//>`;
}

function Parts({ skill, own, weeks, name, filters, params }) {
  if (!skill.total_invocations) {
    return html`<${Empty} title=${isFiltered(params) ? "Not used within these filters" : "Never used"}>
      ${own?.shown ? `It was recommended ${plural(own.shown, "time")}.` : "It was not recommended so far."} ${own && !own.description ? "It has no description that a problem could be compared with." : ""}
    <//>`;
  }
  return html`<${Figures} skill=${skill} own=${own} />
    <div class="pile">
      <${Outcomes} skill=${skill} />
      <${Weeks} weeks=${weeks} trend=${own?.trend} />
      <${Phases} name=${name} filters=${filters} />
      <${Durations} name=${name} filters=${filters} />
      <${Counted} title="Errors" of=${skill.common_errors} none="No use has ended with an error." />
      <${Counted} title="What followed" of=${skill.follow_up_actions} none="No follow-up action was told." />
      ${Object.keys(skill.workflow_paths ?? {}).length > 0 && html`<${Counted} title="Paths" of=${skill.workflow_paths} />`}
    </div>
    <${Latest} name=${name} filters=${filters} />`;
}

function Figures({ skill, own }) {
  const ended = skill.total_invocations - skill.open_invocations;
  const figures = [
    ["Uses", count(skill.total_invocations)],
    ["Completed", percent(skill.completion_rate), `of ${count(ended)} ended`],
    ["Median duration", duration(skill.median_duration_seconds), `of ${count(skill.timed_invocations)} timed`],
    ["95th percentile", duration(skill.p95_duration_seconds)],
    ["Average rank", skill.avg_selection_rank == null ? NONE : skill.avg_selection_rank.toFixed(1), "when it was chosen"],
    ["As first choice", percent(skill.recommendation_success_rate), `completed, of ${count(skill.first_choice_ended)}`],
    ["Taken when shown", own?.shown ? `${count(own.chosen)} of ${count(own.shown)}` : NONE],
  ];
  return html`<${Card}>
    <dl class="stats">${figures.map(([name, value, note]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd>${note && html`<dd class="note">${note}</dd>`}</div>`)}</dl>
    <p class="note">First used <${Time} at=${skill.first_invoked} />, last <${Time} at=${skill.last_invoked} />.</p>
  <//>`;
}

function Outcomes({ skill }) {
  const { report = 0, session_end: session = 0, timeout = 0 } = skill.abandoned_by ?? {};
  const { reported = 0, seen = 0, inferred = 0 } = skill.outcome_basis ?? {};
  const parts = [
    { name: "completed", value: skill.completed_invocations, kind: "good" },
    { name: "failed", value: skill.failed_invocations, kind: "bad" },
    { name: "abandoned", value: skill.abandoned_invocations, kind: "warn" },
    { name: "open", value: skill.open_invocations, kind: "rest" },
  ];
  return html`<${Card} title="How its uses ended">
    <${StackedBar} parts=${parts} label="Outcomes" />
    ${skill.abandoned_invocations > 0 && html`<p class="note">Abandoned: ${count(report)} told so, ${count(session)} when their session ended, ${count(timeout)} open for too long.</p>`}
    ${seen + inferred > 0 && html`<p class="note">Known from: ${count(reported)} reports, ${count(seen)} seen by hooks, ${count(inferred)} inferred from what followed.</p>`}
  <//>`;
}

const Weeks = ({ weeks, trend }) =>
  html`<${Card} title="Week by week">
    ${weeks && trend ? html`<${WeekBars} weeks=${weeks} uses=${trend.uses} completed=${trend.completed} label="Uses per week" />` : html`<p class="note">No use in the last 12 weeks.</p>`}
  <//>`;

function Phases({ name, filters }) {
  const answer = useData("reports/heatmap", filters, LIVE(name));
  return html`<${Card} title="Phases"><${Answer} of=${answer}>${(data) => html`<${PhaseLines} name=${name} data=${data} />`}<//><//>`;
}

/** The heatmap holds the most used skills only; what it does not hold is found among the uses. */
function PhaseLines({ name, data }) {
  const cells = data.cells.filter((cell) => cell.skill_name === name);
  if (!cells.length && data.all_skills > data.skills.length) return html`<p class="note">It is not among the most used skills; <a href=${href("uses", "", { skill: name })}>its uses</a> tell their phases.</p>`;
  if (!cells.length) return html`<p class="note">No use of it names a phase.</p>`;
  return html`<ul class="lines">${cells.map(
    (cell) => html`<li key=${cell.phase}><a href=${href("uses", "", { skill: name, phase: cell.phase })}><${Name} text=${cell.phase} most=${40} /></a>
      <${Rate} value=${cell.completion_rate} of=${cell.ended} /></li>`,
  )}</ul>`;
}

function Durations({ name, filters }) {
  const answer = useData("reports/durations", filters, LIVE(name));
  const row = answer.data?.skills.find((one) => one.skill_name === name);
  return row ? html`<${Card} title="How long it takes"><${RangeBars} rows=${[{ ...row, name }]} label="Duration" /><//>` : null;
}

const Counted = ({ title, of, none }) => {
  const rows = Object.entries(of ?? {});
  return html`<${Card} title=${title}>
    ${rows.length ? html`<ul class="lines">${rows.map(([text, times]) => html`<li key=${text}><span><${Name} text=${text} most=${120} /></span><b class="numeric">${count(times)}</b></li>`)}</ul>` : html`<p class="note">${none}</p>`}
  <//>`;
};

function Latest({ name, filters }) {
  const answer = useData("invocations", { ...filters, skill_name: name, limit: 8 }, { steady: true });
  return html`<${Card} title="Latest uses" actions=${html`<a href=${href("uses", "", { skill: name })}>All of them</a>`}>
    <${Answer} of=${answer}>${(data) => html`<${UseList} uses=${data.uses} params=${{ skill: name }} without=${["skill"]} />`}<//>
  <//>`;
}
