// The renderer of a report, small where the page has JupyterLab's: HTML and Markdown, sanitized; HTML
// with scripts in a sandbox. A report reaches no network, so what loads from one says so; and it has no room
// for what draws charts, which says so too.

import { chartIn } from "../results/chart_types";
import { tamedSheet } from "../results/css";
import { GEO, geoJson } from "../results/geo_json";
import { tagsIn, unquoted } from "../results/html_tags";
import { jsonTree } from "../results/json_tree";
import { colourBlocks } from "../results/python_colours";
import { lightenTexts } from "../results/legible";
import { isWithin, sayMissing, withoutSources } from "../results/local_files";
import { textOf, type MimeRenderer, type Rendered } from "../results/mime";
import { sandboxed } from "../results/sandbox";
import { withSetups } from "../results/setups";
import { styledTable } from "../results/styled";
import { tame } from "../results/tame";
import { blank, unshown } from "../results/unshown";
import { renderLatex } from "../results/latex";
import { whyMissing, withFiles } from "./files";
import type { Mathematics } from "./math";
import type { Rich } from "./rich";

// Scripts, styles and forms never get here as such: see `choose` in results/mime.ts.
const strict = {
  FORBID_TAGS: ["style", "form"],
  FORBID_ATTR: ["srcset", "ping"],
  // A picture, which the policy of the report lets come from its own data only.
  ADD_URI_SAFE_ATTR: ["poster"],
};

/// The addresses that such elements of the HTML load, also those that its scripts write.
const loadedBy = (html: string, names: readonly string[]): string[] =>
  [...tagsIn(html, names)].flatMap(({ attributes }) =>
    attributes
      .filter(({ name }) => name === "src" || name === "href")
      .map(({ written }) => unquoted(written).trim()),
  );

/// Throws where the report was filled without it.
function rich(): Rich {
  const { rditRich } = globalThis as { rditRich?: Rich };
  if (!rditRich) throw new Error("This report has no sanitizer.");
  return rditRich;
}

async function inline(html: string): Promise<Rendered> {
  const template = document.createElement("template");
  template.innerHTML = rich().sanitize(withoutSources(await withFiles(html)), strict);
  tame(template.content);
  lightenTexts(template.content);
  sayMissing(template.content, whyMissing);
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
    const shown = await inline(await (math ? math.around(text, markdown) : markdown(text)));
    math?.typeset(shown.dom);
    colourBlocks(shown.dom);
    return shown;
  },
  renderStyled: async html =>
    styledTable(
      await withFiles(html),
      tamedSheet,
      html => rich().sanitize(html, strict),
      whyMissing,
    ),
  async renderScripted(html, scripted) {
    // As `handedOver`: its scripts can read them.
    const frame = sandboxed(withSetups(await withFiles(html, isWithin), scripted), {
      allowed: "allow-scripts",
      isPinned: false,
    });
    const page = loadedBy(html, ["iframe"]).find(address => !/^([a-z]+:|\/\/|$)/i.test(address));
    const isRemote = (address: string) => /^(https?:)?\/\//i.test(address);
    const said = loadedBy(html, ["script", "link", "iframe", "img"]).some(isRemote)
      ? "Some of this output comes from the network, which a report does not reach."
      : page && `${page} is not in this report: pages beside the script are not.`;
    if (!said) return frame;
    const note = document.createElement("div");
    note.className = "rdit-line";
    note.textContent = said;
    const dom = document.createElement("div");
    dom.append(note, frame.dom);
    return { dom, dispose: frame.dispose };
  },
  unshown,
  blank,
};
