// A list of uses.

import { html } from "../vendor/preact.js";
import { duration } from "../lib/format.js";
import { Name, Outcome, Table, Time } from "../lib/parts.js";
import { href } from "../lib/router.js";

const BASIS = { seen: "seen by hooks, not reported", inferred: "inferred from what followed" };

/** How a use ended, and how that is known where nobody reported it. */
export const Ending = ({ use }) =>
  html`<span class="ending"><${Outcome} value=${use.outcome} />${BASIS[use.outcome_basis] && html`<span class="note" title=${BASIS[use.outcome_basis]}>${use.outcome_basis}</span>`}</span>`;

/** A plain click opens a use where the reader is; any other, and the keyboard's "open in new tab", follow the link. */
const here = (open, use) => (event) => {
  if (!open || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(use);
};

const columns = (params, open) => [
  {
    name: "problem",
    label: "Problem",
    wide: true,
    cell: (use) => html`<a class="problem" href=${href("uses", "", { ...params, use: use.invocation_id })} onClick=${here(open, use)}>${use.user_query ? html`<${Name} text=${use.user_query} most=${160} />` : html`<i>without a problem text</i>`}</a>`,
  },
  { name: "skill", label: "Skill", cell: (use) => html`<a href=${href("skills", use.skill_name)}><${Name} text=${use.skill_name} most=${40} /></a>` },
  { name: "phase", label: "Phase", cell: (use) => (use.workflow_phase ? html`<${Name} text=${use.workflow_phase} most=${28} />` : html`<span class="note">–</span>`) },
  { name: "outcome", label: "Outcome", cell: (use) => html`<${Ending} use=${use} />` },
  { name: "duration", label: "Duration", numeric: true, cell: (use) => duration(use.duration_seconds) },
  {
    name: "at",
    label: "When, session",
    cell: (use) => html`<span class="tight"><${Time} at=${use.invoked_at} />${use.session_id && html`<a class="quiet note" href=${href("uses", "", { session: use.session_id })} title="Uses of the same session"><${Name} text=${use.session_id} most=${16} /></a>`}</span>`,
  },
];

/**
 * @param {{uses: object[], params: object, without?: string[], open?: (use: object) => void}} props `without` names columns
 * that say nothing here
 */
export const UseList = ({ uses, params, without = [], open }) =>
  html`<${Table} caption="Uses, the newest first" columns=${columns(params, open).filter((one) => !without.includes(one.name))} rows=${uses} keyOf=${(use) => use.invocation_id} most=${1_000} />`;
