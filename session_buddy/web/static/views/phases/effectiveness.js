// How each phase goes, and the skills that do best in it.

import { html } from "../../vendor/preact.js";
import { count, duration, percent, plural } from "../../lib/format.js";
import { Card, Name, Rate } from "../../lib/parts.js";
import { href } from "../../lib/router.js";

export function Effectiveness({ report }) {
  const best = new Map(report.best_skills.map((one) => [one.phase, one]));
  const all = report.totals?.effectiveness ?? report.effectiveness.length;
  return html`<${Card} title="Phase by phase" note=${report.without_phase ? html`${plural(report.without_phase, "use")} without a phase ${report.without_phase === 1 ? "is" : "are"} not counted here. <a href=${href("uses", "", { phase: "(none)" })}>Show them</a>` : undefined}>
    <div class="phase-list">${report.effectiveness.map((one) => html`<${Phase} key=${one.phase} one=${one} best=${best.get(one.phase)} />`)}</div>
    ${all > report.effectiveness.length && html`<p class="note">The ${count(report.effectiveness.length)} most used of ${count(all)} phases.</p>`}
  <//>`;
}

function Phase({ one, best }) {
  return html`<section class="phase">
    <h3><a href=${href("uses", "", { phase: one.phase })}><${Name} text=${one.phase} most=${40} /></a></h3>
    <p><b>${percent(one.completion_rate)}</b> <span class="note">of ${count(one.ended)} completed, ${plural(one.different_skills, "skill")}, ${one.avg_duration_seconds == null ? "no durations" : `${duration(one.avg_duration_seconds)} on average`}</span></p>
    <p class="note">${bestOf(best)}</p>
    <ul class="lines">${one.skills.map(
      (skill) => html`<li key=${skill.skill_name}><a href=${href("uses", "", { skill: skill.skill_name, phase: one.phase })}><${Name} text=${skill.skill_name} most=${36} /></a>
        <${Rate} value=${skill.completion_rate} of=${skill.ended} /></li>`,
    )}</ul>
  </section>`;
}

function bestOf(best) {
  if (!best) return null;
  if (!best.enough_data) return `Best skill: too little data (${plural(best.ended, "ended use")}; three of one skill are needed).`;
  return html`Best: <${Name} text=${best.skill_name} most=${36} />, ${percent(best.completion_rate)} (95 % interval: ${percent(best.interval_low)} to ${percent(best.interval_high)}).`;
}
