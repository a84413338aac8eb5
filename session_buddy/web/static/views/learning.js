// Learning: how far each workflow has come, and what it still needs.

import { html } from "../vendor/preact.js";
import { PageHead } from "../lib/parts.js";
import { plain } from "../lib/jsontext.js";
import { href } from "../lib/router.js";
import { Overall } from "./learning/overall.js";
import { Workflow } from "./learning/workflow.js";

export default function Learning({ name }) {
  if (!name) return html`<${PageHead} title="Learning" lead="What each workflow has earned: observed, coached, or run by itself." /><${Overall} />`;
  return html`<${PageHead} title=${plain(name, 80)} lead=${html`<a href=${href("learning")}>All workflows</a>`} /><${Workflow} key=${name} name=${name} />`;
}
