// A person's decision on a workflow's level.

import { html, useState } from "../../vendor/preact.js";
import { newCall, part, post } from "../../lib/api.js";
import { plain } from "../../lib/jsontext.js";
import { announce, Button, Dialog, Level } from "../../lib/parts.js";
import { Criteria } from "./criteria.js";

const SENTENCE = "I meant these decisions";
const LEVELS = ["OBSERVATION", "COACHING", "AUTO"];
const MEANS = { COACHING: "Its steps are suggested, and you decide each.", AUTO: "Its steps run by themselves. It goes back to COACHING at once when a step is rejected, corrected or fails." };

export function Promote({ data, close, done }) {
  const { workflow_id: id, level, readiness } = data;
  const [typed, type] = useState("");
  const [despite, explain] = useState("");
  const [said, say] = useState("");
  const higher = LEVELS[LEVELS.indexOf(level) + 1];
  const judged = level === "COACHING";
  const unready = judged && readiness.state === "not ready";
  const unsure = judged && readiness.state === "needs confirmation";
  const missing = [typed !== id && "the workflow’s name", unready && !despite.trim() && "a reason", unsure && said !== SENTENCE && "the sentence"].filter(Boolean);
  const body = { name: typed, ...(unready && { despite: despite.trim() }), ...(unsure && { confirmed: said }), expected: level };
  return html`<${Dialog} wide title=${`Promote to ${higher}`} close=${close}>
    <${Form} path=${`workflows/${part(id)}/promote`} body=${body} missing=${missing} action=${`Promote to ${higher}`} close=${close} done=${done}>
      <p><bdi>${plain(id, 200)}</bdi> is at <${Level} value=${level} />. ${MEANS[higher]} This is on record.</p>
      <${Criteria} readiness=${readiness} />
      ${unready &&
      html`<p class="trouble">It is not ready. It can be promoted all the same, with a reason, which is kept.</p>
        <label>Reason to promote it despite that<input required value=${despite} maxlength="500" onInput=${(event) => explain(event.target.value)} /></label>`}
      ${unsure &&
      html`<p class="trouble">The decisions were made quickly. If they were meant all the same, say so in words.</p>
        <label>Type “${SENTENCE}”<input required value=${said} autocomplete="off" onInput=${(event) => say(event.target.value.trim())} /></label>`}
      <label>Type the workflow’s name, ${plain(id, 200)}, to promote it<input required value=${typed} autocomplete="off" spellcheck=${false} onInput=${(event) => type(event.target.value)} /></label>
    <//>
  <//>`;
}

export function Demote({ data, close, done }) {
  const { workflow_id: id, level } = data;
  const lower = LEVELS.slice(0, LEVELS.indexOf(level)).reverse();
  const [to, choose] = useState(lower[0]);
  const [reason, explain] = useState("");
  const body = { to, ...(reason.trim() && { reason: reason.trim() }) };
  return html`<${Dialog} title=${`Demote from ${level}`} close=${close}>
    <${Form} path=${`workflows/${part(id)}/demote`} body=${body} missing=${[]} action=${`Demote to ${to}`} close=${close} done=${done}>
      <p>Nothing is needed to demote <bdi>${plain(id, 200)}</bdi>. It can be promoted again later.</p>
      ${lower.length > 1 && html`<label>To<select value=${to} onChange=${(event) => choose(event.target.value)}>${lower.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select></label>`}
      <label>Reason (optional)<input value=${reason} maxlength="500" onInput=${(event) => explain(event.target.value)} /></label>
    <//>
  <//>`;
}

/** Sends what was said; what the server refuses stands in place, and nothing is lost. */
function Form({ path, body, missing, action, close, done, children }) {
  const [sending, send] = useState(false);
  const [trouble, fail] = useState(null);
  const [call] = useState(newCall);
  const submit = async (event) => {
    event.preventDefault();
    if (missing.length || sending) return;
    send(true);
    fail(null);
    try {
      const made = await post(path, body, call);
      announce(`${plain(made.workflow_id, 60)} is at ${made.level} now.`);
      done();
      close();
    } catch (error) {
      fail(error);
      send(false);
    }
  };
  return html`<form class="stack" onSubmit=${submit}>
    ${children}
    ${trouble && html`<div class="trouble" role="alert"><p>${trouble.message}</p></div>`}
    ${missing.length > 0 && html`<p class="note">Still missing: ${missing.join(" and ")}.</p>`}
    <div class="actions"><button class="main" disabled=${sending || missing.length > 0}>${sending ? "Sending…" : action}</button><${Button} onClick=${close}>Cancel<//></div>
  </form>`;
}
