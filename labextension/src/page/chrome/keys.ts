// Converts keys in CodeMirror's notation ("Mod-Shift-Enter") to the names on this keyboard, and to
// those of `aria-keyshortcuts`.

const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);
const NAMES: Record<string, string> = isMac
  ? { Mod: "⌘", Shift: "⇧", Alt: "⌥", Ctrl: "⌃", Enter: "↩" }
  : { Mod: "Ctrl" };
const ARROWS: Record<string, string> = { Right: "→", Left: "←", Up: "↑", Down: "↓" };

/// The names of a binding's keys: "⌘" or "Ctrl" for "Mod".
export const keyNames = (keys: string) =>
  keys.split("-").map(key => {
    const name = key.replace("Arrow", "");
    return NAMES[name] ?? ARROWS[name] ?? (name.length === 1 ? name.toUpperCase() : name);
  });

/// A key binding as text: "⇧↩" or "Shift+Enter".
export const keyText = (keys: string) => keyNames(keys).join(isMac ? "" : "+");

/// A key binding for `aria-keyshortcuts`.
export const ariaKeys = (keys: string) =>
  keys
    .replace("Mod", isMac ? "Meta" : "Control")
    .replace(/-([a-z])$/, (_, letter: string) => `-${letter.toUpperCase()}`)
    .replaceAll("-", "+");
