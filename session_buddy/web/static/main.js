// The page: its frame, where it is, and which view is drawn.

import { html, render, useEffect, useState } from "./vendor/preact.js";
import * as attention from "./lib/attention.js";
import { FilterBar } from "./lib/filters.js";
import * as live from "./lib/live.js";
import { Announcer, Badge, Empty, Fence, Loading, Trouble } from "./lib/parts.js";
import { href, useRoute } from "./lib/router.js";
import * as signIn from "./lib/sign_in.js";
import { useAgain, useConnection } from "./lib/use.js";

// Views are loaded when they are first looked at, or before that when there is time.
const VIEWS = [
  { view: "", label: "Now", load: () => import("./views/now.js") },
  { view: "learning", label: "Learning", load: () => import("./views/learning.js") },
  { view: "corrections", label: "Corrections", load: () => import("./views/corrections.js") },
  { view: "skills", label: "Skills", load: () => import("./views/skills.js"), filtered: true },
  { view: "phases", label: "Phases", load: () => import("./views/phases.js"), filtered: true },
  { view: "uses", label: "Uses", load: () => import("./views/uses.js"), filtered: true },
  { view: "why", label: "Why", load: () => import("./views/why.js") },
];

const STATES = {
  connecting: ["", "Connecting…"],
  live: ["good", "Live"],
  reconnecting: ["warn", "Reconnecting…"],
  hubless: ["warn", "Waiting for the hub…"],
  refused: ["bad", "This link has expired"],
};

function Connection() {
  const state = useConnection();
  const [kind, text] = STATES[state];
  return html`<div class="connection" role="status"><${Badge} kind=${kind}>${text}<//>
    ${state === "reconnecting" && html`<button type="button" class="plain" onClick=${live.reconnectNow}>now</button>`}
  </div>`;
}

function Frame() {
  const route = useRoute();
  const chosen = VIEWS.find((one) => one.view === route.view);
  useEffect(() => {
    document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [route.view]);
  return html`<a class="skip" href="#main">Skip to the content</a>
    <header class="top">
      <a class="brand" href=${href("")}><img src="/static/icon.svg" alt="" width="24" height="24" />session_buddy</a>
      <nav aria-label="Views"><ul>
        ${VIEWS.map((one) => html`<li key=${one.view}><a href=${href(one.view)} aria-current=${one === chosen ? "page" : undefined}>${one.label}</a></li>`)}
      </ul></nav>
      <${Connection} />
    </header>
    <main id="main">
      ${chosen?.filtered && html`<${FilterBar} route=${route} />`}
      <${Away} />
      ${chosen ? html`<${Lazy} key=${chosen.view} view=${chosen} route=${route} />` : html`<${Empty} title="There is no such view">Choose one above.<//>`}
    </main>
    <${Announcer} />`;
}

const LONG = 10_000;

/** How a page comes back that does not come back by itself. */
function Away() {
  const state = useConnection();
  const [long, tell] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => tell(state === "reconnecting"), state === "reconnecting" ? LONG : 0);
    return () => clearTimeout(timer);
  }, [state]);
  const how = html`Run <code>session-buddy dashboard</code> again and open the link that it shows.`;
  if (state === "refused") return html`<div class="trouble" role="alert"><p>This page was opened with a link that is no longer valid, or the browser has cleared its storage. ${how}</p></div>`;
  if (state !== "reconnecting" || !long) return null;
  return html`<div class="trouble" role="alert"><p>The dashboard has not been reached for a while. This page goes on as soon as it is; what stands below is from before. If it was ended: ${how}</p></div>`;
}

// Whether a view was shown before: the first leaves the focus where the browser puts it.
let begun = false;

function Lazy({ view, route }) {
  const [View, set] = useState(null);
  const [error, fail] = useState(null);
  const load = () => view.load().then((module) => set(() => module.default), fail);
  useEffect(() => {
    load();
  }, [view]);
  useAgain(View ? null : error, load);
  useEffect(() => {
    if (!View) return;
    if (begun) document.querySelector("main h1")?.focus({ preventScroll: true });
    begun = true;
  }, [View, route.name]);
  if (!View && error) return html`<${Trouble} error=${new Error("This view cannot be loaded. Nothing was lost, and it is tried again by itself.")} retry=${load} />`;
  if (!View) return html`<${Loading} lines=${6} />`;
  return html`<${Fence} at=${`${route.view}/${route.name}`}><${View} name=${route.name} params=${route.params} /><//>`;
}

// A view that is at hand can be looked at while the dashboard is away. Before the sign-in, which may last longer than the
// loading of the page.
addEventListener("load", () => (globalThis.requestIdleCallback ?? setTimeout)(() => VIEWS.forEach(({ load }) => load().catch(() => {}))));

await signIn.begin();
live.connect();
attention.begin();
const place = document.getElementById("page");
place.replaceChildren();
render(html`<${Frame} />`, place);
