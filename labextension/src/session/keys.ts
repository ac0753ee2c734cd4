// Keys in CodeMirror's notation ("Mod-Shift-Enter", "Mod-k Mod-s" for two strokes): their names on this
// keyboard, what a key press is in that notation, and which keys are the same.

import { isMac } from "../editor/platform";

const NAMES: Record<string, string> = isMac
  ? { Mod: "⌘", Meta: "⌘", Shift: "⇧", Alt: "⌥", Ctrl: "⌃", Enter: "↩" }
  : { Mod: "Ctrl" };
const ARROWS: Record<string, string> = { Right: "→", Left: "←", Up: "↑", Down: "↓" };

// A hyphen may be the key itself.
const parts = (stroke: string) => stroke.split(/-(?!$)/);

/// The names of the keys of a binding's strokes: "⌘" or "Ctrl" for "Mod".
export const keyNames = (keys: string): string[][] =>
  keys.split(" ").map(stroke =>
    parts(stroke).map(key => {
      const name = key.replace("Arrow", "");
      return NAMES[name] ?? ARROWS[name] ?? (name.length === 1 ? name.toUpperCase() : name);
    }),
  );

/// A key binding as text: "⇧↩" or "Shift+Enter".
export const keyText = (keys: string) =>
  keyNames(keys)
    .map(names => names.join(isMac ? "" : "+"))
    .join(" ");

/// Key bindings for `aria-keyshortcuts`.
export const ariaKeys = (keys: readonly string[]) =>
  keys
    // The attribute knows no strokes that follow each other.
    .filter(key => !key.includes(" "))
    .map(key =>
      parts(key)
        .map(part => (part === "Mod" ? (isMac ? "Meta" : "Control") : part))
        .map(part => (part === "Ctrl" ? "Control" : part.length === 1 ? part.toUpperCase() : part))
        .join("+"),
    )
    .join(" ");

// With Shift or without.
const TYPED_ON_MAC = /^(Alt-|Shift-)*Alt-(Shift-)?.$/u;

/// Whether a stroke types a character on a Mac, where Option with a letter is "@" or "π".
export const isTypedOnMac = (stroke: string) => TYPED_ON_MAC.test(stroke);

/// A key as it is bound on this keyboard: on a Mac with Ctrl where it would type a character.
export const keyHere = (keys: string, mac = isMac): string =>
  mac
    ? keys
        .split(" ")
        .map(stroke => (isTypedOnMac(stroke) ? `Ctrl-${stroke}` : stroke))
        .join(" ")
    : keys;

/// Whether a key begins those of two strokes ("Mod-k Mod-0"): CodeMirror takes it for nothing else.
export const beginsStrokes = (key: string) => /^(Mod|Ctrl|Meta|Cmd)-k$/.test(key);
