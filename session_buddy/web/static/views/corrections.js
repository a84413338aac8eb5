// Corrections: what each workflow has learned from them, what became of it, and sharing it.

import { html } from "../vendor/preact.js";
import { count, plural } from "../lib/format.js";
import { plain } from "../lib/jsontext.js";
import { Answer, Card, Empty, PageHead, Table } from "../lib/parts.js";
import { href } from "../lib/router.js";
import { useData } from "../lib/use.js";
import { Import } from "./corrections/importing.js";
import { Pack } from "./corrections/pack.js";

const ON = ["corrected", "switched", "undone"];

const COLUMNS = [
  { name: "name", label: "Workflow", sort: (one) => one.workflow_id.toLowerCase(), cell: (one) => html`<a href=${href("corrections", one.workflow_id)} title=${plain(one.workflow_id, 2_000)}><bdi>${plain(one.workflow_id)}</bdi></a>` },
  { name: "items", label: "Corrections", numeric: true, sort: (one) => one.items, cell: (one) => count(one.items) },
];

export default function Corrections({ name }) {
  if (name) return html`<${PageHead} title=${`Corrections of ${plain(name, 80)}`} lead=${html`<a href=${href("corrections")}>All workflows</a>`} /><${Pack} key=${name} name=${name} />`;
  return html`<${PageHead} title="Corrections" lead="What your corrections have taught, applied to later suggestions." /><${All} />`;
}

function All() {
  const found = useData("packs", {}, { on: ON });
  return html`<${Answer} of=${found} isEmpty=${(data) => !data.packs.length} empty=${html`<${Empty} title="Nothing was corrected yet">Correct a suggestion, under Now: what you change is kept here and applied to later ones like it. A pack that somebody has shared can be imported below.<//>`}>
      ${(data) => html`<${Card} title="Packs" note=${plural(data.packs.length, "workflow")}><${Table} caption="Packs of corrections" columns=${COLUMNS} rows=${data.packs} keyOf=${(one) => one.workflow_id} start=${{ name: "items", down: true }} /><//>`}
    <//>
    <${Import} done=${found.reload} />`;
}
