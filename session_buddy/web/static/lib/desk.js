// What waits for a person to decide: the coaching sessions that go on and their suggestions, kept true by live events.

import { PAST } from "./words.js";

const AGAIN = [500, 1_000, 2_000, 5_000];
const BETWEEN = 1_000;
const MOST_SESSIONS = 50;
const REMEMBERED = 2_000;
const GOES_ON = ["active", "paused"];
const STATUS = { paused: "paused", resumed: "active" };
const RELOADING = ["reset", "summary", "promoted", "demoted"];

const oldestFirst = (one, other) => compare(one.step_index, other.step_index) || compare(one.suggested_at, other.suggested_at);
const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

export class Desk {
  suggestions = new Map();
  sessions = new Map();
  deciding = new Map();
  refused = new Map();
  loaded = false;
  error = null;
  version = 0;

  #ask;
  #watchers = new Set();
  #turn = 0;
  #applied = 0;
  #changed = new Map();
  #timers = new Map();

  /** @param {{get: Function, post: Function, part: Function, newCall: () => string, later: Function}} ask how it reaches the server */
  constructor(ask) {
    this.#ask = ask;
  }

  /** Be told of every change, with the suggestion that is new, if one is; returns how to stop. */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The suggestions of a coaching session that wait, oldest first. */
  waiting(sessionId) {
    return [...this.suggestions.values()].filter((one) => one.session_id === sessionId).sort(oldestFirst);
  }

  /** How many suggestions wait for a person, in coaching sessions that are not paused. */
  get count() {
    return [...this.suggestions.values()].filter((one) => one.mode !== "auto" && this.sessions.get(one.session_id)?.status !== "paused").length;
  }

  /** Ask for everything anew. What has changed since this was asked stays as it is. */
  async load() {
    const begun = ++this.#turn;
    const listed = (status) => this.#ask.get("sessions", { status, limit: MOST_SESSIONS });
    try {
      const [pending, active, paused] = await Promise.all([this.#ask.get("suggestions"), listed("active"), listed("paused")]);
      if (begun < this.#applied) return;
      this.#applied = begun;
      const heads = pending.suggestions.map((one) => one.session).filter(Boolean);
      this.#replace(this.suggestions, pending.suggestions, "suggestion_id", begun);
      this.#replace(this.sessions, [...active.sessions, ...paused.sessions, ...heads], "session_id", begun);
      this.loaded = true;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.#tell();
  }

  /** Take in a live event. */
  take(event) {
    const { kind, suggestion_id: suggestion, coaching_session_id: session } = event;
    if (RELOADING.includes(kind) || (kind === "hub" && event.state === "connected")) this.#soon("all", () => this.load());
    else if (kind === "suggested") this.#fetch(event);
    else if (kind === "decided") {
      this.#drop(suggestion);
      this.#refresh(session);
    } else if (kind === "undone") this.#soon("all", () => this.load());
    else if (kind === "started" || kind === "executed") this.#refresh(session);
    else if (kind in STATUS) {
      this.#setStatus(session, STATUS[kind]);
      if (kind === "resumed") this.#soon("all", () => this.load());
    } else if (kind === "ended") this.#end(session);
  }

  /**
   * Decide a suggestion. It is sent again until there is an answer; the same `call` decides once however often it comes.
   *
   * @throws what the server refused it with
   */
  async decide(suggestion, decision, given = {}) {
    const id = suggestion.suggestion_id;
    const sending = { decision, stopped: false, trouble: null };
    const body = { session_id: suggestion.session_id, suggestion_id: id, decision, ...given };
    this.deciding.set(id, sending);
    this.refused.delete(suggestion.session_id);
    this.#tell();
    try {
      const answer = await this.#send("decisions", body, sending);
      this.#drop(id);
      this.#patch(suggestion.session_id, { stats: answer.stats, current_step_index: answer.current_step_index, total_steps: answer.total_steps, level: answer.level });
      return answer;
    } catch (error) {
      this.#refuse(suggestion.session_id, error);
      throw error;
    } finally {
      this.deciding.delete(id);
      this.#tell();
    }
  }

  /** Send a decision that was not answered no more. It may have arrived all the same; the events tell. */
  stop(suggestionId) {
    const sending = this.deciding.get(suggestionId);
    if (sending) sending.stopped = true;
  }

  /** Take back the last decision of a coaching session. */
  undo(sessionId) {
    return this.#change(sessionId, "undo", {});
  }

  /** `what` is pause, resume, or end with its outcome. */
  turn(sessionId, what, given = {}) {
    return this.#change(sessionId, what, given);
  }

  dismiss(sessionId) {
    this.refused.delete(sessionId);
    this.#tell();
  }

  async #change(sessionId, what, given) {
    const { post, part } = this.#ask;
    this.refused.delete(sessionId);
    try {
      const answer = await post(`sessions/${part(sessionId)}/${what}`, given);
      if (what === "end") this.#end(sessionId);
      else this.#put(answer);
      if (what !== "pause") await this.load();
      return answer;
    } catch (error) {
      this.#refuse(sessionId, error);
      throw error;
    } finally {
      this.#tell();
    }
  }

  async #send(path, body, sending) {
    const call = this.#ask.newCall();
    for (let turn = 0; ; turn += 1) {
      try {
        return await this.#ask.post(path, body, call);
      } catch (error) {
        if (error.status !== 0 && error.status !== 503) throw error;
        if (sending.stopped) throw error;
        sending.trouble = error.message;
        this.#tell();
        await new Promise((go) => this.#ask.later(go, AGAIN[Math.min(turn, AGAIN.length - 1)]));
        if (sending.stopped) throw error;
      }
    }
  }

  #refuse(sessionId, error) {
    this.refused.set(sessionId, error.message);
    if (error.status) this.#soon("all", () => this.load());
  }

  /** Show at once what the event tells, and the rest as soon as it is there. */
  async #fetch({ suggestion_id: id, coaching_session_id: sessionId, at, ...event }) {
    const { get, part } = this.#ask;
    if (this.suggestions.has(id)) return;
    this.#mark(id);
    const begun = this.#turn;
    this.suggestions.set(id, { ...event, suggestion_id: id, session_id: sessionId, suggested_at: at, coming: true });
    this.#tell();
    const asked = get(`suggestions/${part(id)}`);
    if (!this.sessions.has(sessionId)) this.#refresh(sessionId);
    const found = await asked.catch((error) => ({ error }));
    if (this.#changed.get(id) > begun) return;
    this.#mark(id);
    if (found.error || found.decision) this.suggestions.delete(id);
    else this.suggestions.set(id, found);
    this.#tell(found.error || found.decision ? null : found);
    if (found.error) this.#soon("all", () => this.load());
  }

  #refresh(sessionId) {
    const { get, part } = this.#ask;
    this.#soon(sessionId, async () => {
      const begun = this.#turn;
      const found = await get(`sessions/${part(sessionId)}`).catch(() => null);
      if (!found || (this.#changed.get(sessionId) ?? 0) > begun) return;
      if (GOES_ON.includes(found.status)) this.#put(found);
      else this.#end(sessionId);
      this.#tell();
    });
  }

  #put({ decisions, pending, undone, notes, ...session }) {
    this.#mark(session.session_id);
    this.sessions.set(session.session_id, session);
  }

