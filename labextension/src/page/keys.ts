// Converts keys in CodeMirror's notation ("Mod-Shift-Enter") to the names on this keyboard, and to
// those of `aria-keyshortcuts`.

const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);
const NAMES: Record<string, string> = isMac
  ? { Mod: "⌘", Shift: "⇧", Alt: "⌥", Ctrl: "⌃", Enter: "↩" }
  : { Mod: "Ctrl" };
const ARROWS: Record<string, string> = { Right: "→", Left: "←", Up: "↑", Down: "↓" };

export const keyName = (key: string) => NAMES[key] ?? ARROWS[key] ?? key;

export const keyText = (keys: string) =>
  keys
    .split("-")
    .map(keyName)
    .join(isMac ? "" : "+");

export const ariaKeys = (keys: string) =>
  keys.replace("Mod", isMac ? "Meta" : "Control").replaceAll("-", "+");
