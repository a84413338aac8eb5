// A text that somebody else gave, on one line.

import { html } from "../vendor/preact.js";
import { brief } from "./format.js";
import { visible } from "./jsontext.js";

/** A name that somebody else gave: cut where it is long, whole in the tooltip, and its direction is its own. */
export const Name = ({ text, most = 60 }) => {
  const whole = visible(String(text));
  const told = whole.trim() ? brief(whole, most) : `“${whole}”`;
  return html`<bdi title=${told === whole ? undefined : brief(whole, 1_000)}>${told}</bdi>`;
};
