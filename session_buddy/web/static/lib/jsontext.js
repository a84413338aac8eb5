// JSON as text: written so that nothing in it can hide, and read with the place of what is wrong.
// `session_buddy/common/visible.py` does the same for forms and terminals; both are tested with the same texts.

// What is not seen, or moves other characters: by its category, or because it is drawn as nothing.
const UNSEEN = "\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180d\\u180f\\u2800\\u3164\\uffa0\\u{1d159}\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}";
const KINDS = `[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}${UNSEEN}]|(?! )\\p{Zs}`;
// From the fourth on, marks on one letter reach into other lines.
const MARKS = "(?<=[\\p{Mn}\\p{Me}]{3})[\\p{Mn}\\p{Me}]";
const HIDDEN = new RegExp(`(?!\\n)(?:${KINDS})|${MARKS}`, "gu");
const COUNTED = new RegExp(`(?![\\n\\r\\t])(?:${KINDS})`, "gu");
// Blanks within a text; those that indent a line stand behind its beginning.
const BLANKS = /(?<=[^ \n]) {8,}/g;
const BREAKS = /[\t\n\r]+/g;
// Marks and joiners belong to some writings; what follows here belongs to none.
const TURNING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u2028-\u202e\u2060-\u206f\ufeff]/g;
const DEEPEST = 200;

const escaped = (character) => character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const counted = (blanks) => `[${blanks.length} spaces]`;

/** JSON over several lines that can be read back, with everything that is hidden in it written as escapes. */
export const written = (value) => (JSON.stringify(value, null, 2) ?? "").replace(HIDDEN, escaped).replace(BLANKS, (blanks) => "\\u0020".repeat(blanks.length));

/** The same for reading only: many blanks are written as their number. */
export const shown = (value) => (JSON.stringify(value, null, 2) ?? "").replace(HIDDEN, escaped).replace(BLANKS, counted);

/** A value on one line, cut where it is long; texts stand in quotes, as in JSON. */
export const line = (value, most = 400) => cut((JSON.stringify(value) ?? "").replace(HIDDEN, escaped).replace(BLANKS, counted), most);

/** A name or a text on one line, with nothing hidden in it, cut where it is long. */
export const plain = (text, most = 120) => cut(String(text ?? "").replace(BREAKS, " ").replace(HIDDEN, escaped), most);

/** How many characters of a value are written as escapes because they are hidden, those of names included. */
export function hiddenCount(value) {
  if (typeof value === "string") return value.match(COUNTED)?.length ?? 0;
  if (value === null || typeof value !== "object") return 0;
  return Object.entries(value).reduce((sum, [name, inner]) => sum + hiddenCount(name) + hiddenCount(inner), 0);
}

/** Pairs of names in one object that differ, and look alike once their case and form are put aside. */
export function alike(value) {
  if (value === null || typeof value !== "object") return [];
  const [seen, found] = [new Map(), []];
  for (const name of Array.isArray(value) ? [] : Object.keys(value)) {
    const folded = name.replace(HIDDEN, "").replaceAll(" ", "").normalize("NFKC").toLowerCase();
    if (seen.has(folded)) found.push([seen.get(folded), name]);
    else seen.set(folded, name);
  }
  return [...found, ...Object.values(value).flatMap(alike)];
}

/** A text as it is, but for what would turn its direction or is not seen, which is written as escapes. */
export const visible = (text) => text.replace(TURNING, escaped);

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Whether a value holds numbers that a browser cannot keep with all their digits. */
export function losesDigits(value) {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  return value !== null && typeof value === "object" && Object.values(value).some(losesDigits);
}

/**
 * The object that a text of JSON holds, or what is wrong with the text and where (both from 1).
 *
 * @param {string} text
 * @param {{anyNumber?: boolean}} [allowed] also numbers that a browser cannot keep with all their digits
 * @returns {{value: object} | {message: string, line: number, column: number}}
 */
export function readObject(text, { anyNumber = false } = {}) {
  try {
    const reader = new Reader(text, anyNumber);
    reader.whole();
    return { value: JSON.parse(text) };
  } catch (wrong) {
    if (!(wrong instanceof Wrong)) throw wrong;
    const before = text.slice(0, wrong.at).split("\n");
    return { message: wrong.message, line: before.length, column: before[before.length - 1].length + 1 };
  }
}

