// The address of the page: which view, of what, and the filters, so that it can be shared, kept and gone back to.

import { useEffect, useMemo, useState } from "../vendor/preact.js";

const FILTERS = ["project", "session", "since", "until"];
const DAY = 86_400_000;
const watchers = new Set();

/** @returns {{view: string, name: string, params: Record<string, string>}} */
export function current() {
  const [view = "", ...rest] = location.pathname.split("/").filter(Boolean);
  return { view, name: decode(rest.join("/")), params: Object.fromEntries(new URLSearchParams(location.search)) };
}

/** An address with these parameters; the filters of now are kept where `params` says nothing of them. */
export function href(view, name = "", params = {}) {
  const kept = Object.fromEntries(Object.entries(current().params).filter(([key]) => FILTERS.includes(key)));
  const given = Object.entries({ ...kept, ...params }).filter(([, value]) => value !== "" && value != null);
  const query = new URLSearchParams(given).toString();
  return `/${[view, name && encodeURIComponent(name)].filter(Boolean).join("/")}${query ? `?${query}` : ""}`;
}

export function go(address, replace = false) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  for (const watcher of [...watchers]) watcher();
}

/** The address as it is now; the component is drawn again when it changes. */
export function useRoute() {
  const [route, change] = useState(current);
  useEffect(() => {
    const watcher = () => change(current());
    watchers.add(watcher);
    addEventListener("popstate", watcher);
    return () => {
      watchers.delete(watcher);
      removeEventListener("popstate", watcher);
    };
  }, []);
  return route;
}

/**
 * The filters of an address as the parameters of a question. "7d" is seven days before now, to the minute; the day that
 * `until` names belongs to what is asked for.
 */
export function filtersOf(params) {
  const days = /^(\d{1,4})d$/.exec(params.since ?? "");
  const since = days ? new Date(Math.floor((Date.now() - days[1] * DAY) / 60_000) * 60_000).toISOString() : asTime(params.since, 0);
  return { project_id: params.project, session_id: params.session, since, until: asTime(params.until, 1) };
}

/** A day as the moment at which it, or the day so many later, begins here; what is no day stays as it is. */
function asTime(text, later) {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? "") ?? [];
  return year ? new Date(Number(year), month - 1, Number(day) + later).toISOString() : text;
}

/** `filtersOf` that stays the same while the filters do, so that nothing is asked anew as time goes by. */
export function useFilters(params) {
  return useMemo(() => filtersOf(params), FILTERS.map((name) => params[name]));
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Links within the page are followed without loading it anew. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='/']");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.hasAttribute("download") || link.getAttribute("href").startsWith("/api/")) return;
  event.preventDefault();
  go(link.getAttribute("href"));
  scrollTo(0, 0);
});
