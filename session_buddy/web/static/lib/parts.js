// What all views are made of.

import { Component, html, useEffect, useId, useRef, useState } from "../vendor/preact.js";
import { count, moment, percent, since } from "./format.js";
import { line, plain } from "./jsontext.js";
import { useNow } from "./use.js";
import { mayPass } from "./api.js";

export { Name } from "./name.js";

/** Class names without the empty ones. */
export const classes = (...names) => names.filter(Boolean).join(" ");

/** A framed part of a view with its heading. `actions` stand beside the heading. */
export function Card({ title, note, actions, children, id, level = 2, className = "" }) {
  const own = useId();
  const heading = id ?? own;
  return html`<section class=${classes("card", className)} aria-labelledby=${title ? heading : undefined}>
    ${(title || actions) &&
    html`<div class="card-head">
      <div>${title && html`<${`h${level}`} id=${heading}>${title}<//>`}${note && html`<p class="note">${note}</p>`}</div>
      ${actions && html`<div class="actions">${actions}</div>`}
    </div>`}
    ${children}
  </section>`;
}

/** The heading of a view. `tab` names the view in the browser where the title is more than text. */
export function PageHead({ title, tab = title, lead, children }) {
  useEffect(() => {
    document.title = `${tab.slice(0, 80)} · session_buddy`;
  }, [tab]);
  return html`<header class="page-head">
    <div><h1 tabindex="-1">${title}</h1>${lead && html`<p class="lead">${lead}</p>`}</div>
    ${children && html`<div class="actions">${children}</div>`}
  </header>`;
}

/**
 * What a view shows of a question (see `useData`): that it loads, what went wrong, that there is nothing, or the answer.
 * `told` is a message that stands on the view already.
 */
export function Answer({ of, empty, isEmpty = () => false, told, children }) {
  const news = of.error && of.error.message !== told;
  if (of.error && !of.data) return news && html`<${Trouble} error=${of.error} retry=${of.reload} />`;
  if (!of.data) return html`<${Loading} />`;
  return html`${news && html`<${Trouble} error=${of.error} retry=${of.reload} stale />`}
  ${isEmpty(of.data) ? empty : children(of.data)}`;
}

export const Loading = ({ lines = 3 }) =>
  html`<div class="loading" role="status"><span class="hidden">Loading…</span>
    ${Array.from({ length: lines }, () => html`<div class="bone" aria-hidden="true"></div>`)}
  </div>`;

export const Trouble = ({ error, retry, stale }) =>
  html`<div class="trouble" role="alert">
    <p>${error.message}</p>
    ${stale && html`<p class="note">What stands below is from before.</p>`}
    ${retry && mayPass(error) && html`<button type="button" onClick=${retry}>Try again</button>`}
  </div>`;

/** That there is nothing yet, and what brings something here. */
export const Empty = ({ title, children }) =>
  html`<div class="empty"><p class="empty-title">${title}</p>${children && html`<p>${children}</p>`}</div>`;

/** A button; `hint` is the key that does the same. */
export const Button = ({ children, hint, kind = "", ...others }) =>
  html`<button type="button" class=${kind} ...${others}>${children}${hint && html`<kbd aria-hidden="true">${hint}</kbd>`}</button>`;

export const Badge = ({ kind = "", children }) => html`<span class=${classes("badge", kind)}>${children}</span>`;

const OUTCOMES = { completed: "good", failed: "bad", abandoned: "warn", open: "" };
export const Outcome = ({ value }) => html`<${Badge} kind=${OUTCOMES[value] ?? ""}>${value}<//>`;

const LEVELS = { OBSERVATION: "", COACHING: "info", AUTO: "good" };
export const Level = ({ value }) => html`<${Badge} kind=${LEVELS[value] ?? ""}>${value}<//>`;

/** When something was: how long ago, with the whole date at hand. */
export function Time({ at }) {
  const now = useNow();
  return at ? html`<time datetime=${at} title=${moment(at)}>${since(at, now)}</time>` : "–";
}

/** A value (0 to `most`) as a bar, with a mark where it must come to. `text` says it in words. */
export function Meter({ value, most = 1, bar, met, text, label }) {
  const at = (part) => `${100 * Math.max(0, Math.min(1, (part ?? 0) / most))}%`;
  return html`<div class="meter" role="img" aria-label=${`${label ? `${label}: ` : ""}${text}`}>
    <div class=${classes("meter-fill", met === true && "good", met === false && "warn")} style=${{ width: at(value) }}></div>
    ${bar != null && html`<div class="meter-bar" style=${{ left: at(bar) }}></div>`}
  </div>`;
}

/** A percentage (0 to 100, or null) with its bar and of how many it is. */
export const Rate = ({ value, of, label }) =>
  html`<span class="rate"><span class="rate-text">${percent(value)}</span>
    ${value != null && html`<${Meter} value=${value} most=${100} text=${percent(value)} label=${label ?? "completed"} />`}
    ${of != null && html`<span class="note">of ${count(of)}</span>`}</span>`;

/** Numbers over time as a small line; `label` says what they are. */
export function Sparkline({ values, label, width = 96, height = 24 }) {
  const most = Math.max(1, ...values);
  const x = (index) => 2 + (index * (width - 4)) / Math.max(1, values.length - 1);
  const y = (value) => height - 3 - (value / most) * (height - 6);
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  const end = values.length - 1;
  return html`<svg class="spark" viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} role="img" aria-label=${`${label}: ${values.join(", ")}`}>
    <polyline points=${points.join(" ")} fill="none" />
    ${end >= 0 && html`<circle cx=${x(end)} cy=${y(values[end])} r="2" />`}
  </svg>`;
}