class Wrong extends Error {
  constructor(message, at) {
    super(message);
    this.at = at;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const WORDS = ["true", "false", "null"];

class Reader {
  constructor(text, anyNumber) {
    this.text = text;
    this.anyNumber = anyNumber;
    this.at = 0;
    this.depth = 0;
  }

  whole() {
    this.space();
    if (this.next === undefined) this.refuse('There is nothing yet. An object is needed, like {"name": "value"}.');
    if (this.next !== "{") this.refuse("It must be an object: it begins with { and ends with }.");
    this.object();
    this.space();
    if (this.next !== undefined) this.refuse("Nothing may stand after the object.");
  }

  get next() {
    return this.text[this.at];
  }

  refuse(message, at = this.at) {
    throw new Wrong(message, at);
  }

  space() {
    while (" \n\r\t".includes(this.next ?? "x")) this.at += 1;
  }

  value() {
    if (this.next === "{") this.object();
    else if (this.next === "[") this.array();
    else if (this.next === '"') this.string();
    else if (this.next === "'") this.refuse("Text stands in double quotes.");
    else if (/[-\d]/.test(this.next ?? "")) this.number();
    else this.word();
  }

  object() {
    const names = new Set();
    this.members("{", "}", () => {
      const begin = this.at;
      if (this.next !== '"') this.refuse("A name in double quotes is needed here.");
      this.string();
      const name = JSON.parse(this.text.slice(begin, this.at));
      if (names.has(name)) this.refuse("This name stands twice in one object; only one of them would count.", begin);
      names.add(name);
      this.space();
      if (this.next !== ":") this.refuse("A colon is missing after the name.");
      this.at += 1;
      this.space();
      this.value();
    });
  }

  array() {
    this.members("[", "]", () => this.value());
  }

  members(opening, closing, member) {
    const begin = this.at;
    this.depth += 1;
    if (this.depth > DEEPEST) this.refuse("This is nested too deeply.");
    this.at += 1;
    this.space();
    let comma = -1;
    while (this.next !== closing || comma >= 0) {
      if (this.next === undefined) this.refuse(`The ${opening} that stands here is not closed: a ${closing} is missing.`, begin);
      if (this.next === closing) this.refuse(`There is a comma too many before the ${closing}.`, comma);
      member();
      this.space();
      comma = this.next === "," ? this.at : -1;
      if (comma >= 0) {
        this.at += 1;
        this.space();
      } else if (this.next !== closing && this.next !== undefined) this.refuse(`A comma or a ${closing} is missing before this.`);
    }
    this.at += 1;
    this.depth -= 1;
  }

  string() {
    const begin = this.at;
    for (this.at += 1; this.next !== '"'; this.at += 1) {
      if (this.next === undefined) this.refuse("The text that begins here is not closed: a double quote is missing.", begin);
      if (this.next === "\n" || this.next === "\r") this.refuse("The text ends with its line, without a closing double quote. A line break in it is written \\n.", begin);
      if (this.next < " ") this.refuse(this.next === "\t" ? "A tab within text is written \\t." : "This character is not allowed within text.");
      if (this.next === "\\") this.escape();
    }
    this.at += 1;
  }

  escape() {
    const found = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
    found.lastIndex = this.at;
    const [whole] = found.exec(this.text) ?? [""];
    if (!whole) this.refuse("This escape is not known. A backslash itself is written \\\\.");
    this.at += whole.length - 1;
  }

  number() {
    NUMBER.lastIndex = this.at;
    const [whole] = NUMBER.exec(this.text) ?? [""];
    if (!whole || /[\w.+-]/.test(this.text[this.at + whole.length] ?? "")) this.refuse("This is not a number as JSON writes it.");
    if (!this.anyNumber && (losesDigits(Number(whole)) || !Number.isFinite(Number(whole)))) this.refuse("This number is too large for a browser to keep all its digits. Write it as text, in double quotes.");
    this.at += whole.length;
  }

  word() {
    WORD.lastIndex = this.at;
    const [whole] = WORD.exec(this.text) ?? [""];
    if (WORDS.includes(whole)) {
      this.at += whole.length;
      return;
    }
    if (!whole) this.refuse("A value is missing here.");
    const meant = { True: "true", False: "false", None: "null", undefined: "null" }[whole];
    this.refuse(meant ? `In JSON this is written ${meant}.` : "Text stands in double quotes; other words are true, false and null.");
  }
}
