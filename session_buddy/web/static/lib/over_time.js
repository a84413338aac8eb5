// Figures over time as a line or as columns, with axes that are labelled and a table of the same.

import { html, useId, useRef } from "../vendor/preact.js";
import { useWidth } from "./use.js";

const AT_FIRST = 560;
const HEIGHT = 190;
const LEFT = 46;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 36;

/**
 * @param {{title: string, unit: string, most: number, points: {label: string, short?: string, value: number, text: string}[],
 *   columns?: boolean, marks?: number[]}} given `most` is the top of the axis, `marks` are its labelled values
 */
export function Chart({ title, unit, most, points, columns = false, marks = [0, most / 2, most] }) {
  const id = useId();
  const frame = useRef(null);
  // Drawn as wide as it is shown, so that its texts keep their size.
  const width = Math.max(200, useWidth(frame, AT_FIRST));
  const inner = width - LEFT - RIGHT;
  const slot = inner / Math.max(1, points.length);
  const x = (place) => (columns ? LEFT + slot * (place + 0.5) : LEFT + (points.length > 1 ? (inner * place) / (points.length - 1) : inner / 2));
  const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.max(0, Math.min(1, value / (most || 1)));
  const last = points.length - 1;
  return html`<figure class="chart" ref=${frame}>
    <svg width=${width} height=${HEIGHT} role="img" aria-labelledby=${id}>
      <title id=${id}>${`${title}: ${points.length} values, the latest ${points[last]?.text ?? "none"}`}</title>
      ${marks.map((mark) => html`<g key=${mark}><line class="grid" x1=${LEFT} x2=${width - RIGHT} y1=${y(mark)} y2=${y(mark)} /><text x=${LEFT - 6} y=${y(mark) + 4} text-anchor="end">${`${Math.round(10 * mark) / 10}${unit}`}</text></g>`)}
      ${columns
        ? points.map((one, place) => html`<rect key=${place} x=${x(place) - Math.min(14, slot * 0.4)} width=${Math.min(28, slot * 0.8)} y=${y(one.value)} height=${HEIGHT - BOTTOM - y(one.value)}><title>${`${one.label}: ${one.text}`}</title></rect>`)
        : html`<polyline fill="none" points=${points.map((one, place) => `${x(place).toFixed(1)},${y(one.value).toFixed(1)}`).join(" ")} />
            ${points.map((one, place) => html`<circle key=${place} cx=${x(place)} cy=${y(one.value)} r=${points.length > 40 ? 2 : 3}><title>${`${one.label}: ${one.text}`}</title></circle>`)}`}
      ${points.length > 0 && html`<text x=${points.length > 1 ? LEFT : x(0)} y=${HEIGHT - BOTTOM + 18} text-anchor=${points.length > 1 ? "start" : "middle"}>${points[0].short ?? points[0].label}</text>`}
      ${last > 0 && html`<text x=${width - RIGHT} y=${HEIGHT - BOTTOM + 18} text-anchor="end">${points[last].short ?? points[last].label}</text>`}
    </svg>
    <details><summary>${title} as a table</summary>
      <div class="table-frame" tabindex="0" role="group" aria-label=${title}><table>
        <thead><tr><th scope="col">When</th><th scope="col">${title}</th></tr></thead>
        <tbody>${points.map((one, place) => html`<tr key=${place}><td data-label="When">${one.label}</td><td data-label=${title}>${one.text}</td></tr>`)}</tbody>
      </table></div>
    </details>
  </figure>`;
}

/** A round top for an axis of counts. */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((top) => top >= value && (top >= 2 || value <= 1)) ?? value;
}
