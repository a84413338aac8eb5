// Questions to the server, each with an answer or with an error whose message a person can read.

import { key } from "./sign_in.js";

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

/** Milliseconds until a browser has certainly begun to save a file. */
const SAVED = 60_000;

/** The address of a question, without the parameters that are empty. */
export function address(path, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `/api/${path}${query ? `?${query}` : ""}`;
}

/** A name as one part of a path. */
export const part = (name) => encodeURIComponent(name);

/** The response of the server, if it is not an error. */
async function send(method, url, { body, signal, call } = {}) {
  const own = key();
  const headers = { ...(body !== undefined && { "Content-Type": "application/json" }), ...(call && { call }), ...(own && { "Session-Buddy-Key": own }) };
  let response;
  try {
    response = await fetch(url, { method, headers, body, signal, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(GONE, 0);
  }
  if (response.ok) return response;
  const answer = await read(response, "json").catch((error) => {
    if (error.name === "AbortError") throw error;
    return null;
  });
  throw new ApiError(answer?.error ?? `The server answered ${response.status}.`, response.status);
}

/** The body of a response, as "json" or "blob". */
async function read(response, kind) {
  try {
    return await response[kind]();
  } catch (error) {
    if (error.name === "AbortError") throw error; // asked for no more while the answer was on its way
    throw new ApiError(GONE, 0);
  }
}

const ask = async (...request) => read(await send(...request), "json");

export const get = (path, params, signal) => ask("GET", address(path, params), { signal });

/** An id for something that is done: sent again with the same, it is not done twice. */
export const newCall = () => crypto.randomUUID();

export const post = (path, body = {}, call = newCall()) => ask("POST", address(path), { body: JSON.stringify(body), call });

/** The same with a text of JSON as it is, with all digits of its numbers. */
export const postText = (path, text) => ask("POST", address(path), { body: text, call: newCall() });
export const remove = (path, params) => ask("DELETE", address(path, params), { call: newCall() });

/** Let the browser save an answer as a file. A link to it would not do: a browser sends no key with a link. */
export async function download(path, name) {
  const href = URL.createObjectURL(await read(await send("GET", address(path)), "blob"));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), SAVED);
}
