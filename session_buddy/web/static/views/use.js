// One use, in a dialog.

import { html } from "../vendor/preact.js";
import { duration, moment } from "../lib/format.js";
import { visible } from "../lib/jsontext.js";
import { Answer, Dialog, Name } from "../lib/parts.js";
import { href } from "../lib/router.js";
import { useData } from "../lib/use.js";
import { part } from "../lib/api.js";
import { Ending } from "./use_list.js";

export function UseDialog({ id, params, close }) {
  const answer = useData(`invocations/${part(id)}`, {}, { on: ["completed"], wanted: (event) => event.invocation_id === id });
  return html`<${Dialog} title="A use" close=${close} wide>
    <${Answer} of=${answer}>${(use) => html`<${Use} use=${use} params=${params} />`}<//>
  <//>`;
}

function Use({ use, params }) {
  const { use: _, ...others } = params;
  return html`<div class="stack">
    ${use.user_query ? html`<pre class="words"><bdi>${visible(use.user_query)}</bdi></pre>` : html`<p class="note">No problem text was given.</p>`}
    <dl class="facts">
      <${Fact} name="Skill"><a href=${href("skills", use.skill_name)}><${Name} text=${use.skill_name} most=${200} /></a><//>
      <${Fact} name="Outcome"><${Ending} use=${use} />${endedBy(use)}<//>
      ${use.error_type && html`<${Fact} name="Error"><${Name} text=${use.error_type} most=${400} /><//>`}
      <${Fact} name="Duration">${duration(use.duration_seconds)}<//>
      <${Fact} name="Phase">${use.workflow_phase ? html`<${Name} text=${use.workflow_phase} most=${200} />` : "without phase"}<//>
      ${use.workflow_path && html`<${Fact} name="Path"><${Name} text=${use.workflow_path} most=${200} /><//>`}
      <${Fact} name="Choice">${choice(use.selection_rank)}<//>
      ${use.alternatives_considered?.length > 0 && html`<${Fact} name="Also considered"><${Names} names=${use.alternatives_considered} link /><//>`}
      ${use.follow_up_actions?.length > 0 && html`<${Fact} name="Followed by"><${Names} names=${use.follow_up_actions} /><//>`}
      <${Fact} name="Began">${moment(use.invoked_at)}<//>
      ${use.session_id && html`<${Fact} name="Session"><a href=${href("uses", "", { session: use.session_id, since: "", until: "" })}><${Name} text=${use.session_id} most=${80} /></a> <span class="note">shows all its uses</span><//>`}
      ${use.project_path && html`<${Fact} name="Project"><${Name} text=${use.project_path} most=${300} /><//>`}
      ${use.source && html`<${Fact} name="Told by"><${Name} text=${use.source} most=${80} /><//>`}
    </dl>
    <div class="actions">
      ${use.user_query && html`<a class="button" href=${href("why", "", { query: use.user_query.slice(0, 2_000), phase: use.workflow_phase })}>What would be recommended now?</a>`}
      <a class="button" href=${href("uses", "", { ...others, skill: use.skill_name })}>Uses of this skill</a>
    </div>
  </div>`;
}

const Fact = ({ name, children }) => html`<div><dt>${name}</dt><dd>${children}</dd></div>`;

const Names = ({ names, link }) =>
  html`<ul class="names">${names.map((name, index) => html`<li key=${index}>${link ? html`<a href=${href("skills", name)}><${Name} text=${name} /></a>` : html`<${Name} text=${name} most=${160} />`}</li>`)}</ul>`;

const choice = (rank) => (rank == null ? "not told" : rank === 1 ? "the first of what was recommended" : `number ${rank} of what was recommended`);

const endedBy = ({ ended_by: by }) =>
  by === "session_ended" ? html` <span class="note">its session ended</span>` : by === "timed_out" ? html` <span class="note">it was open for too long</span>` : null;
