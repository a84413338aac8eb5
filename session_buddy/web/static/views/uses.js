// Every use behind the figures, the newest first.

import { html, useState } from "../vendor/preact.js";
import { useData, useEvents, useTyped } from "../lib/use.js";
import { announce, Button, Empty, Loading, PageHead, Trouble } from "../lib/parts.js";
import { brief, count, plural } from "../lib/format.js";
import { visible } from "../lib/jsontext.js";
import { useNews } from "../lib/news.js";
import { usePages } from "../lib/pages.js";
import { go, href, useFilters } from "../lib/router.js";
import { UseDialog } from "./use.js";
import { UseList } from "./use_list.js";

const OUTCOMES = ["completed", "failed", "abandoned", "open"];
// The address says "phase=" with this for uses without a phase, since an empty value means every phase there.
const WITHOUT = "(none)";
// An empty text that is asked for; a bare one would be left out of the question.
const NO_PHASE = [""];
const OWN = ["skill", "phase", "outcome", "query"];

export default function Uses({ params }) {
  const filters = useFilters(params);
  const asked = { ...filters, skill_name: params.skill, workflow_phase: params.phase === WITHOUT ? NO_PHASE : params.phase, outcome: params.outcome, query: params.query, limit: 50 };
  const pages = usePages("invocations", asked, "uses");
  const shown = pages.rows?.map((row) => row.invocation_id);
  const [waiting, clear] = useNews((event) => event.kind === "tracked" && fits(event, params) && event.invocation_id, shown, JSON.stringify(asked));
  const [ended, setEnded] = useState({});
  useEvents((event) => {
    if (event.kind === "completed" && shown?.includes(event.invocation_id)) setEnded((before) => ({ ...before, [event.invocation_id]: event }));
  });
  const show = () => {
    clear();
    pages.reload();
    announce("The list is up to date.");
  };
  const set = (changes, replace = true) => go(href("uses", "", { ...params, ...changes }), replace);
  const narrowed = OWN.some((name) => params[name]);
  return html`<${PageHead} title="Uses" lead="Each use of a skill: for which problem, in which phase, and how it ended." />
    <${UseFilters} params=${params} filters=${filters} set=${set} narrowed=${narrowed} />
    <div class="news" role="status">${waiting > 0 && html`<${Button} onClick=${show}>${plural(waiting, "new use")}: show<//>`}</div>
    ${pages.error && html`<${Trouble} error=${pages.error} retry=${pages.retry} stale=${Boolean(pages.rows)} />`}
    ${!pages.rows && !pages.error && html`<${Loading} lines=${8} />`}
    ${pages.rows?.length === 0 &&
    html`<${Empty} title=${narrowed || params.since || params.session || params.project ? "No use fits these filters" : "No use of a skill yet"}>
      ${narrowed ? html`<a href=${href("uses")}>Show every use</a>` : "A use comes here as soon as an assistant tracks one with track_skill, or its hooks see one."}
    <//>`}
    ${pages.rows?.length > 0 &&
    html`<div class="card"><${UseList} uses=${pages.rows.map((row) => withEnd(row, ended[row.invocation_id]))} params=${params} open=${(use) => set({ use: use.invocation_id }, false)} /></div>
      <p class="more">${pages.next ? html`<${Button} disabled=${pages.asking} onClick=${pages.more}>Show older<//>` : html`<span class="note">${plural(pages.rows.length, "use")}; there are no older ones.</span>`}</p>`}
    ${params.use && html`<${UseDialog} key=${params.use} id=${params.use} params=${params} close=${() => set({ use: "" })} />`}`;
}

/** Whether a use that has just begun belongs to the list; its text is not told live, so it may still not fit. */
const fits = (event, { skill, phase, outcome, session, project, until }) =>
  (!skill || event.skill_name === skill) &&
  (!phase || (event.workflow_phase || WITHOUT) === phase) &&
  (!outcome || outcome === "open") &&
  (!session || event.session_id === session) &&
  (!project || event.project_id === project) &&
  !until;

/** A row as it is since its use has ended, where that was told live. */
const withEnd = (row, event) =>
  event && row.outcome === "open" ? { ...row, outcome: event.outcome, duration_seconds: event.duration_seconds ?? row.duration_seconds, error_type: event.error_type ?? row.error_type } : row;

function UseFilters({ params, filters, set, narrowed }) {
  const skills = useData("skills", filters, { steady: true }).data?.skills ?? [];
  const phases = useData("reports/heatmap", filters, { steady: true }).data?.phases ?? [];
  const [text, type] = useTyped(params.query ?? "", (query) => set({ query: query.trim() }));
  const used = skills.filter((one) => one.invocations > 0).map((one) => one.skill_name);
  return html`<form class="filters" aria-label="Which uses" onSubmit=${(event) => event.preventDefault()}>
    <${Choice} label="Skill" all="all skills" value=${params.skill} options=${used} set=${(skill) => set({ skill })} />
    <${Choice} label="Phase" all="all phases" value=${params.phase} options=${phases} last=${[WITHOUT, "without phase"]} set=${(phase) => set({ phase })} />
    <${Choice} label="Outcome" all="all outcomes" value=${params.outcome} options=${OUTCOMES} set=${(outcome) => set({ outcome })} />
    <label class="grow">Problem<input type="search" value=${text} placeholder="text within the problem" onInput=${(event) => type(event.target.value)} /></label>
    ${narrowed && html`<${Button} kind="plain" onClick=${() => (type(""), set({ skill: "", phase: "", outcome: "", query: "" }))}>Every use<//>`}
  </form>`;
}

function Choice({ label, all, value = "", options, last, set }) {
  const known = [...options.map((one) => [one, short(one)]), ...(last ? [last] : [])];
  const shown = !value || known.some(([one]) => one === value) ? known : [[value, short(value)], ...known];
  return html`<label>${label}
    <select value=${value} onChange=${(event) => set(event.target.value)}>
      <option value="">${all}${options.length > 20 ? ` (${count(options.length)})` : ""}</option>
      ${shown.map(([one, text]) => html`<option key=${one} value=${one}>${text}</option>`)}
    </select></label>`;
}

const short = (name) => brief(visible(name).trim() || `“${name}”`, 60);
