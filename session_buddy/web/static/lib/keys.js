// Single keys that decide: what each does, and when it does nothing.

export const KEYS = [
  { key: "a", does: "accept", shown: "a", says: "Accept the suggestion as it is shown" },
  { key: "x", does: "reject", shown: "x", says: "Reject it" },
  { key: "c", does: "correct", shown: "c", says: "Correct its parameters" },
  { key: "m", does: "manual", shown: "m", says: "Say that you did it by hand" },
  { key: " ", does: "skip", shown: "Space", says: "Skip the step" },
  { key: "Backspace", does: "undo", shown: "Backspace", says: "Take back the last decision of this coaching session" },
  { key: "[", does: "previous", shown: "[", says: "Go to the coaching session before (also Alt and an arrow key)" },
  { key: "]", does: "next", shown: "]", says: "Go to the next coaching session (also Alt and an arrow key)" },
  { key: "?", does: "help", shown: "?", says: "Show these keys" },
];

/** A suggestion has to be on the screen for so long before a key decides it, in milliseconds. */
export const LOOK_FIRST = 300;

const ARROWS = { ArrowLeft: "previous", ArrowUp: "previous", ArrowRight: "next", ArrowDown: "next" };
const TYPING = "input, textarea, select, [contenteditable], [role=textbox]";
const OWN_SPACE = "button, a, summary, [tabindex='0'], [role=button]";

/**
 * What a key press asks for, or null: nothing while typing, in a dialog, with modifiers, while a key is held down, or
 * where the focused part uses the key itself.
 *
 * @param {KeyboardEvent} event
 * @param {{on: boolean, dialog: boolean, several: boolean}} now single keys are on; a dialog is open; several to choose from
 */
export function askedBy(event, { on, dialog, several }) {
  if (event.defaultPrevented || event.repeat || event.isComposing || dialog || event.target?.closest?.(TYPING)) return null;
  if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && Object.hasOwn(ARROWS, event.key)) return several ? ARROWS[event.key] : null;
  // Some keyboards need AltGr for brackets, which looks like Ctrl and Alt.
  const chord = (event.ctrlKey || event.altKey) && !event.getModifierState?.("AltGraph");
  if (!on || chord || event.metaKey || (event.shiftKey && event.key.length > 1)) return null;
  if (event.key === " " && (event.shiftKey || event.target?.closest?.(OWN_SPACE))) return null;
  return KEYS.find((one) => one.key === event.key)?.does ?? null;
}
