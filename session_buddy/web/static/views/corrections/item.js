// One correction: what it changes, how it did, and what a person may do with it.

import { html } from "../../vendor/preact.js";
import { count } from "../../lib/format.js";
import { line, plain, written } from "../../lib/jsontext.js";
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
        <${Button} aria-label=${`Switch ${item.off ? "on" : "off"} correction ${short}`} onClick=${() => turn(item)}>Switch ${item.off ? "on" : "off"}<//>
        <${Button} kind="plain" aria-label=${`Forget correction ${short}`} onClick=${() => forget(item)}>Forget…<//>
      </div>
    </div>
    <${Difference} changes=${item.changes} label="What it changes" />
    ${item.where?.length > 0 && html`<p class="note">Only where ${item.where.map((one, place) => html`${place ? " and " : ""}<code>${plain(one.path, 200)}</code> is <code>${line(one.value, 160)}</code>`)}.</p>`}
    <dl class="counts">
      ${SERIES.map(([name, label]) => html`<div key=${name}><dt>${label}</dt><dd>${count(item[name] ?? item[`times_${name}`] ?? 0)}${days?.length > 1 && html`<${Sparkline} values=${days.map((one) => one[name])} label=${`${label} per day, from ${days[0].day} to ${days[days.length - 1].day}`} />`}</dd></div>`)}
    </dl>
    ${refused && html`<p class="trouble" role="alert">${refused}</p>`}
    <details><summary>As JSON Patch</summary><pre tabindex="0" role="group" aria-label="JSON Patch">${written(item.patch)}</pre></details>
  </li>`;
}

function State({ item }) {
  if (item.off) return html`<${Badge} kind="warn">switched off<//>`;
  if (item.laid_off) return html`<${Badge} kind="bad">laid off: it hurt more often than it helped<//>`;
  return html`<${Badge} kind="good">applied where it fits<//>`;
}

function told(item) {
  const parts = [
    item.first_seen_at && html`first made <${Time} at=${item.first_seen_at} />`,
    item.last_applied_at && html`last applied <${Time} at=${item.last_applied_at} />`,
    item.imported_at && html`imported <${Time} at=${item.imported_at} />`,
  ].filter(Boolean);
  return parts.map((one) => html`<span>${one}</span>`);
}
