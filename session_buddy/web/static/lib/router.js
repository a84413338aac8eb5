// The address of the page: which view, of what, and the filters, so that it can be shared, kept and gone back to.

import { useEffect, useMemo, useState } from "../vendor/preact.js";
import { FILTERS, filtersOf } from "./asked.js";

export { filtersOf };

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
