// A text that somebody else gave, on one line.

import { html } from "../vendor/preact.js";
import { brief } from "./format.js";

/** A name that somebody else gave: cut where it is long, whole in the tooltip, and its direction is its own. */
export const Name = ({ text, most = 60 }) => {
  const shown = String(text).trim() ? brief(String(text), most) : `“${text}”`;
  return html`<bdi title=${shown === text ? undefined : brief(String(text), 1_000)}>${shown}</bdi>`;
};
