// Keys that users choose: what they press, in CodeMirror's notation, and which bindings clash.
import { isMac } from "../editor/platform";
import { beginsStrokes, isTypedOnMac } from "./keys";

const MODIFIERS = ["Control", "Alt", "Shift", "Meta", "AltGraph", "CapsLock", "Dead", "Process"];
const TYPING =
  /^(Enter|Tab|Escape|Backspace|Delete|Space|Home|End|PageUp|PageDown|Arrow.+|Insert)$/;

const STROKE = /^((Mod|Ctrl|Alt|Shift|Meta|Cmd)-)*([^\s]|[A-Z][A-Za-z]+|F\d\d?)$/u;

type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey" | "getModifierState"
>;

/// The key that was pressed; null while only modifiers are held, and for AltGr, which types characters.
/// `mac`: on a Mac's keyboard.
export function pressedKey(event: Press, mac = isMac): string | null {
  if (MODIFIERS.includes(event.key) || event.getModifierState("AltGraph")) return null;
  let { key } = event;
  let isShifted = event.shiftKey;
  // On a Mac Option types other characters, and Shift does with digits everywhere: by the place of the key.
  const placed = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1];
  if (placed && ((mac && event.altKey) || /\d/.test(placed))) key = placed;
  if (key === " ") key = "Space";
  if (key.length === 1) {
    key = key.toLowerCase();
    // "Mod-?": the character has the Shift in it.
    if (!/[\p{L}\d]/u.test(key)) isShifted = false;
  }
  const mod = mac ? event.metaKey : event.ctrlKey;
  return [
    mod && "Mod",
    mac && event.ctrlKey && "Ctrl",
    !mac && event.metaKey && "Meta",
    event.altKey && "Alt",
    isShifted && "Shift",
    key,
  ]
    .filter(Boolean)
    .join("-");
}

/// Whether a text, from a file that people can edit, is a key that can be bound.
export function isKey(text: string): boolean {
  const strokes = text.split(" ");
  // On any keyboard: the file is for all that its user has.
  const areKeys = strokes.every(stroke => STROKE.test(stroke) && !isForWriting(stroke, false));
  if (!areKeys || strokes.length > 2) return false;
  return beginsStrokes(strokes[0]!) === (strokes.length === 2);
}

/// Whether a key alone, or with Shift, or on a Mac with Option, is needed to write: it cannot run a command.
/// Shift-Enter can.
export function isForWriting(key: string, mac = isMac): boolean {
  if (mac && isTypedOnMac(key)) return true;
  const names = key.split(/-(?!$)/);
  const name = names.pop()!;
  if (names.some(modifier => modifier !== "Shift")) return false;
  if (name === "Enter") return !names.length;
  return name.length === 1 || TYPING.test(name);
}

/// One spelling for each key: modifiers in one order, "Mod" as what it is on this keyboard.
export const sameKey = (keys: string, mac = isMac): string =>
  keys
    .split(" ")
    .map(stroke => {
      const names = stroke.split(/-(?!$)/);
      const name = names.pop()!;
      const modifiers = names.map(modifier =>
        modifier === "Mod" ? (mac ? "Meta" : "Ctrl") : modifier === "Cmd" ? "Meta" : modifier,
      );
      // "Alt-A" is Alt-Shift-a.
      const lower = name.length === 1 ? name.toLowerCase() : name;
      if (lower !== name) modifiers.push("Shift");
      return [...[...new Set(modifiers)].sort(), lower].join("-");
    })
    .join(" ");

/// The ids that share a key with others, by the key in one spelling; a key that begins another's two
/// strokes is shared too.
export function clashes(
  bound: readonly { id: string; keys: readonly string[] }[],
  mac = isMac,
): Map<string, string[]> {
  const all = bound.flatMap(({ id, keys }) => keys.map(key => ({ id, key: sameKey(key, mac) })));
  const found = new Map<string, string[]>();
  for (const { key } of all) {
    const ids = all
      .filter(other => other.key === key || other.key.startsWith(`${key} `))
      .map(({ id }) => id);
    if (new Set(ids).size > 1) found.set(key, [...new Set(ids)]);
  }
  return found;
}
