// The coaching panel: a column for each coaching session in which something waits, and the keys that decide.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { canNotify, wantsNotice } from "../../lib/attention.js";
import { decidedInWords } from "../../lib/desk.js";
import { plural } from "../../lib/format.js";
import { plain } from "../../lib/jsontext.js";
import { LOOK_FIRST, askedBy } from "../../lib/keys.js";
import { announce, Button, Card, Empty, Trouble } from "../../lib/parts.js";
import { useKept } from "../../lib/use.js";
import { PAST } from "../../lib/words.js";
import { Column } from "./column.js";
import { End, Help, History } from "./dialogs.js";
import { Editor } from "./editor.js";
import { lookingAt } from "./hooks.js";
import { Others } from "./others.js";

export function Panel({ desk }) {
  const [chosen, choose] = useState(null);
  const [open, show] = useState(null);
  const [keysOn, switchKeys] = useKept("keys", true);
  const feedback = useRef({});
  const shown = shownSessions(desk, chosen);
  const active = shown.find((one) => one.session_id === chosen) ?? shown.find((one) => desk.waiting(one.session_id).some((suggestion) => suggestion.mode !== "auto")) ?? shown[0] ?? null;
  const underKeys = useUnderKeys(active?.session_id, chosen);

  const act = async (suggestion, decision, given = {}) => {
    if (desk.deciding.has(suggestion.suggestion_id)) return;
    choose(suggestion.session_id);
    const seconds = lookingAt(suggestion.suggestion_id)?.seconds(performance.now());
    const said = feedback.current[suggestion.suggestion_id]?.trim();
    const answer = await desk.decide(suggestion, decision, { ...given, ...(said && { feedback: said }), ...(seconds != null && { seconds }) });
    delete feedback.current[suggestion.suggestion_id];
    announce(decidedInWords(answer, plain));
    requestAnimationFrame(() => document.activeElement === document.body && document.getElementById(`column-${suggestion.session_id}`)?.focus({ preventScroll: true }));
  };
  // A refusal stands in the column of its coaching session; where that is gone, it is told.
  const failed = (id) => (error) => desk.sessions.get(id)?.status === "active" || announce(error.message, "bad");
  const undo = (session) =>
    desk.undo(session.session_id).then(
      ({ undone }) => announce(`Taken back: ${plain(undone.node_id, 60)} of ${plain(session.workflow_id, 60)}, which was ${PAST[undone.decision] ?? "decided"}. It waits again.`),
      failed(session.session_id),
    );
  const turn = (session, what) =>
    desk.turn(session.session_id, what).then(() => announce(`${plain(session.workflow_id, 60)} ${what === "pause" ? "is paused" : "goes on"}.`), failed(session.session_id));
  const doing = {
    decide: (suggestion, decision) => act(suggestion, decision).catch(failed(suggestion.session_id)),
    edit: (suggestion, manual) => show({ what: "edit", suggestion, manual }),
    undo,
    turn,
    end: (session) => show({ what: "end", session }),
    history: (session) => show({ what: "history", session }),
    dismiss: (session) => desk.dismiss(session.session_id),
    stop: (suggestion) => desk.stop(suggestion.suggestion_id),
    say: (suggestion, text) => (feedback.current[suggestion.suggestion_id] = text),
    said: (suggestion) => feedback.current[suggestion.suggestion_id] ?? "",
    choose,
  };
  const press = (asked) => pressed(asked, { desk, shown, active, underKeys, doing, show, choose });
  useKeys((event) => askedBy(event, { on: keysOn, dialog: document.querySelector("dialog[open]") !== null, several: shown.length > 1 }), press);

  const others = [...desk.sessions.values()].filter((one) => !shown.includes(one));
  const count = desk.count;
  return html`<${Card} title="Coaching" note=${count ? `${plural(count, "step waits", "steps wait")} for you` : null}
      actions=${html`<${Notices} /><${Button} kind="plain" hint="?" onClick=${() => show({ what: "help" })}>Keys<//>`}>
      ${desk.error && html`<${Trouble} error=${desk.error} retry=${() => desk.load()} stale=${desk.loaded} />`}
      <p class="hidden" role="status">${count ? `${plural(count, "step waits", "steps wait")} for you` : ""}</p>
      ${shown.length > 0 &&
      html`<div class="sessions">${shown.map(
        (one) => html`<${Column} key=${one.session_id} session=${one} desk=${desk} doing=${doing} active=${one === active} alone=${shown.length === 1} keysOn=${keysOn} />`,
      )}</div>`}
      ${!shown.length && desk.loaded && html`<${Nothing} others=${others.length > 0} />`}
      <${Others} sessions=${others} desk=${desk} doing=${doing} />
    <//>
    ${open?.what === "help" && html`<${Help} close=${() => show(null)} keysOn=${keysOn} switchKeys=${switchKeys} />`}
    ${open?.what === "edit" && html`<${Editor} key=${open.suggestion.suggestion_id} suggestion=${open.suggestion} manual=${open.manual} desk=${desk} save=${act} close=${() => show(null)} />`}
    ${open?.what === "end" && html`<${End} session=${open.session} desk=${desk} close=${() => show(null)} />`}
    ${open?.what === "history" && html`<${History} session=${open.session} undo=${undo} close=${() => show(null)} />`}`;
}

/** The coaching sessions that have a column: those in which something waits, and the one that was chosen. */
function shownSessions(desk, chosen) {
  const ids = new Set([...desk.suggestions.values()].map((one) => one.session_id));
  const known = [...ids].map((id) => desk.sessions.get(id) ?? standIn(desk, id));
  const own = desk.sessions.get(chosen);
  if (own && !ids.has(chosen)) known.push(own);
  return known.filter((one) => one.status === "active").sort((one, other) => (one.started_at < other.started_at ? -1 : 1));
}

/** What is known of a coaching session before it was asked for. */
function standIn(desk, id) {
  const [first] = desk.waiting(id);
  return first.session ?? { session_id: id, workflow_id: first.workflow_id, status: "active", level: first.level, started_at: first.suggested_at, current_step_index: first.step_index, total_steps: 0 };
}

/** Since when a coaching session has been under the keys; of one that was chosen, always. */
function useUnderKeys(active, chosen) {
  const place = useRef({ id: null, since: 0 });
  if (place.current.id !== active) place.current = { id: active, since: active === chosen ? -Infinity : performance.now() };
  return place.current;
}

function useKeys(read, press) {
  const latest = useRef({});
  latest.current = { read, press };
  useEffect(() => {
    const listen = (event) => {
      const asked = latest.current.read(event);
      if (asked && latest.current.press(asked)) event.preventDefault();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}

/** Do what a key asks for; returns whether there was anything to do. */
function pressed(asked, { desk, shown, active, underKeys, doing, show, choose }) {
  if (asked === "help") {
    show({ what: "help" });
    return true;
  }
  if (!active) return false;
  if (asked === "next" || asked === "previous") {
    const place = (shown.indexOf(active) + (asked === "next" ? 1 : shown.length - 1)) % shown.length;
    goTo(shown[place], choose);
    return true;
  }
  if (asked === "undo") {
    doing.undo(active);
    return true;
  }
  const [suggestion] = desk.waiting(active.session_id);
  if (!suggestion) {
    const other = shown.find((one) => desk.waiting(one.session_id).length);
    if (other) goTo(other, choose, " Press the key again to decide it.");
    return Boolean(other);
  }
  if (suggestion.mode === "auto") announce("This step runs by itself, so keys decide nothing of it. Its buttons can stop it.");
  else if (isSettled(suggestion, underKeys)) asked === "correct" ? doing.edit(suggestion, false) : doing.decide(suggestion, asked);
  return true;
}

function goTo(session, choose, more = "") {
  choose(session.session_id);
  announce(`Keys are with ${plain(session.workflow_id, 60)} now.${more}`);
  document.getElementById(`column-${session.session_id}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Nothing is decided by a key that has only just slipped under it, or is not on the screen. */
function isSettled(suggestion, underKeys) {
  const now = performance.now();
  const seen = lookingAt(suggestion.suggestion_id)?.unbroken(now) ?? null;
  if (seen !== null && seen >= LOOK_FIRST && now - underKeys.since >= LOOK_FIRST) return true;
  announce("This step has only just come up, so the key decided nothing. Look at it, then press again.");
  if (seen === null) document.getElementById(`suggestion-${suggestion.suggestion_id}`)?.scrollIntoView({ block: "nearest" });
  return false;
}

function Nothing({ others }) {
  return html`<${Empty} title="Nothing waits for you">
    ${others
      ? "A step shows here at once when an assistant suggests it in one of the coaching sessions below."
      : "A step shows here at once when an assistant that coaches a workflow suggests it. It begins one with coaching_start; ask it to coach something that you do again and again, like a release."}
  <//>`;
}

function Notices() {
  const [kept, keep] = useKept("notify", false);
  if (!canNotify()) return null;
  const on = wantsNotice(kept);
  const turn = async () => {
    if (on) return keep(false);
    const allowed = await Notification.requestPermission();
    keep(allowed === "granted");
    if (allowed !== "granted") announce("The browser does not let this page notify you. Its settings for this page can change that.", "bad");
    return undefined;
  };
  return html`<${Button} kind="plain" aria-pressed=${on ? "true" : "false"} title="Notify me when a step waits while this page is out of sight" onClick=${turn}>${on ? "Notifications on" : "Notify me"}<//>`;
}
