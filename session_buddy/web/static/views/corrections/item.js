// One correction: what it changes, how it did, and what a person may do with it.

import { html } from "../../vendor/preact.js";
import { count } from "../../lib/format.js";
import { line, plain, shown } from "../../lib/jsontext.js";
import { Badge, Button, Difference, Sparkline, Time } from "../../lib/parts.js";

const SERIES = [
  ["seen", "made"],
  ["applied", "applied"],
  ["helped", "helped"],
  ["hurt", "hurt"],
];

export function Item({ item, days, refused, turn, forget }) {
  const short = item.item_id.slice(0, 8);
  return html`<li class="item" aria-label=${`Correction ${short}`}>
    <div class="card-head">
      <div class="tight">
        <h3><bdi>${plain(item.node_id)}</bdi> <${Badge}>${plain(item.action_type, 60)}<//></h3>
        <p class="row note"><${State} item=${item} /><code title=${item.item_id}>${short}</code>${told(item)}</p>
      </div>
      <div class="actions">
        ${!item.trusted && html`<${Button} aria-label=${`Switch on correction ${short}`} onClick=${() => turn(item, true)}>Switch on<//>`}
        ${!item.off && html`<${Button} aria-label=${`Switch off correction ${short}`} onClick=${() => turn(item, false)}>Switch off<//>`}
        <${Button} kind="plain" aria-label=${`Forget correction ${short}`} onClick=${() => forget(item)}>Forget…<//>
      </div>
    </div>
    <${Difference} changes=${item.changes} label="What it changes" />
    ${item.where?.length > 0 && html`<p class="note">Only where ${item.where.map((one, place) => html`${place ? " and " : ""}<code>${plain(one.path, 200)}</code> is <code>${line(one.value, 160)}</code>`)}.</p>`}
    <dl class="counts">
      ${SERIES.map(([name, label]) => html`<div key=${name}><dt>${label}</dt><dd>${count(item[name] ?? item[`times_${name}`] ?? 0)}${days?.length > 1 && html`<${Sparkline} values=${days.map((one) => one[name])} label=${`${label} per day, from ${days[0].day} to ${days[days.length - 1].day}`} />`}</dd></div>`)}
    </dl>
    ${item.imported && html`<p class="note">Imported${importer(item.imported)}. The file says, and nothing is decided by it: ${claims(item.imported)}.</p>`}
    ${refused && html`<p class="trouble" role="alert">${refused}</p>`}
    <details open=${!item.trusted && !item.off}><summary>As JSON Patch</summary><pre tabindex="0" role="group" aria-label="JSON Patch">${shown(item.patch)}</pre></details>
  </li>`;
}

function State({ item }) {
  if (item.off) return html`<${Badge} kind="warn">switched off<//>`;
  if (!item.active) return html`<${Badge} kind="warn">imported: not applied until you switch it on<//>`;
  if (item.laid_off) return html`<${Badge} kind="bad">laid off: it hurt more often than it helped<//>`;
  if (!item.trusted) return html`<${Badge} kind="warn">reported by an assistant: applied, and always asked<//>`;
  return html`<${Badge} kind="good">applied where it fits<//>`;
}

const BY = { person: "a person", reported: "an assistant or a program" };

const importer = ({ by, source }) => (by ? ` by ${BY[by] ?? "nobody"} (${plain(source, 40)})` : "");

const claims = (imported) => SERIES.map(([name, label]) => `${label} ${count(imported[name] ?? imported[`times_${name}`] ?? 0)}`).join(", ");

function told(item) {
  const parts = [
    item.first_seen_at && html`first made <${Time} at=${item.first_seen_at} />`,
    item.last_applied_at && html`last applied <${Time} at=${item.last_applied_at} />`,
    item.imported_at && html`imported <${Time} at=${item.imported_at} />`,
  ].filter(Boolean);
  return parts.map((one) => html`<span>${one}</span>`);
}
