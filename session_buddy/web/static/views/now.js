// Now: what waits for a decision, and what happens in all windows.

import { html } from "../vendor/preact.js";
import { Loading, PageHead } from "../lib/parts.js";
import { Panel } from "./now/panel.js";
import { useDesk } from "./now/hooks.js";
import { Timeline } from "./now/timeline.js";

export default function Now() {
  const desk = useDesk();
  return html`<${PageHead} title="Now" lead="What waits for you, and what happens in all windows as it happens." />
    ${desk.loaded || desk.error ? html`<${Panel} desk=${desk} />` : html`<${Loading} lines=${4} />`}
    <${Timeline} />`;
}
