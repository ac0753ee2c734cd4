// The lazy chunk of the page: JupyterLab's rendermime, with renderers of its own, for everything that is
// not text or an image. The interface is in mime.ts.

import {
  htmlRendererFactory,
  latexRendererFactory,
  markdownRendererFactory,
  RenderMimeRegistry,
  textRendererFactory,
} from "@jupyterlab/rendermime";
import { marked } from "marked";
import type { MimeRenderer } from "./mime";
import { registryRenderer } from "./registry";

/// The page's own renderer.
export function load(): MimeRenderer {
  return registryRenderer(
    new RenderMimeRegistry({
      initialFactories: [
        htmlRendererFactory,
        markdownRendererFactory,
        latexRendererFactory,
        textRendererFactory,
      ],
      markdownParser: { render: async source => marked.parse(source, { gfm: true }) },
    }),
  );
}
