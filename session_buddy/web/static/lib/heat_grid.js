// A grid of figures in five steps of colour, walked with the arrow keys.

import { html, useRef, useState } from "../vendor/preact.js";
import { moved, stepNames } from "./layout.js";
import { Name } from "./parts.js";

/**
 * @param {{caption: string, corner: string, rows: string[], columns: string[],
 *   cell: (row: string, column: string) => {step: number, text: string, small: string, label: string, href: string} | null}} props
 */
export function HeatGrid({ caption, corner, rows, columns, cell }) {
  const [[row, column], setPlace] = useState([0, 0]);
  const table = useRef(null);
  const here = [Math.min(row, rows.length - 1), Math.min(column, columns.length - 1)];
  const walk = (event) => {
    const next = moved(event, here, rows.length, columns.length);
    if (!next) return;
    event.preventDefault();
    setPlace(next);
    table.current.querySelector(`[data-place="${next.join()}"]`)?.focus();
  };
  return html`<div class="grid-frame">
      <table class="heat" role="grid" ref=${table} aria-label=${caption} onKeyDown=${walk}>
        <thead><tr><th scope="col">${corner}</th>${columns.map((name) => html`<th key=${name} scope="col"><${Name} text=${name} most=${28} /></th>`)}</tr></thead>
        <tbody>
          ${rows.map(
            (name, y) => html`<tr key=${name}><th scope="row"><${Name} text=${name} most=${40} /></th>
              ${columns.map((other, x) => html`<${Cell} key=${other} found=${cell(name, other)} place=${[y, x]} here=${here[0] === y && here[1] === x} take=${setPlace} />`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <${Steps} />`;
}

function Cell({ found, place, here, take }) {
  const shared = { "data-place": place.join(), tabIndex: here ? 0 : -1, onFocus: () => take(place) };
  if (!found) return html`<td class="grid-none"><span ...${shared}><span aria-hidden="true">·</span><span class="hidden">no uses</span></span></td>`;
  return html`<td><a class=${`grid-cell step-${found.step}`} href=${found.href} title=${found.label} ...${shared}>
    <b>${found.text}</b><small>${found.small}</small><span class="hidden">${found.label}</span>
  </a></td>`;
}

const Steps = () =>
  html`<ul class="legend" aria-label="Colours">
    ${stepNames().map((name, index) => html`<li key=${name}><span class=${`swatch step-${index + 1}`} aria-hidden="true"></span>${name}</li>`)}
    <li><span class="swatch step-0" aria-hidden="true"></span>nothing has ended yet</li>
  </ul>`;
