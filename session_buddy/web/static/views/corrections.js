import { html } from "../vendor/preact.js";
import { Empty, PageHead } from "../lib/parts.js";

export default function View() {
  return html`<${PageHead} title="corrections" /><${Empty} title="Nothing here yet" />`;
}
