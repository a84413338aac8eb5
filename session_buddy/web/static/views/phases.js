// The phases of work: which skill works where, where work is lost, what follows what, and what has changed.

import { html } from "../vendor/preact.js";
import { isFiltered } from "../lib/filters.js";
import { Answer, PageHead } from "../lib/parts.js";
import { useFilters } from "../lib/router.js";
import { useData } from "../lib/use.js";
import { Bottlenecks } from "./phases/bottlenecks.js";
import { Changes } from "./phases/changes.js";
import { Durations } from "./phases/durations.js";
import { Effectiveness } from "./phases/effectiveness.js";
import { Heatmap } from "./phases/heatmap.js";
import { Transitions } from "./phases/transitions.js";

const LIVE = { on: ["tracked", "completed"], every: 5_000, steady: true };

export default function Phases({ params }) {
  const filters = useFilters(params);
  const heatmap = useData("reports/heatmap", filters, LIVE);
  const report = useData("reports/workflow", filters, LIVE);
  const told = heatmap.error?.message;
  return html`<${PageHead} title="Phases" lead="Which skill works in which phase of the work, where it gets stuck, and what follows what." />
    <${Heatmap} answer=${heatmap} params=${params} />
    <${Answer} of=${report} told=${told}>
      ${(data) => html`${data.effectiveness.length > 0 &&
        html`<${Bottlenecks} report=${data} />
          <${Transitions} report=${data} order=${heatmap.data?.phases ?? []} />
          <${Effectiveness} report=${data} />`}`}
    <//>
    <${Durations} filters=${filters} following=${LIVE} told=${told} />
    <${Changes} filtered=${isFiltered(params)} following=${LIVE} told=${told} />`;
}
