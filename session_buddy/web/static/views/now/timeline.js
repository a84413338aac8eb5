// What happens in all windows, one line for each event, the newest first.

import { Component, html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { get } from "../../lib/api.js";
import { count, moment, plural, stampOf } from "../../lib/format.js";
import { Badge, Button, Card, Empty, Loading, Trouble } from "../../lib/parts.js";
import { MOST, Stream } from "../../lib/stream.js";
import { useConnection, useEvents, useNow } from "../../lib/use.js";
import { badgeOf, GROUPS, inWords, tone } from "../../lib/words.js";

const BETWEEN = 40;
// More than is shown, so that each group has some.
const PAST = 200;
const RELOAD = ["reset", "summary"];

export function Timeline() {
  const { stream, loaded, error, fresh, load } = useStream();
  const [group, choose] = useState("");
  const [held, hold] = useState(null);
  const today = new Date(useNow(60)).toDateString();
  const rows = (held ?? stream).rows(group);
  const missed = held ? fresh() - held.at : 0;
  return html`<${Card} title="Timeline" note=${`The latest ${MOST} at most.`} actions=${html`
      <label class="inline">Show <select value=${group} onChange=${(event) => choose(event.target.value)}>
        <option value="">everything</option>
        ${GROUPS.map((one) => html`<option key=${one.name} value=${one.name}>${one.label}</option>`)}
      </select></label>
      <${Button} aria-pressed=${held ? "true" : "false"} onClick=${() => hold(held ? null : frozen(stream, fresh()))}>${held ? "Go on" : "Hold still"}<//>
      ${held && html`<span class="note">${missed ? `${plural(missed, "new event")}` : "nothing new yet"}</span>`}`}>
    ${error && html`<${Trouble} error=${error} retry=${load} stale=${rows.length > 0} />`}
    ${!rows.length && !loaded && !error && html`<${Loading} lines=${5} />`}
    ${!rows.length && loaded && html`<${Nothing} group=${group} />`}
    ${rows.length > 0 && html`<ol class="timeline" tabindex="0" aria-live="off" aria-label="Events, the newest first">${rows.map((row) => html`<${Row} key=${row.key} event=${row.event} today=${today} />`)}</ol>`}
  <//>`;
}

/** The events so far, drawn anew at most every 40 ms however many come. */
function useStream() {
  const own = useRef(null);
  own.current ??= { stream: new Stream(), taken: 0, drawn: 0, waiting: 0 };
  const [state, set] = useState({ loaded: false, error: null });
  const [, draw] = useState(0);
  const soon = () => {
    const now = own.current;
    if (now.waiting) return;
    now.waiting = setTimeout(
      () => {
        now.waiting = requestAnimationFrame(() => {
          now.waiting = 0;
          now.drawn = performance.now();
          draw(now.taken);
        });
      },
      Math.max(0, now.drawn + BETWEEN - performance.now()),
    );
  };
  const load = (clear = false) =>
    get("events/recent", { limit: PAST }).then(
      ({ events }) => {
        if (clear) own.current.stream.clear();
        own.current.stream.addPast(events);
        set({ loaded: true, error: null });
      },
      (error) => set((before) => ({ ...before, error })),
    );
  useEffect(() => {
    load();
    return () => clearTimeout(own.current.waiting);
  }, []);
  const connection = useConnection();
  useEffect(() => {
    if (connection === "live" && state.error) load();
  }, [connection]);
  useEvents((event) => {
    if (RELOAD.includes(event.kind)) load(event.kind === "reset");
    else if (event.kind === "hub" && event.state === "connected") load();
    else if (own.current.stream.add(event)) {
      own.current.taken += 1;
      soon();
    }
  });
  return { stream: own.current.stream, ...state, fresh: () => own.current.taken, load };
}

/** The stream as it is now. */
function frozen(stream, at) {
  const kept = new Map(["", ...GROUPS.map((one) => one.name)].map((name) => [name, [...stream.rows(name)]]));
  return { at, rows: (name) => kept.get(name) };
}

/** Drawn once: an event never changes. Its time does when the day is over. */
class Row extends Component {
  shouldComponentUpdate(next) {
    return next.event !== this.props.event || next.today !== this.props.today;
  }

  render({ event }) {
    return html`<li><time datetime=${event.at} title=${moment(event.at)}>${stampOf(event.at)}</time><span><${Badge} kind=${tone(event)}>${badgeOf(event)}<//></span><span class="what" dir="auto">${inWords(event)}</span></li>`;
  }
}

const Nothing = ({ group }) =>
  group
    ? html`<${Empty} title="None of these lately">Choose “everything” to see what else happened.<//>`
    : html`<${Empty} title="Nothing has happened yet">Events come by themselves as soon as an assistant with session_buddy uses a skill in any window. “session-buddy install” in a terminal enters it for an assistant, where that has not been done.<//>`;
