// Charts: each says in words and numbers what it draws.

import { html, useMemo } from "../vendor/preact.js";
import { count, dayOf, duration, plural, share } from "./format.js";
import { diverging, portions, timeAxis } from "./layout.js";
import { classes, Name } from "./parts.js";

const at = (part) => `${(100 * part).toFixed(2)}%`;

/** Shares of a whole as one bar, with each part in words below. Parts: {name, value, kind}. */
export function StackedBar({ parts, label }) {
  const shown = portions(parts);
  if (!shown.length) return html`<p class="note">Nothing to show yet.</p>`;
  return html`<div class="stacked">
    <div class="stacked-bar" role="img" aria-label=${`${label}: ${shown.map((one) => `${one.name} ${one.value}`).join(", ")}`}>
      ${shown.map((one) => html`<span key=${one.name} class=${classes("stacked-part", one.kind)} style=${{ width: at(one.share) }}></span>`)}
    </div>
    <ul class="legend">
      ${shown.map((one) => html`<li key=${one.name}><span class=${classes("swatch", one.kind)} aria-hidden="true"></span>${one.name} <b>${count(one.value)}</b> <span class="note">${share(one.share)}</span></li>`)}
    </ul>
  </div>`;
}

/** What adds up to a value, each part beside the same zero. Parts: {name, value, note}. */
export function SignedBars({ parts, label }) {
  const { zero, bars } = diverging(parts.map((part) => part.value));
  const digits = digitsOf(parts);
  return html`<ul class="signed" aria-label=${label}>
    ${parts.map(
      (part, index) => html`<li key=${part.name}>
        <span class="signed-name">${part.name}</span>
        <span class="signed-track" aria-hidden="true">
          <span class=${classes("signed-bar", part.value < 0 && "less")} style=${{ left: at(bars[index].start), width: at(bars[index].width) }}></span>
          <span class="signed-zero" style=${{ left: at(zero) }}></span>
        </span>
        <span class="signed-value">${signed(part.value, digits)}</span>
        ${part.note && html`<span class="signed-note note"><${Name} text=${part.note} most=${160} /></span>`}
      </li>`,
    )}
  </ul>`;
}

/** How many digits tell parts that are added from each other. */
export const digitsOf = (parts) => (Math.max(...parts.map((part) => Math.abs(part.value))) < 0.1 ? 3 : 2);

/** A number with its sign, as it is added. */
export function signed(value, digits = 2) {
  const size = Math.abs(value).toFixed(digits);
  return Number(size) ? `${value < 0 ? "−" : "+"}${size}` : size;
}

/** How long things took: the middle half as a bar, the median as a mark, p95 as the end. Rows: {name, median, p25, p75, p95, timed}. */
export function RangeBars({ rows, label, link }) {
  const axis = useMemo(() => timeAxis(rows.flatMap((row) => [row.p5 ?? row.p25, row.p25, row.median, row.p95])), [rows]);
  return html`<div class="ranges">
    <ul aria-label=${label}>
      ${rows.map((row) => html`<${Range} key=${row.name} row=${row} axis=${axis} link=${link} />`)}
    </ul>
    <div class="range-axis" aria-hidden="true"><span></span><div class="range-ticks">
      ${axis.ticks.map((tick) => html`<span key=${tick} class=${axis.at(tick) < 0.02 ? "at-begin" : ""} style=${{ left: at(axis.at(tick)) }}>${tick ? duration(tick) : "0"}</span>`)}
    </div><span></span></div>
    <p class="note">Bar: the middle half of the completed uses (p25 to p75). Line: the median. Whisker: ${rows.some((row) => row.p5 != null) ? "p5 to p95" : "up to p95"}.${axis.log ? " The scale is logarithmic." : ""}</p>
  </div>`;
}

function Range({ row, axis, link }) {
  const [begin, low, middle, high, end] = [row.p5 ?? row.p25, row.p25, row.median, row.p75, row.p95].map((value) => axis.at(value ?? row.median ?? 0));
  return html`<li class="range">
    <span class="range-name">${link ? html`<a href=${link(row)}><${Name} text=${row.name} most=${40} /></a>` : html`<${Name} text=${row.name} most=${40} />`}</span>
    <span class="range-track" aria-hidden="true">
      ${axis.ticks.map((tick) => html`<span key=${tick} class="range-tick" style=${{ left: at(axis.at(tick)) }}></span>`)}
      <span class="range-whisker" style=${{ left: at(begin), width: at(Math.max(0, end - begin)) }}></span>
      <span class="range-box" style=${{ left: at(low), width: at(Math.max(0, high - low)) }}></span>
      <span class="range-median" style=${{ left: at(middle) }}></span>
    </span>
    <span class="range-text"><b>${duration(row.median)}</b> <span class="note">p95 ${duration(row.p95)}, ${plural(row.timed, "use")}</span></span>
  </li>`;
}

/** Uses per week, those that were completed filled. `weeks` are when they begin. */
export function WeekBars({ weeks, uses, completed, label, height = 96 }) {
  const most = Math.max(1, ...uses);
  const told = weeks.map((week, index) => `week of ${dayOf(week)}: ${plural(uses[index], "use")}, ${completed[index]} completed`);
  return html`<figure class="weeks">
    <div class="weeks-bars" role="img" aria-label=${`${label}. ${told.join("; ")}`} style=${{ height: `${height}px` }}>
      ${weeks.map(
        (week, index) => html`<div key=${week} class="week" title=${told[index]}>
          <span class="week-count">${uses[index] || ""}</span>
          <div class="week-all" style=${{ height: at(uses[index] / most * 0.8) }}><div class="week-done" style=${{ height: uses[index] ? at(completed[index] / uses[index]) : 0 }}></div></div>
        </div>`,
      )}
    </div>
    <figcaption class="weeks-foot"><span>${dayOf(weeks[0])}</span><span class="legend"><span><span class="swatch accent" aria-hidden="true"></span>completed</span><span><span class="swatch faint" aria-hidden="true"></span>all uses</span></span><span>${dayOf(weeks[weeks.length - 1])}</span></figcaption>
  </figure>`;
}