  #patch(sessionId, members) {
    const known = this.sessions.get(sessionId);
    if (known) this.sessions.set(sessionId, { ...known, ...members });
  }

  #setStatus(sessionId, status) {
    if (!this.sessions.has(sessionId)) return this.#refresh(sessionId);
    this.#mark(sessionId);
    this.#patch(sessionId, { status });
    return this.#tell();
  }

  #end(sessionId) {
    this.#mark(sessionId);
    this.sessions.delete(sessionId);
    this.refused.delete(sessionId);
    for (const one of this.waiting(sessionId)) this.#drop(one.suggestion_id);
    this.#tell();
  }

  #drop(suggestionId) {
    this.#mark(suggestionId);
    if (this.suggestions.delete(suggestionId)) this.#tell();
  }

  #mark(id) {
    this.#changed.set(id, ++this.#turn);
    if (this.#changed.size > REMEMBERED) this.#changed.delete(this.#changed.keys().next().value);
  }

  /** Put in what was found, but where something has changed since this was asked. */
  #replace(known, found, name, begun) {
    const settled = (id) => (this.#changed.get(id) ?? 0) <= begun;
    const ids = new Set(found.map((one) => one[name]));
    for (const id of [...known.keys()]) if (!ids.has(id) && settled(id)) known.delete(id);
    for (const one of found) if (settled(one[name])) known.set(one[name], one);
  }

  /** At once, and then at most once a second. */
  #soon(name, job) {
    const timer = this.#timers.get(name);
    if (timer) {
      timer.again = true;
      return;
    }
    const own = { again: false };
    this.#timers.set(name, own);
    this.#ask.later(() => {
      this.#timers.delete(name);
      if (own.again) this.#soon(name, job);
    }, BETWEEN);
    job();
  }

  #tell(arrived = null) {
    this.version += 1;
    for (const watcher of [...this.#watchers]) watcher(arrived);
  }
}

/** A decision in words: "Accepted: lint of release." */
export function decidedInWords(answer, plain) {
  const made = answer.decision;
  const how = PAST[made.decision] ?? made.decision;
  const level = answer.level_change ? ` ${plain(answer.workflow_id, 60)} is at ${answer.level_change.level} now: ${plain(answer.level_change.reason, 120)}.` : "";
  return `${how[0].toUpperCase()}${how.slice(1)}: ${plain(made.node_id, 60)} of ${plain(answer.workflow_id, 60)}.${level}`;
}
