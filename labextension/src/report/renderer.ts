// The renderer of a report, small where the page has JupyterLab's: HTML and Markdown, sanitized; HTML
// with scripts in a sandbox. A report reaches no network, so what loads from one says so; and it has no room
// for what draws charts, which says so too.

import { chartIn } from "../results/chart_types";
import { tamedSheet } from "../results/css";
import { GEO, geoJson } from "../results/geo_json";
import { jsonTree } from "../results/json_tree";
import { colourBlocks } from "../results/python_colours";
import { sayMissing } from "../results/local_files";
import { textOf, type MimeRenderer, type Rendered } from "../results/mime";
import { sandboxed } from "../results/sandbox";
import { withSetups } from "../results/setups";
import { styledTable } from "../results/styled";
import { tame } from "../results/tame";
import { blank, unshown } from "../results/unshown";
import { renderLatex } from "../results/latex";
import type { Mathematics } from "./math";
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
    ["text/html", "text/markdown", "text/latex"].find(type => textOf(data[type]) !== null) ??
    (GEO in data ? GEO : null),
  async render(mimeType, data, metadata) {
    if (mimeType === GEO) return geoJson(data[GEO], metadata[GEO]);
    if (mimeType === "application/json") return jsonTree(data[mimeType], metadata[mimeType]);
    const { rditMath: math } = globalThis as { rditMath?: Mathematics };
    if (mimeType === "text/latex") return renderLatex(data, math?.typeset);
    if (chartIn(data) !== null) return { dom: unshown(data)!, dispose() {} };
    const text = textOf(data[mimeType]) ?? "";
    if (mimeType !== "text/markdown") return inline(text);
    const { markdown } = rich();
    const shown = inline(await (math ? math.around(text, markdown) : markdown(text)));
    math?.typeset(shown.dom);
    colourBlocks(shown.dom);
    return shown;
  },
  renderStyled: async html => styledTable(html, tamedSheet, html => rich().sanitize(html, strict)),
  renderScripted(html, scripted) {
    const frame = sandboxed(withSetups(html, scripted), {
      allowed: "allow-scripts",
      isPinned: false,
    });
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
