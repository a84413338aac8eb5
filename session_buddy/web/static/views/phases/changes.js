// What has changed lately, what goes together, and what is never used: only what is more than chance.

import { html } from "../../vendor/preact.js";
import { count, dayOf, duration, percent, plural } from "../../lib/format.js";
import { Answer, Badge, Card, Name } from "../../lib/parts.js";
import { href } from "../../lib/router.js";
import { useData } from "../../lib/use.js";

const MOST = 10;

export function Changes({ filtered, following, told }) {
  const answer = useData("reports/changes", {}, { ...following, every: 10_000 });
  return html`<${Answer} of=${answer} told=${told} isEmpty=${(data) => data.windows === null && !data.all_never_used} empty=${null}>
    ${(data) => html`${filtered && html`<p class="note">What follows is looked for in everything there is; the filters do not narrow it.</p>`}
      <div class="columns"><${Changed} found=${data} /><${Together} found=${data} /><${Unused} found=${data} /></div>`}
  <//>`;
}

function Changed({ found }) {
  const { windows, tests, changed } = found;
  const note = windows ? `${dayOf(windows.cut)} to ${dayOf(windows.end)}, against the twelve weeks before` : undefined;
  return html`<${Card} title="Changed lately" note=${note}>
    ${!tests && html`<p class="note">Too little data: a skill is tested with five ended uses in the last four weeks and five in the twelve before.</p>`}
    ${tests > 0 && !changed.length && html`<p class="note">Nothing that is more than chance, in ${plural(tests, "test")}.</p>`}
    <${Lines} of=${changed} each=${(one) => html`<${Change} one=${one} />`} />
  <//>`;
}

function Change({ one }) {
  const rate = one.what === "completion_rate";
  const better = rate ? one.effect > 0 : one.effect < 1;
  const words = rate ? `${percent(one.before)} → ${percent(one.after)} completed (${one.effect > 0 ? "+" : "−"}${Math.abs(one.effect).toFixed(0)} points)` : `${duration(one.before)} → ${duration(one.after)} (${times(one.effect)} as long)`;
  return html`<div class="tight"><span class="row"><${Skill} name=${one.skill_name} /><${Badge} kind=${better ? "good" : "warn"}>${rate ? (better ? "better" : "worse") : better ? "faster" : "slower"}<//></span>
    <span>${words}</span><span class="note">${plural(one.n_before, "use")} before, ${count(one.n_after)} since; ${chance(one.corrected_p)}</span></div>`;
}

function Together({ found }) {
  return html`<${Card} title="Used together" note="In the same session, more often than by chance">
    ${!found.enough_sessions && html`<p class="note">Too little data: ten sessions are needed, there ${found.sessions === 1 ? "is" : "are"} ${count(found.sessions)}.</p>`}
    ${found.enough_sessions && !found.together.length && html`<p class="note">No pair in ${plural(found.sessions, "session")}.</p>`}
    <${Lines} of=${found.together} each=${(one) => html`<div class="tight"><span><${Skill} name=${one.first} /> and <${Skill} name=${one.second} /></span>
      <span class="note">in ${plural(one.together, "session")}, ${times(one.lift)} as often as by chance (${number(one.low)} to ${number(one.high)})</span></div>`} />
  <//>`;
}

function Unused({ found }) {
  return html`<${Card} title="Never used" note="Installed or recommended" actions=${found.all_never_used > 0 && html`<a href=${href("skills", "", { show: "unused" })}>All ${count(found.all_never_used)}</a>`}>
    ${!found.never_used.length && html`<p class="note">Every skill that is described or was recommended has been used.</p>`}
    <${Lines} of=${found.never_used} each=${(one) => html`<div class="row"><${Skill} name=${one.skill_name} /><span class="note">${[one.described && "described", one.recommended && `recommended ${plural(one.recommended, "time")}`].filter(Boolean).join(", ")}</span></div>`} />
  <//>`;
}

const Lines = ({ of, each }) =>
  html`<ul class="stack">${of.slice(0, MOST).map((one, index) => html`<li key=${index}>${each(one)}</li>`)}</ul>
    ${of.length > MOST && html`<p class="note">And ${count(of.length - MOST)} more.</p>`}`;

const Skill = ({ name }) => html`<a href=${href("skills", name)}><${Name} text=${name} most=${40} /></a>`;

const number = (ratio) => (ratio < 1 ? ratio.toPrecision(2) : ratio < 10 ? ratio.toFixed(1) : count(Math.round(ratio)));
const times = (ratio) => `${number(ratio)} times`;
const chance = (p) => (p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`);