/**
 * A table that is sorted by the heading that is pressed. Columns: {name, label, cell(row), sort?(row), up?, numeric?, wide?};
 * `up` ones begin with the lowest.
 * On a narrow screen each row becomes a block with the labels beside the values.
 */
export function Table({ caption, columns, rows, keyOf, start, onRow, most = 100 }) {
  const [order, setOrder] = useState(start ?? null);
  const [shown, show] = useState(most);
  const column = order && columns.find((one) => one.name === order.name);
  const sorted = column?.sort ? [...rows].sort(compare(column.sort, order.down)) : rows;
  const turn = ({ name, up = false }) => setOrder((before) => ({ name, down: before?.name === name ? !before.down : !up }));
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${caption}>
      <table>
        <caption class="hidden">${caption}</caption>
        <thead><tr>${columns.map((one) => html`<${Heading} key=${one.name} column=${one} order=${order} turn=${turn} />`)}</tr></thead>
        <tbody>
          ${sorted.slice(0, shown).map(
            (row, index) => html`<tr key=${keyOf ? keyOf(row) : index} class=${onRow ? "pressable" : ""} onClick=${onRow && (() => onRow(row))}>
              ${columns.map((one) => html`<td key=${one.name} data-label=${one.label} class=${classes(one.numeric && "numeric", one.wide && "wide")}><div>${one.cell(row)}</div></td>`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${sorted.length > shown &&
    html`<p class="more"><${Button} onClick=${() => show(shown + most)}>Show more (${count(sorted.length - shown)})<//></p>`}`;
}

function Heading({ column, order, turn }) {
  const own = order?.name === column.name;
  const sorted = own ? (order.down ? "descending" : "ascending") : "none";
  return html`<th scope="col" class=${column.numeric ? "numeric" : ""} aria-sort=${column.sort ? sorted : undefined}>
    ${column.sort
      ? html`<button type="button" class="sort" onClick=${() => turn(column)}>${column.label}<span aria-hidden="true">${own ? (order.down ? " ↓" : " ↑") : ""}</span></button>`
      : column.label}
  </th>`;
}

const compare = (value, down) => (a, b) => {
  const [x, y] = [value(a), value(b)];
  if (x == null || y == null) return (x == null) - (y == null);
  return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
};

/** A readable difference: [{op, path, before?, after?, from?}]. A `before` that is not there is not known. */
export function Difference({ changes, label = "Changes" }) {
  if (!changes?.length) return html`<p class="note">No difference.</p>`;
  return html`<ul class="difference" aria-label=${label}>
    ${changes.map(
      (one, place) => html`<li key=${`${place} ${one.op} ${one.path}`}>
        <code class="path">${plain(one.path, 300) || "everything"}</code>
        ${one.op !== "add" && "before" in one && html`<del><span class="hidden">was </span>${line(one.before)}</del>`}
        ${one.from !== undefined && html`<span class="note">${one.op === "move" ? "moved" : "copied"} from</span><code class="path">${plain(one.from, 300)}</code>`}
        ${one.op !== "remove" && "after" in one && html`<ins><span class="hidden">is now </span>${line(one.after)}</ins>`}
        ${one.op === "remove" && html`<span class="note">taken out</span>`}
      </li>`,
    )}
  </ul>`;
}

/** A dialog in front of everything. `close` is called when it is closed; `leave` is asked first, where something could be lost. */
export function Dialog({ title, close, leave = close, children, wide }) {
  const frame = useRef(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    frame.current.showModal();
    return () => before?.focus?.();
  }, []);
  const escape = (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    leave();
  };
  return html`<dialog ref=${frame} class=${wide ? "wide" : ""} aria-labelledby=${heading} onClose=${close} onKeyDown=${escape} onClick=${(event) => event.target === frame.current && leave()}>
    <div class="dialog-head"><h2 id=${heading}>${title}</h2><${Button} kind="plain" aria-label="Close" onClick=${leave}>✕<//></div>
    ${children}
  </dialog>`;
}

/** Told to screen readers, and shown for a moment. */
let announceNow = () => {};
export const announce = (text, kind = "") => announceNow(text, kind);

export function Announcer() {
  const [said, say] = useState([]);
  useEffect(() => {
    announceNow = (text, kind) => {
      const id = Math.random();
      say((before) => [...before.slice(-3), { id, text, kind }]);
      setTimeout(() => say((before) => before.filter((one) => one.id !== id)), kind === "bad" ? 12_000 : 5_000);
    };
  }, []);
  return html`<div class="announcer" role="status" aria-live="polite">
    ${said.map((one) => html`<p key=${one.id} class=${one.kind}>${one.text}</p>`)}
  </div>`;
}

/** A view that fails shows so, and the rest of the page stays. */
export class Fence extends Component {
  constructor() {
    super();
    this.state = { error: null, at: null };
  }

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidUpdate(before) {
    if (before.at !== this.props.at && this.state.error) this.setState({ error: null });
  }

  render() {
    if (!this.state.error) return this.props.children;
    return html`<${Trouble} error=${new Error(`This part of the page cannot be drawn (${this.state.error.message}). Nothing was lost.`)} retry=${() => this.setState({ error: null })} />`;
  }
}
