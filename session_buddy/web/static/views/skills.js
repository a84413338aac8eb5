// Every skill: how often it is used, how it goes, and which ones are never used.

import { html, useMemo } from "../vendor/preact.js";
import { isFiltered } from "../lib/filters.js";
import { count, plural } from "../lib/format.js";
import { Answer, Card, Empty, Name, PageHead, Rate, Sparkline, Table, Time } from "../lib/parts.js";
import { go, href, useFilters } from "../lib/router.js";
import { useData, useTyped } from "../lib/use.js";
import { SkillPage } from "./skill.js";

const LIVE = { on: ["tracked", "completed", "recommended"], every: 5_000, steady: true };
const NO_USES = Array(12).fill(0);
const KINDS = [["", "every skill"], ["used", "used"], ["unused", "unused"], ["installed", "installed"]];
const FITS = { "": () => true, used: (one) => one.invocations > 0, unused: (one) => !one.invocations, installed: (one) => one.place != null };

export default function Skills({ name, params }) {
  return name ? html`<${SkillPage} key=${name} name=${name} params=${params} />` : html`<${AllSkills} params=${params} />`;
}

function AllSkills({ params }) {
  const filters = useFilters(params);
  const answer = useData("skills", { ...filters, weeks: 12 }, LIVE);
  // The list tells of every use; what the filters leave is told by the metrics.
  const narrowed = useData(isFiltered(params) ? "metrics" : null, { ...filters, limit: 500 }, LIVE);
  return html`<${PageHead} title="Skills" lead="What each skill was used for and how often it worked. Rates count ended uses only." />
    <${Find} params=${params} />
    <${Answer} of=${answer} isEmpty=${(data) => !data.skills.length} empty=${html`<${Empty} title="No skill is known yet">Skills appear here as soon as one is installed where your assistant looks for them, or used.<//>`}>
      ${(data) => html`<${Within} answer=${isFiltered(params) ? narrowed : null} skills=${data.skills}>
        ${(skills) => html`<${Found} data=${{ ...data, skills }} params=${params} />`}
      <//>`}
    <//>`;
}

/** The skills with the figures that the filters leave, once those are there. */
function Within({ answer, skills, children }) {
  const shown = useMemo(() => (answer?.data ? narrow(skills, answer.data.skills) : skills), [skills, answer?.data]);
  return answer ? html`<${Answer} of=${answer}>${() => children(shown)}<//>` : children(shown);
}

function narrow(skills, metrics) {
  const figures = new Map(metrics.map((one) => [one.skill_name, one]));
  return skills.map((one) => {
    const own = figures.get(one.skill_name);
    return { ...one, invocations: own?.total_invocations ?? 0, open: own?.open_invocations ?? 0, completion_rate: own?.completion_rate ?? null, last_used_at: own?.last_invoked ?? null };
  });
}

function Find({ params }) {
  const set = (changes) => go(href("skills", "", { ...params, ...changes }), true);
  const [text, type] = useTyped(params.find ?? "", (find) => set({ find }));
  return html`<form class="filters" role="search" aria-label="Skills" onSubmit=${(event) => event.preventDefault()}>
    <label class="grow">Find<input type="search" value=${text} placeholder="name or description" onInput=${(event) => type(event.target.value)} /></label>
    <label>Show<select value=${params.show ?? ""} onChange=${(event) => set({ show: event.target.value })}>
      ${KINDS.map(([value, label]) => html`<option key=${value} value=${value}>${label}</option>`)}
    </select></label>
  </form>`;
}

function Found({ data, params }) {
  const part = (params.find ?? "").trim().toLowerCase();
  const fits = FITS[params.show ?? ""] ?? FITS[""];
  const shown = data.skills.filter((one) => fits(one) && `${one.skill_name} ${one.description ?? ""}`.toLowerCase().includes(part));
  const used = shown.filter((one) => one.invocations > 0);
  const unused = shown.filter((one) => !one.invocations);
  if (!shown.length) return html`<${Empty} title="No skill fits">Try another word, or <a href=${href("skills")}>show every skill</a>.<//>`;
  return html`${used.length > 0 && html`<${Card} title=${plural(used.length, "used skill")} note=${taken(data.recommendations)}><${Used} skills=${used} /><//>`}
    ${unused.length > 0 &&
    html`<${Card} title=${isFiltered(params) ? "Not used within these filters" : "Never used"} note=${isFiltered(params) ? undefined : "Installed or recommended, and not used: worth a better description, or not worth its place."}>
      <${Unused} skills=${unused} />
    <//>`}`;
}

/** How recommendations are followed, over everything. */
function taken(all) {
  if (!all?.given) return undefined;
  const rate = all.first_choice_completion_rate;
  return `Of ${plural(all.given, "recommendation")}, ${count(all.chosen)} were followed${rate == null ? "" : `; the first choice was completed in ${Math.round(rate)} %`}.`;
}

const SkillName = (one) =>
  html`<div class="skill-name"><a href=${href("skills", one.skill_name)}><${Name} text=${one.skill_name} /></a>
    ${one.description && html`<span class="note"><${Name} text=${one.description} most=${140} /></span>`}</div>`;

const nameColumn = { name: "skill", label: "Skill", wide: true, up: true, sort: (one) => one.skill_name.toLowerCase(), cell: SkillName };

const following = {
  name: "taken",
  label: "Taken when shown",
  numeric: true,
  sort: (one) => (one.shown ? one.chosen / one.shown : null),
  cell: (one) => (one.shown ? html`<span>${count(one.chosen)} <span class="note">of ${count(one.shown)}</span></span>` : html`<span class="note">never shown</span>`),
};

const USED = [
  nameColumn,
  { name: "uses", label: "Uses", numeric: true, sort: (one) => one.invocations, cell: (one) => html`<a href=${href("uses", "", { skill: one.skill_name })} aria-label=${`${plural(one.invocations, "use")}: show them`}>${count(one.invocations)}</a>` },
  { name: "trend", label: "12 weeks", cell: (one) => html`<${Sparkline} values=${one.trend?.uses ?? NO_USES} label="uses per week, the oldest first" />` },
  { name: "rate", label: "Completed", sort: (one) => one.completion_rate, cell: (one) => html`<${Rate} value=${one.completion_rate} of=${one.invocations - one.open} />` },
  following,
  { name: "last", label: "Last used", sort: (one) => one.last_used_at, cell: (one) => html`<${Time} at=${one.last_used_at} />` },
];

const Used = ({ skills }) =>
  html`<${Table} caption="Used skills" columns=${USED} rows=${skills} keyOf=${(one) => one.skill_name} start=${{ name: "uses", down: true }} most=${50} />`;

const UNUSED = [
  nameColumn,
  { name: "shown", label: "Recommended", numeric: true, sort: (one) => one.shown, cell: (one) => (one.shown ? plural(one.shown, "time") : html`<span class="note">never</span>`) },
  { name: "place", label: "Where", up: true, sort: (one) => one.place, cell: (one) => (one.place ? `${one.kind ?? "skill"}, ${one.place}` : html`<span class="note">not installed here</span>`) },
];

const Unused = ({ skills }) =>
  html`<${Table} caption="Skills without uses" columns=${UNUSED} rows=${skills} keyOf=${(one) => one.skill_name} start=${{ name: "shown", down: true }} most=${25} />`;
