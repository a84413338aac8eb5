// The parameters of a step, corrected as JSON.

import { html, useEffect, useId, useMemo, useRef, useState } from "../../vendor/preact.js";
import { between } from "../../lib/difference.js";
import { losesDigits, plain, readObject, written } from "../../lib/jsontext.js";
import { Button, Dialog, Difference } from "../../lib/parts.js";

export function Editor({ suggestion, manual, desk, save, close }) {
  const first = useMemo(() => written(suggestion.parameters ?? {}), []);
  const [text, type] = useState(first);
  const [why, explain] = useState("");
  const [trouble, fail] = useState(null);
  const [asking, ask] = useState(false);
  const read = useMemo(() => readObject(text), [text]);
  const changes = useMemo(() => ("value" in read ? between(suggestion.parameters ?? {}, read.value) : null), [read]);
  const sending = desk.deciding.get(suggestion.suggestion_id);
  const gone = !sending && !desk.suggestions.has(suggestion.suggestion_id);
  const unchanged = changes?.length === 0;
  const wrong = "message" in read;
  const ready = !wrong && !sending && (manual || !unchanged);
  const [field, help] = [useRef(null), useId()];
  useEffect(() => field.current.focus(), []);

  const submit = async () => {
    if (!ready) return;
    fail(null);
    const given = { ...(unchanged ? {} : { correction: read.value }), ...(why.trim() && { feedback: why.trim() }) };
    try {
      await save(suggestion, manual ? "manual" : "correct", given);
      close();
    } catch (error) {
      fail(error);
    }
  };
  const leave = () => (text !== first || why ? ask(true) : close());
  const keys = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  };
  return html`<${Dialog} wide title=${manual ? "Done by hand, with these parameters" : "Correct the parameters"} close=${close} leave=${leave}>
    <div class="stack" onKeyDown=${keys}>
      <p class="note"><bdi>${plain(suggestion.workflow_id, 60)}</bdi>: <bdi>${plain(suggestion.node_id, 60)}</bdi>, ${plain(suggestion.action_type, 60)}. ${manual ? "Write the parameters that you used." : "Write the parameters as they should be; what you change is learned for later suggestions."}</p>
      ${losesDigits(suggestion.parameters) && html`<p class="trouble">These parameters hold a number with more digits than a browser keeps. Corrected here, it would be changed: reject the step and say why, or let the assistant report the correction.</p>`}
      ${gone && html`<p class="trouble" role="alert">This step was decided meanwhile. What you wrote is still here; copy it if you need it.</p>`}
      <label>Parameters (JSON)
        <textarea ref=${field} rows="14" spellcheck=${false} autocomplete="off" autocapitalize="off" value=${text} aria-invalid=${wrong ? "true" : "false"} aria-describedby=${help} onInput=${(event) => type(event.target.value)}></textarea></label>
      <div id=${help} class="tight" role="status">
        ${wrong
          ? html`<p class="wrong">Line ${read.line}, column ${read.column}: ${read.message}</p>`
          : unchanged
            ? html`<p class="note">${manual ? "The parameters are those that were suggested." : "Nothing is changed yet. To use the parameters as they are, accept the suggestion."}</p>`
            : html`<${Difference} changes=${changes} label="What you change" />`}
      </div>
      <label>Why (optional)<input value=${why} maxlength="2000" onInput=${(event) => explain(event.target.value)} /></label>
      ${trouble && html`<div class="trouble" role="alert"><p>${trouble.message}</p></div>`}
      ${sending && html`<p role="status" class="note">${sending.trouble ? `Not sent yet. ${sending.trouble} It is sent again by itself.` : "Sending…"}</p>`}
      ${asking
        ? html`<div class="trouble" role="alert"><p>Leave, and lose what you wrote?</p><div class="actions"><${Button} kind="bad" onClick=${close}>Leave<//><${Button} onClick=${() => ask(false)}>Go on writing<//></div></div>`
        : html`<div class="actions">
            <${Button} kind="main" hint="Ctrl ↵" disabled=${!ready} onClick=${submit}>${manual ? "Save as done by hand" : "Save the correction"}<//>
            <${Button} hint="Esc" onClick=${leave}>Cancel<//>
          </div>`}
    </div>
  <//>`;
}
