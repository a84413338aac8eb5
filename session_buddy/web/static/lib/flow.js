// Steps from one thing to another as bands, as thick as they are frequent.

import { html, useMemo, useRef, useState } from "../vendor/preact.js";
import { isolated, plural } from "./format.js";
import { flow, moved } from "./layout.js";
import { classes } from "./parts.js";
import { useWidth } from "./use.js";

/**
 * @param {{steps: {from: string, to: string, count: number, text: string}[], order: string[], label: string}} props `text` says
 * in words what a band is.
 */
export function FlowPicture({ steps, order, label }) {
  const frame = useRef(null);
  const width = Math.max(260, useWidth(frame, 640));
  const [chosen, choose] = useState(null);
  const margin = Math.min(170, width * 0.36);
  const drawn = useMemo(() => flow(steps, order, { width, margin }), [steps, order, width]);
  const told = drawn.bands.find((band) => keyOf(band) === chosen);
  const here = Math.max(0, drawn.bands.indexOf(told));
  const walk = (event) => {
    const next = moved(event, [here, here], drawn.bands.length, drawn.bands.length);
    if (!next) return;
    event.preventDefault();
    frame.current.querySelectorAll(".band")[next[0] === here ? next[1] : next[0]].focus();
  };
  return html`<div class="flow" ref=${frame}>
    <svg width=${width} height=${drawn.height} viewBox=${`0 0 ${width} ${drawn.height}`} role="group" aria-label=${label} onKeyDown=${walk}>
      ${drawn.bands.map(
        (band, index) => html`<path key=${keyOf(band)} d=${band.path} role="img" aria-label=${band.text} tabIndex=${index === here ? 0 : -1} class=${classes("band", keyOf(band) === chosen && "chosen")}
          onMouseEnter=${() => choose(keyOf(band))} onFocus=${() => choose(keyOf(band))} onClick=${() => choose(keyOf(band))} />`,
      )}
      ${drawn.left.map((one) => html`<${Node} key=${one.name} one=${one} x=${margin} anchor="end" room=${margin} />`)}
      ${drawn.right.map((one) => html`<${Node} key=${one.name} one=${one} x=${width - margin - 8} anchor="start" room=${margin} />`)}
    </svg>
    <p class="flow-told">${told ? told.text : "Point at a band, or go from one to the next with the arrow keys, to read what it is."}</p>
  </div>`;
}

const keyOf = (band) => JSON.stringify([band.from, band.to]);

/** The bar of a name with its label outside. */
function Node({ one, x, anchor, room }) {
  const label = useMemo(() => fitting(one.name.trim() || `“${one.name}”`, room - 24 - 8 * String(one.count).length), [one.name, one.count, room]);
  const end = anchor === "end";
  return html`<g class="flow-node"><rect x=${x} y=${one.top} width="8" height=${one.size} rx="2" />
    <text x=${end ? x - 6 : x + 14} y=${one.top + one.size / 2} dy="0.35em" text-anchor=${anchor}><title>${isolated(one.name, 400)}, ${plural(one.count, "step")}</title>${label} <tspan class="flow-count">${one.count}</tspan></text></g>`;
}

const pen = document.createElement("canvas").getContext("2d");

/** As much of a name as there is room for, in pixels, but some letters in any case. */
function fitting(name, room) {
  pen.font = `13px ${getComputedStyle(document.body).fontFamily}`;
  let letters = 80;
  while (letters > 4 && pen.measureText(isolated(name, letters)).width > room) letters -= 1;
  return isolated(name, letters);
}
