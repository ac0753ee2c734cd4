// HTML with a style sheet of its own, as tables of pandas' Styler and of great_tables have it. In a
// shadow root its rules, and the ids they use, affect nothing else.

import { colorText, lightenText, lightenTexts } from "./legible";
import { sayMissing } from "./local_files";
import type { Rendered } from "./mime";
import { tame } from "./tame";

/// Renders it. `sheetOf`: a style sheet without what may load something; `sanitize`: HTML without what
/// may run, and with its ids.
export function styledTable(
  html: string,
  sheetOf: (css: string) => CSSStyleSheet,
  sanitize: (html: string) => string,
  whyMissing?: Parameters<typeof sayMissing>[1],
): Rendered {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const styles = [...parsed.querySelectorAll("style")];
  const sheet = sheetOf(base + styles.map(style => style.textContent ?? "").join("\n"));
  const rules = [...sheet.cssRules].filter(rule => rule instanceof CSSStyleRule);
  // Cells by their ids, as pandas' Styler has them, are the ground of nothing else.
  const grounds = rules.filter(({ style }) => hasGround(style));
  const haveOwn = grounds.every(({ selectorText }) => onlyIds.test(selectorText));
  for (const { style, selectorText } of rules) {
    if (!grounds.length || (haveOwn && onlyIds.test(selectorText) && !hasGround(style)))
      lightenText(style);
    colorText(style);
  }
  for (const style of styles) style.remove();
  const template = document.createElement("template");
  template.innerHTML = sanitize(parsed.body.innerHTML);
  tame(template.content);
  for (const element of template.content.querySelectorAll<HTMLElement>("[style]"))
    colorText(element.style);
  if (!grounds.length) lightenTexts(template.content);
  sayMissing(template.content, whyMissing);
  const dom = document.createElement("div");
  const shadow = dom.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(template.content);
  return { dom, dispose() {} };
}

const onlyIds = /^#[-\w]+(,\s*#[-\w]+)*$/;
const hasGround = ({ cssText }: CSSStyleDeclaration) => /(^|[^-])background/.test(cssText);

const base = `
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0 8px; text-align: right; }
tr > :first-child { padding-left: 0; }
caption { text-align: left; }
/* Tables of pandas and polars, as those without a style sheet look (style/results.css). */
table[border] { border: 0; }
table[border] :is(th, td) {
  border: 0;
  border-bottom: 1px solid var(--jp-border-color3, ButtonBorder);
  padding: 0 14px 0 0;
}
table[border] thead :is(th, td) { border-bottom-color: var(--jp-border-color1, ButtonBorder); }
table[border] thead td, small { color: var(--jp-content-font-color2, GrayText); }
`;
