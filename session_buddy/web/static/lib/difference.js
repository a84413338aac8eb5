// What differs between two values of JSON, as the server tells it: changes that are made one after the other.

/**
 * @param {any} before @param {any} after
 * @returns {{op: "add" | "remove" | "replace", path: string, before: any, after: any}[]} `path` is a JSON pointer (RFC 6901)
 */
export function between(before, after) {
  const found = [];
  compare("", before, after, (op, path, old, now) => found.push({ op, path, before: old, after: now }));
  return found;
}

/** Whether two values are the same as JSON; the order of names does not matter. */
export function same(one, other) {
  if (one === other) return true;
  if (!isBox(one) || !isBox(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]));
}

const isBox = (value) => value !== null && typeof value === "object";
const isObject = (value) => isBox(value) && !Array.isArray(value);
const inner = (path, name) => `${path}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;

function compare(path, before, after, tell) {
  if (isObject(before) && isObject(after)) compareObjects(path, before, after, tell);
  else if (Array.isArray(before) && Array.isArray(after)) compareLists(path, before, after, tell);
  else if (!same(before, after)) tell("replace", path, before, after);
}

function compareObjects(path, before, after, tell) {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const place = inner(path, name);
    if (!Object.hasOwn(after, name)) tell("remove", place, before[name], null);
    else if (!Object.hasOwn(before, name)) tell("add", place, null, after[name]);
    else compare(place, before[name], after[name], tell);
  }
}

/** Between the equal ends of two lists: values in turn as far as both have one, then what one of them has more. */
function compareLists(path, before, after, tell) {
  const head = equalOnes(before, after);
  const tail = equalOnes(before.slice(head).reverse(), after.slice(head).reverse());
  const old = before.slice(head, before.length - tail);
  const now = after.slice(head, after.length - tail);
  const both = Math.min(old.length, now.length);
  for (let index = 0; index < both; index += 1) compare(inner(path, head + index), old[index], now[index], tell);
  for (let index = old.length - 1; index >= both; index -= 1) tell("remove", inner(path, head + index), old[index], null);
  for (let index = both; index < now.length; index += 1) tell("add", inner(path, head + index), null, now[index]);
}

function equalOnes(one, other) {
  const most = Math.min(one.length, other.length);
  let count = 0;
  while (count < most && same(one[count], other[count])) count += 1;
  return count;
}
