// Importing a pack that somebody has shared.

import { html, useRef, useState } from "../../vendor/preact.js";
import { part, postText } from "../../lib/api.js";
import { count } from "../../lib/format.js";
import { plain } from "../../lib/jsontext.js";
import { workflowOfPack } from "../../lib/packfile.js";
import { Button, Card, classes } from "../../lib/parts.js";
import { href } from "../../lib/router.js";

/** `workflow` is the one that the pack has to be of; without it, the pack says. */
export function Import({ workflow, done }) {
  const [over, hover] = useState(false);
  const [state, set] = useState(null);
  const choice = useRef(null);
  const take = async (file) => {
    if (!file) return;
    set({ working: true, name: file.name });
    try {
      const text = await file.text();
      const own = workflowOfPack(text, file.size, workflow);
      set({ name: file.name, told: await postText(`packs/${part(own)}/import`, text) });
      done();
    } catch (error) {
      set({ name: file.name, error });
    }
  };
  const drop = (event) => {
    event.preventDefault();
    hover(false);
    take(event.dataTransfer.files[0]);
  };
  return html`<${Card} title="Import a pack" note="A JSON file that was exported here or elsewhere. Importing it twice changes nothing.">
    <div class=${classes("drop", over && "over")} onDragOver=${(event) => {
        event.preventDefault();
        hover(true);
      }} onDragLeave=${() => hover(false)} onDrop=${drop}>
      <input ref=${choice} class="hidden" type="file" accept=".json,application/json" tabindex="-1" aria-label="Pack to import" onChange=${(event) => {
        take(event.target.files[0]);
        event.target.value = "";
      }} />
      <p>Drop a file here, or <${Button} disabled=${state?.working} onClick=${() => choice.current.click()}>Choose a file<//></p>
    </div>
    <div role="status">${state && html`<${Result} state=${state} />`}</div>
  <//>`;
}

function Result({ state }) {
  const name = plain(state.name, 80);
  if (state.working) return html`<p>Importing ${name}…</p>`;
  if (state.error) return html`<div class="trouble"><p>${name} was not imported. ${state.error.message}</p></div>`;
  const { workflow_id: id, imported, updated, unchanged, waiting } = state.told;
  return html`<p>${name}: ${count(imported)} imported, ${count(updated)} updated, ${count(unchanged)} unchanged, of <a href=${href("corrections", id)}><bdi>${plain(id, 80)}</bdi></a>.${waiting ? ` ${count(waiting)} of them ${waiting === 1 ? "is" : "are"} not applied until you switch each on.` : ""}</p>`;
}
