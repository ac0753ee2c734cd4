// The lines that say what of a bundle is not seen: types that cannot be shown, with what would be needed,
// and HTML of which nothing shows.

import { libraryOf } from "./chart_types";
import { readable, textOf, type MimeBundle } from "./mime";
import { lineBlock } from "./parts/text";
import { size } from "./bytes";

// Text types, which can always be shown as plain text.
const shown = /^text\/(plain|latex)$/;

const hints: [RegExp, string][] = [
  [
    /^application\/vnd\.jupyter\.widget-view/,
    "It is a live widget: those are on the page, with a kernel, and in JupyterLab with ipywidgets.",
  ],
  // In a report: the page draws these.
  [
    /^application\/vnd\.plotly/,
    "It is a chart, which the page draws, and JupyterLab. In a report too: HTML(figure.to_html()).",
  ],
  [/^application\/vnd\.vega/, "It is a chart, which the page draws, and JupyterLab."],
];
const anyOther = "JupyterLab can, with an extension for it.";
const visible =
  "img, svg, canvas, video, audio, iframe, object, embed, hr, input, button, textarea, select, progress, meter, table, math, details";

/// An element with a line for each type that is not shown; null if there is none.
export function unshown(data: MimeBundle): HTMLElement | null {
  const given = readable(data);
  const types = Object.keys(data).filter(
    type => !shown.test(type) && (type in given || textOf(data[type])?.trim() !== ""),
  );
  if (!types.length) return null;
  const dom = document.createElement("div");
  dom.className = "rdit-unshown";
  for (const type of types) {
    const line = document.createElement("div");
    const name = document.createElement("code");
    name.textContent = type;
    const hint = hints.find(([pattern]) => pattern.test(type))?.[1];
    line.append(name, ` (${size(sizeOf(data[type]))}): `);
    line.append(
      type in given
        ? `nothing here can show this type. ${hint ?? anyOther}`
        : `its value is no ${libraryOf(type) ? "object" : "text"}, as this type has it.`,
    );
    dom.append(line);
  }
  return dom;
}

function sizeOf(value: unknown): number {
  return (textOf(value) ?? JSON.stringify(value) ?? "").length;
}

/// An element that says why nothing shows of HTML or Markdown that was rendered; null if something does, or
/// if it is blank on purpose: `rich` prints empty lines as an empty <pre>.
export function blank(dom: HTMLElement, data: MimeBundle, mimeType: string): HTMLElement | null {
  const root: ParentNode = dom.shadowRoot ?? dom;
  const source = textOf(data[mimeType]);
  if (source === null || !/^text\/(html|markdown)$/.test(mimeType)) return null;
  if ([...root.children].some(child => child.textContent?.trim())) return null;
  if (dom.textContent?.trim() || root.querySelector(visible) || /<(pre|br)\b/i.test(source))
    return null;
  return lineBlock(
    /<style[\s>]/i.test(source)
      ? "Styles alone: those of an output are for that output only."
      : `This ${mimeType} has nothing to show.`,
  );
}
