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
  whyMissing?: Parameters<typeof sayMissing>[1],
): Rendered {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const styles = [...parsed.querySelectorAll("style")];
  const sheet = sheetOf(base + styles.map(style => style.textContent ?? "").join("\n"));
  for (const rule of sheet.cssRules) if (rule instanceof CSSStyleRule) colorText(rule.style);
  for (const style of styles) style.remove();
  const template = document.createElement("template");
  template.innerHTML = sanitize(parsed.body.innerHTML);
  tame(template.content);
  for (const element of template.content.querySelectorAll<HTMLElement>("[style]"))
    colorText(element.style);
  sayMissing(template.content, whyMissing);
  const dom = document.createElement("div");
  const shadow = dom.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(template.content);
  return { dom, dispose() {} };
}

let context: CanvasRenderingContext2D | null = null;

/// Where a rule has a background and no color, text would have the theme's, which need not be seen on it: as light text
/// in the dark on yellow.
function colorText(style: CSSStyleDeclaration): void {
  const background = style.backgroundColor;
  if (!background || style.color) return;
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return;
  // It writes any color that is opaque so, and keeps its own at what is none.
  context.fillStyle = "#0000";
  context.fillStyle = background;
  const [, red, green, blue] = /^#(..)(..)(..)$/.exec(context.fillStyle) ?? [];
  if (red) style.color = isLight(red, green!, blue!) ? "#171614" : "#fdfcfa";
}

/// Whether black has more contrast to a color than white: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
function isLight(...channels: [string, string, string]): boolean {
  const [red, green, blue] = channels.map(hex => {
    const part = parseInt(hex, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
}

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
