// Questions to the server, each with an answer or with an error whose message a person can read.

export class ApiError extends Error {
  /** @param {string} message @param {number} status 0 where the server was not reached */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Whether the same question may be answered when it is asked again: not where it was the question that was wrong. */
export const mayPass = ({ status = 0 }) => status < 400 || status >= 500 || status === 429;

const GONE = "The dashboard cannot be reached. Nothing was lost; this page goes on as soon as it is there again.";

/** The address of a question, without the parameters that are empty. */
export function address(path, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `/api/${path}${query ? `?${query}` : ""}`;
}

/** A name as one part of a path. */
export const part = (name) => encodeURIComponent(name);

async function ask(method, url, { body, signal, call } = {}) {
  const headers = { ...(body !== undefined && { "Content-Type": "application/json" }), ...(call && { call }) };
  let response;
  try {
    response = await fetch(url, { method, headers, body, signal, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(GONE, 0);
  }
  const answer = await response.json().catch((error) => {
    if (error.name === "AbortError") throw error; // asked for no more while the answer was on its way
    if (response.ok) throw new ApiError(GONE, 0);
    return null;
  });
  if (!response.ok) throw new ApiError(answer?.error ?? `The server answered ${response.status}.`, response.status);
  return answer;
}

export const get = (path, params, signal) => ask("GET", address(path, params), { signal });

/** An id for something that is done: sent again with the same, it is not done twice. */
export const newCall = () => crypto.randomUUID();

export const post = (path, body = {}, call = newCall()) => ask("POST", address(path), { body: JSON.stringify(body), call });

/** The same with a text of JSON as it is, with all digits of its numbers. */
export const postText = (path, text) => ask("POST", address(path), { body: text, call: newCall() });
export const remove = (path, params) => ask("DELETE", address(path, params), { call: newCall() });
