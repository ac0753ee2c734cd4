// Converts keys in CodeMirror's notation ("Mod-Shift-Enter") to the names on this keyboard, and to
// those of `aria-keyshortcuts`.

const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);
const NAMES: Record<string, string> = isMac
  ? { Mod: "⌘", Shift: "⇧", Alt: "⌥", Ctrl: "⌃", Enter: "↩" }
  : { Mod: "Ctrl" };
const ARROWS: Record<string, string> = { Right: "→", Left: "←", Up: "↑", Down: "↓" };

/// The name of one key on this keyboard: "⌘" or "Ctrl" for "Mod".
export const keyName = (key: string) => NAMES[key] ?? ARROWS[key] ?? key;

/// A key binding as text: "⇧↩" or "Shift+Enter".
export const keyText = (keys: string) =>
  keys
    .split("-")
    .map(keyName)
    .join(isMac ? "" : "+");

/// A key binding for `aria-keyshortcuts`.
export const ariaKeys = (keys: string) =>
  keys.replace("Mod", isMac ? "Meta" : "Control").replaceAll("-", "+");
