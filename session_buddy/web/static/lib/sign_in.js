// The key of this page. A browser sends the cookie to every port of this machine, so the server wants both: the cookie,
// and the key, which only pages of this origin can read.

const STORED = "session_buddy.key";
const PENDING = "session_buddy.sign-in";
const FRAGMENT = "#sign-in=";
const FORM = /^[\w-]{20,100}$/;
const PROTOCOL = "session-buddy";

// For a browser that stores nothing, and for a page whose browser has cleared its storage.
let latest = "";

/** The key; "" if there is none. All tabs share it, so that the sign-in of one of them is that of all. */
export function key() {
  const stored = read(STORED);
  if (FORM.test(stored)) latest = stored;
  return latest;
}

/** The subprotocols of a WebSocket, one of which holds the key: a page cannot set its headers. */
export const protocols = () => [PROTOCOL, ...(key() ? [`${PROTOCOL}.key.${key()}`] : [])];

/**
 * Exchange the ticket in the address, if there is one, for the key, and take it out of the address. It is kept until the
 * server has answered, for the next page, where somebody leaves this one before.
 */
export async function begin() {
  let code = read(PENDING);
  if (location.hash.startsWith(FRAGMENT)) {
    code = location.hash.slice(FRAGMENT.length);
    keep(PENDING, code);
    history.replaceState(history.state, "", location.href.split("#")[0]);
  }
  if (!code) return;
  try {
    const response = await fetch("/api/key", { method: "POST", body: new URLSearchParams({ code }), credentials: "same-origin" });
    if (response.ok) {
      latest = (await response.json()).key;
      keep(STORED, latest);
    }
    keep(PENDING, "");
  } catch {
    // Without a key, the server says how the page is opened.
  }
}

/** Be told when another tab has signed in. @param {() => void} watcher */
export function watchKey(watcher) {
  addEventListener("storage", (event) => event.key === STORED && watcher());
}

function read(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function keep(name, value) {
  try {
    localStorage.removeItem(name); // an old one must not stay where there is no space for a new one
    if (value) localStorage.setItem(name, value);
  } catch {
    // This tab has it.
  }
}
