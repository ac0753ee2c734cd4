// Theme and font, as the user has chosen them, on the whole page.
import { preference } from "./storage";

/// Applies them; call it after a change too.
export function applyAppearance() {
  const { dataset, style } = document.documentElement;
  // The template sets it before the first paint.
  dataset.rditTheme = preference("theme");
  const set = (name: string, value: string) =>
    value ? style.setProperty(name, value) : style.removeProperty(name);
  const size = preference("fontSize");
  const family = preference("fontFamily");
  set("--jp-code-font-family", family && `${family.split(",").map(quoted).join(", ")}, monospace`);
  set("--jp-code-font-size", size === 13 ? "" : `${size}px`);
  set("--jp-code-line-height", size === 13 ? "" : `${Math.round(size * 1.54)}px`);
}

// A name with blanks needs quotes, and those of kinds, as serif, must have none.
function quoted(name: string): string {
  const plain = name.replace(/["'\\]/g, "").trim();
  return /^[a-z][\w-]*$/i.test(plain) ? plain : `"${plain}"`;
}
