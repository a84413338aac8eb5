// The panel and the report inside of an assistant: connects with the host, and draws what a tool has answered.

import { App, applyDocumentTheme, applyHostFonts, applyHostStyleVariables } from "@modelcontextprotocol/ext-apps";
import { html, render } from "../../session_buddy/web/static/vendor/preact.js";
import { Empty, Loading, Trouble } from "../../session_buddy/web/static/lib/parts.js";
import { Panel } from "./panel.js";
import { Report } from "./report.js";

const place = document.getElementById("app");
const app = new App({ name: "session_buddy", version: "1" }, {}, { autoResize: true });
let asked = {};

const draw = (view) => render(view, place);

/** What a tool of the server answers. @returns {Promise<object>} */
async function call(name, given) {
  const answer = await app.callServerTool({ name, arguments: given });
  if (answer.isError) throw new Error(answer.content.map((one) => one.text ?? "").join(" "));
  return answer.structuredContent ?? {};
}

/** Let the assistant know what the person has done here, and go on. */
async function tell(text) {
  const message = { role: "user", content: [{ type: "text", text }] };
  await app.sendMessage(message).catch(() => app.updateModelContext({ content: message.content }).catch(() => {}));
}

function show(answer) {
  const data = answer.structuredContent;
  if (answer.isError) return draw(html`<${Trouble} error=${new Error(answer.content.map((one) => one.text ?? "").join(" "))} />`);
  if (data?.suggestion_id) return draw(html`<${Panel} key=${data.suggestion_id} suggestion=${data} asked=${asked} call=${call} tell=${tell} />`);
  if (data?.effectiveness) return draw(html`<${Report} report=${data} />`);
  return draw(html`<${Empty} title="Nothing to show">The answer is in the conversation.<//>`);
}

/** While a call waits for a decision, its suggestion can be decided here already. */
async function wait() {
  if (!asked.wait_seconds || !asked.session_id) return;
  for (let tries = 0; tries < 20; tries += 1) {
    const { session } = await call("coaching_status", { session_id: asked.session_id }).catch(() => ({}));
    const found = session?.pending?.find((one) => one.node_id === asked.node_id && one.action_type === asked.action_type);
    if (found) return show({ structuredContent: { ...found, level: session.level } });
    await new Promise((done) => setTimeout(done, 250));
  }
}

function dress(context) {
  if (context?.theme) applyDocumentTheme(context.theme);
  if (context?.styles?.variables) applyHostStyleVariables(context.styles.variables);
  if (context?.styles?.css?.fonts) applyHostFonts(context.styles.css.fonts);
}

app.ontoolinput = ({ arguments: given }) => {
  asked = given ?? {};
  wait();
};
app.ontoolresult = show;
app.onhostcontextchanged = dress;

draw(html`<${Loading} />`);
app.connect().then(
  () => dress(app.getHostContext()),
  () => draw(html`<${Empty} title="This is shown by an assistant">Run session-buddy dashboard for the page.<//>`),
);
