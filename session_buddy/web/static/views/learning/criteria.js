// The six criteria, each as a bar against what it must come to.

import { html } from "../../vendor/preact.js";
import { barsOf, labelOf } from "../../lib/criteria.js";
import { Badge, Meter } from "../../lib/parts.js";

export const Criteria = ({ readiness }) => html`<ul class="criteria">
  ${readiness.criteria.map(
    (one) => html`<li key=${one.name} class="tight">
      <p class="row"><strong>${labelOf(one)}</strong> <${Badge} kind=${one.met ? "good" : "warn"}>${one.met ? "met" : "not met"}<//></p>
      ${barsOf(one).map((bar) => html`<${Meter} key=${bar.name} value=${bar.value} bar=${bar.bar} most=${bar.most} met=${bar.met} label=${labelOf(one)} text=${bar.text} />`)}
      <p class="note">${one.text}</p>
    </li>`,
  )}
</ul>`;
