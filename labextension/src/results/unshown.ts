// The line that names MIME types of a bundle that cannot be shown, and what would be needed.

import { textOf, type MimeBundle } from "./mime";
import { size } from "./bytes";

// Text types, which can always be shown as plain text.
const shown = /^text\/(plain|latex)$/;

const hints: [RegExp, string][] = [
  [
    /^application\/vnd\.jupyter\.widget-view/,
    "Live widgets need JupyterLab with ipywidgets: open the script there.",
  ],
  [
    /javascript$/,
    'A script of its own is not run. Within HTML it is: display(HTML("<script>…</script>")).',
  ],
  [/^application\/vnd\.plotly/, "HTML(figure.to_html()) is shown here."],
  [/^application\/vnd\.vega/, "HTML(chart.to_html()) is shown here."],
];
const anyOther = "JupyterLab can, with an extension for it.";

/// An element with a line for each type that is not shown; null if there is none.
export function unshown(data: MimeBundle): HTMLElement | null {
  const types = Object.keys(data).filter(type => !shown.test(type));
  if (!types.length) return null;
  const dom = document.createElement("div");
  dom.className = "rdit-unshown";
  for (const type of types) {
    const line = document.createElement("div");
    const name = document.createElement("code");
    name.textContent = type;
    const hint = hints.find(([pattern]) => pattern.test(type))?.[1];
    line.append(
      name,
      ` (${size(sizeOf(data[type]))}): `,
      `nothing here can show this type. ${hint ?? anyOther}`,
    );
    dom.append(line);
  }
  return dom;
}

function sizeOf(value: unknown): number {
  return (textOf(value) ?? JSON.stringify(value) ?? "").length;
}
