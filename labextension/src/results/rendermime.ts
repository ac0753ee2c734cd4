// The page's lazy chunk with JupyterLab's rendermime and additional renderers, for everything but
// text and images. Its interface is in mime.ts.

import {
  htmlRendererFactory,
  latexRendererFactory,
  markdownRendererFactory,
  RenderMimeRegistry,
  textRendererFactory,
} from "@jupyterlab/rendermime";
import { hasMath, renderLatex } from "./latex";
import { markdownToHtml } from "./markdown";
import { renderPdf } from "./embedded";
import type { Resolver } from "./local_files";
import { textOf, type MimeRenderer } from "./mime";
import { chartIn } from "./chart_types";
import { chartRenderer } from "./charts";
import { colourBlocks } from "./python_colours";
import { registryRenderer } from "./registry";

/// Defined by the build: where KaTeX's styles are, below the page's static files.
declare const __KATEX__: string;

/// Fences of Mermaid in rendered Markdown.
const diagrams = "pre > code.language-mermaid";

/// Creates the page's renderer. `staticUrl`: of the page's static files, ending in a slash; without it
/// formulas stay as they are written. `resolver`: of the files that outputs name.
export function load(staticUrl?: string, resolver?: Resolver): MimeRenderer {
  let typesetter: typeof import("./typeset") | null = null;
  const basic = registryRenderer(
    new RenderMimeRegistry({
      ...(resolver && { resolver }),
      initialFactories: [
        htmlRendererFactory,
        markdownRendererFactory,
        ...(staticUrl ? [latexRendererFactory] : []),
        textRendererFactory,
      ],
      markdownParser: { render: markdownToHtml },
      // Of HTML the dollars are its own.
      latexTypesetter: {
        typeset: element => {
          if (element.closest(".jp-RenderedMarkdown")) typesetter?.typeset(element);
        },
      },
    }),
  );
  const renderer: MimeRenderer = {
    ...basic,
    async render(mimeType, data, metadata) {
      const rendered = await basic.render(mimeType, data, metadata);
      if (mimeType === "text/markdown") colourBlocks(rendered.dom);
      return rendered;
    },
  };
  if (!staticUrl) return renderer;
  const loadTypesetter = async () => {
    try {
      const loaded = await import("./typeset");
      await loaded.loadStyles(new URL(__KATEX__, new URL(staticUrl, document.baseURI)).href);
      typesetter = loaded;
    } catch (error) {
      // Text with a dollar in it is shown all the same, and formulas as they are written.
      console.warn("rdit: formulas cannot be typeset.", error);
    }
  };
  const chart = chartRenderer(new URL(staticUrl, document.baseURI).href);
  return {
    ...renderer,
    preferred: data => ("application/pdf" in data ? "application/pdf" : renderer.preferred(data)),
    async render(mimeType, data, metadata) {
      if (mimeType === "application/pdf") return renderPdf(data[mimeType]);
      if (mimeType === chartIn(data)) return chart(mimeType, data);
      const source = textOf(data[mimeType]) ?? "";
      // Before it is rendered, so that what is inserted has its size.
      if ((mimeType === "text/latex" || mimeType === "text/markdown") && hasMath.test(source))
        await loadTypesetter();
      if (mimeType === "text/latex") return renderLatex(data, typesetter?.typeset);
      const rendered = await renderer.render(mimeType, data, metadata);
      if (mimeType !== "text/markdown" || !rendered.dom.querySelector(diagrams)) return rendered;
      const { withDiagrams } = await import("./mermaid");
      return withDiagrams(rendered, diagrams, new URL(staticUrl, document.baseURI).href);
    },
    async typeset(element) {
      if (!hasMath.test(element.textContent ?? "")) return;
      await loadTypesetter();
      typesetter?.typeset(element);
    },
  };
}
