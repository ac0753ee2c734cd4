// The page's lazy chunk with JupyterLab's rendermime and additional renderers, for everything but
// text and images. Its interface is in mime.ts.

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

/// Creates the page's renderer.
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
