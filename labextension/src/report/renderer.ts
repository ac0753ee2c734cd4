// The renderer of a report, small where the page has JupyterLab's: HTML and Markdown, sanitized; HTML
// with scripts in a sandbox. A report reaches no network, so what loads from one says so.

import { tamedSheet } from "../results/css";
import { sayMissing } from "../results/local_files";
import { textOf, type MimeRenderer, type Rendered } from "../results/mime";
import { sandboxed } from "../results/sandbox";
import { styledTable } from "../results/styled";
import { tame } from "../results/tame";
import { blank, unshown } from "../results/unshown";
import type { Rich } from "./rich";

// Scripts, styles and forms never get here as such: see `choose` in results/mime.ts.
const strict = { FORBID_TAGS: ["style", "form"], FORBID_ATTR: ["srcset", "ping"] };
const loads = /<(script|link|iframe|img)\b[^>]*?\s(src|href)\s*=\s*["']?\s*(https?:)?\/\//i;

/// Throws where the report was filled without it.
function rich(): Rich {
  const { rditRich } = globalThis as { rditRich?: Rich };
  if (!rditRich) throw new Error("This report has no sanitizer.");
  return rditRich;
}

function inline(html: string): Rendered {
  const template = document.createElement("template");
  template.innerHTML = rich().sanitize(html, strict);
  tame(template.content);
  sayMissing(template.content);
  const dom = document.createElement("div");
  dom.className = "jp-RenderedHTMLCommon";
  dom.append(template.content);
  return { dom, dispose() {} };
}

/// Renders the outputs of a report.
export const renderer: MimeRenderer = {
  preferred: data =>
    ["text/html", "text/markdown"].find(type => textOf(data[type]) !== null) ?? null,
  async render(mimeType, data) {
    const text = textOf(data[mimeType]) ?? "";
    return inline(mimeType === "text/markdown" ? await rich().markdown(text) : text);
  },
  renderStyled: async html => styledTable(html, tamedSheet, html => rich().sanitize(html, strict)),
  renderScripted(html) {
    const frame = sandboxed(html, "allow-scripts", false);
    if (!loads.test(html)) return frame;
    const note = document.createElement("div");
    note.className = "rdit-line";
    note.textContent = "Some of this output comes from the network, which a report does not reach.";
    const dom = document.createElement("div");
    dom.append(note, frame.dom);
    return { dom, dispose: frame.dispose };
  },
  unshown,
  blank,
};
