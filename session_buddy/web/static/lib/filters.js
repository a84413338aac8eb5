// The filters above the reports: project, session and time, kept in the address.

import { html, useId, useState } from "../vendor/preact.js";
import { brief } from "./format.js";
import { visible } from "./jsontext.js";
import { Button } from "./parts.js";
import { go, href } from "./router.js";
import { useData } from "./use.js";

const SPANS = [["", "all time"], ["7d", "last 7 days"], ["30d", "last 30 days"], ["90d", "last 90 days"], ["365d", "last year"]];
const BETWEEN = "between";

export function FilterBar({ route }) {
  const projects = useData("projects").data?.projects ?? [];
  const sessions = useData("assistant-sessions", { project_id: route.params.project, limit: 50 }).data?.sessions ?? [];
  const list = useId();
  const [opened, open] = useState(false);
  const set = (changes) => go(href(route.view, route.name, { ...route.params, ...changes }), true);
  const { project = "", session = "", since = "", until = "" } = route.params;
  const days = /^(\d{1,4})d$/.exec(since)?.[1];
  const spans = days && !SPANS.some(([value]) => value === since) ? [...SPANS, [since, `last ${days} days`]] : SPANS;
  const between = opened || until !== "" || !spans.some(([value]) => value === since);
  const span = (value) => {
    open(value === BETWEEN);
    if (value !== BETWEEN) set({ since: value, until: "" });
  };
  const clear = () => {
    open(false);
    set({ project: "", session: "", since: "", until: "" });
  };
  return html`<form class="filters" aria-label="Filters" onSubmit=${(event) => event.preventDefault()}>
    ${(projects.length > 1 || project) &&
    html`<label>Project
      <select value=${project} onChange=${(event) => set({ project: event.target.value, session: "" })}>
        <option value="">all projects</option>
        ${known(projects, project).map((one) => html`<option key=${one.project_id} value=${one.project_id}>${brief(visible(nameOf(one)), 60)}</option>`)}
      </select></label>`}
    <label>Time
      <select value=${between ? BETWEEN : since} onChange=${(event) => span(event.target.value)}>
        ${spans.map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}
        <option value=${BETWEEN}>between…</option>
      </select></label>
    ${between &&
    html`<label>First day<input type="date" value=${dayIn(since)} max=${dayIn(until)} onChange=${(event) => set({ since: event.target.value })} /></label>
      <label>Last day<input type="date" value=${dayIn(until)} min=${dayIn(since)} onChange=${(event) => set({ until: event.target.value })} /></label>`}
    <label>Session
      <input type="search" list=${list} value=${session} placeholder="all sessions" onChange=${(event) => set({ session: event.target.value.trim() })} />
      <datalist id=${list}>${sessions.map((one) => html`<option key=${one.session_id} value=${one.session_id}></option>`)}</datalist></label>
    ${(project || session || since || until) && html`<${Button} kind="plain" onClick=${clear}>Clear filters<//>`}
  </form>`;
}

/** Whether an address asks for a part of what there is. */
export const isFiltered = ({ project, session, since, until }) => Boolean(project || session || since || until);

const dayIn = (text) => (/^\d{4}-\d\d-\d\d/.test(text) ? text.slice(0, 10) : "");

const known = (projects, chosen) =>
  !chosen || projects.some((one) => one.project_id === chosen) ? projects : [...projects, { project_id: chosen, path: chosen }];

const nameOf = (project) => (project.path ?? project.project_id).split(/[\\/]/).filter(Boolean).pop() ?? project.project_id;
