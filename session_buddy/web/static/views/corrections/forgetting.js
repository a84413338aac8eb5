// Forgetting a correction, after it was named.

import { html, useState } from "../../vendor/preact.js";
import { part, remove } from "../../lib/api.js";
import { plain } from "../../lib/jsontext.js";
import { announce, Button, Dialog, Difference } from "../../lib/parts.js";

export function Forget({ path, item, workflow, close, done }) {
  const [trouble, fail] = useState(null);
  const [sending, send] = useState(false);
  const submit = async () => {
    send(true);
    try {
      await remove(`${path}/items/${part(item.item_id)}`);
      announce("The correction is forgotten.");
      done();
      close();
    } catch (error) {
      fail(error);
      send(false);
    }
  };
  return html`<${Dialog} title="Forget this correction?" close=${close}>
    <div class="stack">
      <p>${workflow}, <bdi>${plain(item.node_id, 100)}</bdi>, ${plain(item.action_type, 60)}:</p>
      <${Difference} changes=${item.changes} />
      <p class="note">Its record is lost. It comes back when the same is corrected again. To keep it and not apply it, switch it off.</p>
      ${trouble && html`<div class="trouble" role="alert"><p>${trouble.message}</p></div>`}
      <div class="actions"><${Button} kind="bad" disabled=${sending} onClick=${submit}>Forget it<//><${Button} onClick=${close}>Keep it<//></div>
    </div>
  <//>`;
}
