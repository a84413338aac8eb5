// That something waits is told while the page is out of sight: in its title, and as a notification where a person wants it.

import { get, newCall, part, post } from "./api.js";
import { Desk } from "./desk.js";
import { plain } from "./jsontext.js";
import * as live from "./live.js";

const KEPT = "notify";
// So long (milliseconds) the page waits for its live events before it shows what there is without them.
const UNHEARD = 1_500;

/** What waits, for all views. */
export const desk = new Desk({ get, post, part, newCall, later: (job, wait) => setTimeout(job, wait) });

export const canNotify = () => "Notification" in globalThis && isSecureContext;
export const wantsNotice = (kept) => kept === true && canNotify() && Notification.permission === "granted";

function count() {
  const bare = document.title.replace(/^\(\d+\) /, "");
  const title = document.hidden && desk.count ? `(${desk.count}) ${bare}` : bare;
  if (title !== document.title) document.title = title;
}

function notify(suggestion) {
  if (!document.hidden || !wantsNotice(kept())) return;
  const more = desk.count > 1 ? ` ${desk.count} steps wait.` : "";
  const notice = new Notification("A step waits for you", { body: `${plain(suggestion.workflow_id, 60)}: ${plain(suggestion.node_id, 60)}.${more}`, tag: "waiting" });
  notice.onclick = () => {
    focus();
    notice.close();
  };
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

/** Begin to follow what waits. */
export function begin() {
  live.listen((event) => desk.take(event));
  // What is asked for after hello and what is told from hello on leave no gap between them.
  const whole = () => (desk.error || !desk.loaded) && desk.load();
  live.watchState((state) => state === "live" && whole());
  desk.watch((arrived) => {
    count();
    if (arrived && arrived.mode !== "auto") notify(arrived);
  });
  document.addEventListener("visibilitychange", count);
  if (live.state === "live") whole();
  setTimeout(() => live.state === "live" || whole(), UNHEARD);
}
