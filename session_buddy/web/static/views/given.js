// What was recommended lately, and what was chosen of it.

import { html } from "../vendor/preact.js";
import { isFiltered } from "../lib/filters.js";
import { plural } from "../lib/format.js";
import { useNews } from "../lib/news.js";
import { usePages } from "../lib/pages.js";
import { Badge, Button, Empty, Loading, Name, Table, Time, Trouble } from "../lib/parts.js";
import { href, useFilters } from "../lib/router.js";

export function Given({ params }) {
  const filters = useFilters(params);
  const pages = usePages("recommendations/given", { ...filters, limit: 10 }, "recommendations");
  const shown = pages.rows?.map((row) => row.recommendation_id);
  const [waiting, clear] = useNews((event) => event.kind === "recommended" && fits(event, params) && event.recommendation_id, shown, JSON.stringify(filters));
  const show = () => {
    clear();
    pages.reload();
  };
  return html`<div class="news" role="status">${waiting > 0 && html`<${Button} onClick=${show}>${plural(waiting, "new recommendation")}: show<//>`}</div>
    ${pages.error && html`<${Trouble} error=${pages.error} retry=${pages.retry} stale=${Boolean(pages.rows)} />`}
    ${!pages.rows && !pages.error && html`<${Loading} lines=${4} />`}
    ${pages.rows?.length === 0 && html`<${Empty} title=${isFiltered(params) ? "Nothing was recommended within these filters" : "Nothing was recommended yet"}>Your assistant asks with recommend_skills; what it is told is kept here with what it chose.<//>`}
    ${pages.rows?.length > 0 && html`<div class="card"><${Table} caption="Recommendations, the newest first" columns=${COLUMNS} rows=${pages.rows} keyOf=${(one) => one.recommendation_id} most=${1_000} /></div>`}
    ${pages.next && html`<p class="more"><${Button} disabled=${pages.asking} onClick=${pages.more}>Show older<//></p>`}`;
}

const fits = (event, { session, project, until }) => (!session || event.session_id === session) && (!project || event.project_id === project) && !until;

const HOW = { lexical: "by words", semantic: "by meaning" };

const COLUMNS = [
  { name: "problem", label: "Problem", wide: true, cell: (one) => html`<a class="problem" href=${href("why", "", { query: one.user_query ?? "", phase: one.workflow_phase })}><${Name} text=${one.user_query || "without a text"} most=${160} /></a>` },
  {
    name: "skills",
    label: "Recommended",
    wide: true,
    cell: (one) => html`<ol class="given">${one.skills.map(
      (skill, index) => html`<li key=${index} class=${skill.skill_name === one.chosen ? "chosen" : ""}>${index + 1}. <${Name} text=${skill.skill_name} most=${36} /> <span class="note">${skill.score == null ? "" : skill.score.toFixed(2)}</span></li>`,
    )}</ol>`,
  },
  { name: "chosen", label: "Chosen", cell: Chosen },
  { name: "how", label: "How", cell: (one) => html`<span class="row">${one.confident === false && html`<${Badge} kind="warn">not sure<//>`}<span class="note">${HOW[one.ranking]}</span></span>` },
  { name: "at", label: "When", cell: (one) => html`<${Time} at=${one.recommended_at} />` },
];

function Chosen(one) {
  if (!one.chosen) return html`<span class="note">none of them</span>`;
  return html`<span><${Name} text=${one.chosen} most=${36} /> <span class="note">${one.chosen_rank ? `rank ${one.chosen_rank}` : "not on the list"}</span></span>`;
}
