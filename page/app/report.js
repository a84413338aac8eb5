// The workflow report inside of an assistant, of the same parts as on the page.

import { html } from "../../session_buddy/web/static/vendor/preact.js";
import { Empty } from "../../session_buddy/web/static/lib/parts.js";
import { Bottlenecks } from "../../session_buddy/web/static/views/phases/bottlenecks.js";
import { Effectiveness } from "../../session_buddy/web/static/views/phases/effectiveness.js";
import { Grid } from "../../session_buddy/web/static/views/phases/heatmap.js";
import { Transitions } from "../../session_buddy/web/static/views/phases/transitions.js";

export function Report({ report }) {
  if (!report.total_invocations) return html`<${Empty} title="No skill was used yet">The report comes with the first uses.<//>`;
  if (!report.effectiveness.length) return html`<${Empty} title="No use names a phase yet">A phase is told with workflow_phase when a skill is tracked.<//>`;
  return html`<div class="stack">
    <${Grid} data=${report.heatmap} />
    <${Bottlenecks} report=${report} />
    <${Transitions} report=${report} order=${report.heatmap.phases} />
    <${Effectiveness} report=${report} />
  </div>`;
}
