// The corrections of one workflow.

import { html, useState } from "../../vendor/preact.js";
import { download, part, post } from "../../lib/api.js";
import { plural } from "../../lib/format.js";
import { plain } from "../../lib/jsontext.js";
import { announce, Answer, Button, Card, Empty, Trouble } from "../../lib/parts.js";
import { useData } from "../../lib/use.js";
import { Forget } from "./forgetting.js";
import { Import } from "./importing.js";
import { Item } from "./item.js";

const ON = ["corrected", "switched", "decided", "undone", "suggested"];
const AT_FIRST = 50;

export function Pack({ name }) {
  const path = `packs/${part(name)}`;
  const following = { on: ON, every: 1_000, wanted: (event) => !event.workflow_id || event.workflow_id === name };
  const found = useData(path, {}, following);
  const history = useData(`${path}/history`, {}, { ...following, every: 5_000 });
  const [forgetting, forget] = useState(null);
  const [refused, refuse] = useState({});
  const [shown, show] = useState(AT_FIRST);
  const [unsaved, tell] = useState(null);
  const save = () => download(`${path}/export`, `${name}.pack.json`).then(() => tell(null), tell);
  const days = new Map((history.data?.items ?? []).map((one) => [one.item_id, one.days]));
  const turn = async (item, on) => {
    refuse({});
    try {
      await post(`${path}/items/${part(item.item_id)}/switch`, { on });
      announce(on ? "Switched on: it is applied." : "Switched off: it is kept, and not applied.");
    } catch (error) {
      refuse({ [item.item_id]: error.message });
    }
    found.reload();
  };
  return html`<${Answer} of=${found} isEmpty=${(data) => !data.items.length} empty=${html`<${Empty} title="No correction is known of this workflow">Correct one of its suggestions under Now, or import a pack below.<//>`}>${(data) => html`
      <${Card} title="What was learned" note=${plural(data.items.length, "correction")} actions=${html`<${Button} onClick=${save}>Export<//>`}>
        ${unsaved && html`<${Trouble} error=${unsaved} retry=${save} />`}
        <ul class="items">${data.items.slice(0, shown).map(
          (one) => html`<${Item} key=${one.item_id} item=${one} days=${days.get(one.item_id)} refused=${refused[one.item_id]} turn=${turn} forget=${forget} />`,
        )}</ul>
        ${data.items.length > shown && html`<p class="more"><${Button} onClick=${() => show(shown + AT_FIRST)}>Show more (${data.items.length - shown})<//></p>`}
      <//>`}<//>
    <${Import} workflow=${name} done=${found.reload} />
    ${forgetting && html`<${Forget} path=${path} item=${forgetting} workflow=${plain(name, 60)} close=${() => forget(null)} done=${found.reload} />`}`;
}
