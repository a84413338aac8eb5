// A suggestion inside of an assistant. What is pressed here goes out as a call of a tool, so it is kept as reported.

import { html, useMemo, useState } from "../../session_buddy/web/static/vendor/preact.js";
import { between } from "../../session_buddy/web/static/lib/difference.js";
import { brief } from "../../session_buddy/web/static/lib/format.js";
import { Badge, Card, Level, Trouble } from "../../session_buddy/web/static/lib/parts.js";
import { PAST } from "../../session_buddy/web/static/lib/words.js";
import { Editor } from "../../session_buddy/web/static/views/now/editor.js";
import { Suggestion } from "../../session_buddy/web/static/views/now/suggestion.js";

export function Panel({ suggestion: told, asked, call, tell }) {
  const suggestion = useMemo(() => whole(told, asked), [told]);
  const [decision, decided] = useState(told.decision ?? null);
  const [editing, edit] = useState(null);
  const [error, fail] = useState(null);
  const [sending, send] = useState(null);
  const [why, say] = useState("");

  /** @throws {Error} the server refuses it; its words are the message. */
  async function save(_, kind, given) {
    send({});
    try {
      const identity = { session_id: suggestion.session_id, suggestion_id: suggestion.suggestion_id };
      const answer = await call("coaching_decide", { ...identity, decision: kind, ...given });
      decided(answer.decision);
      tell(said(suggestion, answer.decision));
    } finally {
      send(null);
    }
  }
  const doing = {
    decide: (_, kind) => {
      fail(null);
      return save(_, kind, why.trim() ? { feedback: why.trim() } : {}).catch(fail);
    },
    edit: (_, manual) => edit({ manual }),
    say: (_, text) => say(text),
    said: () => why,
    stop: () => {},
  };
  const desk = { deciding: new Map(sending ? [[suggestion.suggestion_id, sending]] : []), suggestions: new Map([[suggestion.suggestion_id, suggestion]]) };

  return html`<${Card} title=${suggestion.workflow_id ?? "A step to decide"} actions=${html`<${Level} value=${suggestion.level} />`}>
    ${error && html`<${Trouble} error=${error} />`}
    ${decision
      ? html`<p role="status"><${Badge} kind="info">${PAST[decision.decision]}<//> ${suggestion.node_id} ${decision.feedback ? `“${decision.feedback}”` : ""}</p>`
      : html`<${Suggestion} suggestion=${suggestion} session=${{ total_steps: 0 }} sending=${sending} doing=${doing} keysOn=${false} />`}
    ${editing && !decision && html`<${Editor} suggestion=${suggestion} manual=${editing.manual} desk=${desk} save=${save} close=${() => edit(null)} />`}
    <p class="note">Kept as reported by the assistant. Decisions that count towards AUTO are made on the page (session-buddy dashboard), in a form or in a terminal.</p>
  <//>`;
}

/** What the tool has answered, with what it was asked. */
function whole(told, { node_id, action_type, parameters = {} }) {
  const changes = told.corrections_applied?.length ? between(parameters, told.parameters) : [];
  return { node_id, action_type, suggested_at: new Date().toISOString(), changes, ...told };
}

function said(suggestion, decision) {
  const now = decision.correction ? ` The parameters to use: ${brief(decision.correction, 4_000)}` : "";
  const words = decision.feedback ? ` My words: ${brief(decision.feedback, 400)}` : "";
  return `In the panel, step ${suggestion.step_index + 1} (${suggestion.node_id}) was ${PAST[decision.decision]}; it is recorded. Go on.${now}${words}`;
}
