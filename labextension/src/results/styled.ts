// HTML with a style sheet of its own, as tables of pandas' Styler and of great_tables have it. In a
// shadow root its rules, and the ids they use, affect nothing else.

import { sayMissing } from "./local_files";
import type { Rendered } from "./mime";
import { tame } from "./tame";

/// Renders it. `sheetOf`: a style sheet without what may load something; `sanitize`: HTML without what
/// may run, and with its ids.
export function styledTable(
  html: string,
  sheetOf: (css: string) => CSSStyleSheet,
  sanitize: (html: string) => string,
): Rendered {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const styles = [...parsed.querySelectorAll("style")];
  const sheet = sheetOf(base + styles.map(style => style.textContent ?? "").join("\n"));
  for (const style of styles) style.remove();
  const template = document.createElement("template");
  template.innerHTML = sanitize(parsed.body.innerHTML);
  tame(template.content);
  sayMissing(template.content);
  const dom = document.createElement("div");
  const shadow = dom.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(template.content);
  return { dom, dispose() {} };
}

const base = `
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0 8px; text-align: right; }
tr > :first-child { padding-left: 0; }
caption { text-align: left; }
`;
