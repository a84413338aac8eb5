// Why a skill is recommended for a problem, and what was recommended lately.

import { html, useState } from "../vendor/preact.js";
import { digitsOf, signed, SignedBars } from "../lib/charts.js";
import { FilterBar } from "../lib/filters.js";
import { brief, duration, percent, plural } from "../lib/format.js";
import { visible } from "../lib/jsontext.js";
import { Answer, Badge, Card, Empty, Name, PageHead, Time } from "../lib/parts.js";
import { go, href, useFilters } from "../lib/router.js";
import { useData } from "../lib/use.js";
import { Given } from "./given.js";

const LONGEST = 4_000;

export default function Why({ params }) {
  const { query = "", phase = "" } = params;
  const asked = query.trim() ? "recommendations" : null;
  const answer = useData(asked, { user_query: query, workflow_phase: phase, limit: 8 });
  return html`<${PageHead} title="Why" lead="Describe a problem as you would to your assistant: this is what it would be recommended, and what that rests on." />
    <${Problem} key=${JSON.stringify([query, phase])} query=${query} phase=${phase} params=${params} />
    ${asked && html`<${Answer} of=${answer}>${(data) => html`<${Ranked} data=${data} phase=${phase} />`}<//>`}
    <h2>Recommended lately</h2>
    <${FilterBar} route=${{ view: "why", name: "", params }} />
    <${Given} params=${params} />`;
}

function Problem({ query, phase, params }) {
  const phases = useData("reports/heatmap", {}).data?.phases ?? [];
  const [text, type] = useState(query);
  const [chosen, choose] = useState(phase);
  const ask = (event) => {
    event.preventDefault();
    go(href("why", "", { ...params, query: text.trim().slice(0, LONGEST), phase: chosen }));
  };
  const options = chosen && !phases.includes(chosen) ? [chosen, ...phases] : phases;
  return html`<form class="ask" onSubmit=${ask}>
    <label class="grow">Problem<textarea class="plain-text" rows="2" maxlength=${LONGEST} value=${text} placeholder="the checkout total is off by one cent for some carts" onInput=${(event) => type(event.target.value)}
      onKeyDown=${(event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && ask(event)}></textarea></label>
    <label>Phase<select value=${chosen} onChange=${(event) => choose(event.target.value)}>
      <option value="">any phase</option>
      ${options.map((one) => html`<option key=${one} value=${one}>${brief(visible(one), 60)}</option>`)}
    </select></label>
    <button type="submit" class="main" disabled=${!text.trim()}>Recommend</button>
  </form>`;
}

function Ranked({ data, phase }) {
  const found = data.recommendations;
  return html`${data.notes?.map((note) => html`<p key=${note} class="told">${note}</p>`)}
    ${data.ranking === "lexical" && !data.notes?.length && html`<p class="told">Ranked by words, since the embedding model is not there.</p>`}
    ${!data.confident && html`<p class="told warn"><b>Nothing fits well.</b> ${fit(data)} An assistant is told to take none of these unless one is clearly right.</p>`}
    ${found.length
      ? html`<h2>For this problem</h2><ol class="stack" aria-label="Recommended skills">${found.map((one, index) => html`<li key=${one.skill_name}><${Recommended} one=${one} rank=${index + 1} phase=${phase} /></li>`)}</ol>
          <p class="note">A part above zero speaks for the skill more than for the mean of those that were judged. ${data.confident && fit(data)}</p>`
      : html`<${Empty} title="No skill to recommend">Skills are recommended once some are installed or used.<//>`}`;
}

const fit = ({ fit: value, threshold }) => (value == null || threshold == null ? "" : `Fit ${value.toFixed(2)}; from ${threshold.toFixed(2)} on a recommendation is trusted.`);

function Recommended({ one, rank, phase }) {
  const examples = one.why?.examples?.length ? one.why.examples : one.example ? [one.example] : [];
  return html`<${Card} level=${3} title=${html`${rank}. <a href=${href("skills", one.skill_name)}><${Name} text=${one.skill_name} most=${80} /></a>`} note=${html`<${Name} text=${one.reason ?? ""} most=${300} />`}>
    <dl class="facts in-line">
      <div><dt>Score</dt><dd>${one.score.toFixed(2)}</dd></div>
      <div><dt>Similarity</dt><dd>${one.similarity_score.toFixed(2)}</dd></div>
      <div><dt>Completed</dt><dd>${percent(one.completion_rate)} <span class="note">of its uses (${plural(one.invocations, "use")})</span></dd></div>
    </dl>
    <div class="columns">
      ${one.why && html`<${Value} why=${one.why} />`}
      ${examples.length > 0 && html`<div class="tight"><h4>Nearest past problems</h4><ul class="stack">${examples.map((past) => html`<${Past} key=${past.invocation_id} past=${past} phase=${phase} />`)}</ul></div>`}
    </div>
  <//>`;
}

function Value({ why }) {
  return html`<div class="tight"><h4>Its value, ${signed(why.value, digitsOf(why.parts))}, by which it is ranked</h4>
    <${SignedBars} parts=${why.parts} label="Parts of the value" />
    ${why.score_parts?.length > 1 && html`<h4>Its score, with the phase</h4><${SignedBars} parts=${why.score_parts} label="Parts of the score" />`}
  </div>`;
}

const ENDS = new Map([[true, ["good", "completed"]], [false, ["bad", "not completed"]], [null, ["", "open"]]]);

function Past({ past }) {
  const [kind, words] = ENDS.get(past.completed ?? null);
  return html`<li class="tight"><a class="problem" href=${href("uses", "", { use: past.invocation_id })}><${Name} text=${past.user_query || "without a problem text"} most=${200} /></a>
    <span class="row"><${Badge} kind=${kind}>${words}<//><span class="note">${past.similarity == null ? "" : `similarity ${past.similarity.toFixed(2)}, `}${past.workflow_phase ? html`<${Name} text=${past.workflow_phase} />, ` : ""}${past.duration_seconds == null ? "" : `${duration(past.duration_seconds)}, `}<${Time} at=${past.invoked_at} /></span></span></li>`;
}
