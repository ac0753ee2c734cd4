// The lazy chunk: JupyterLab's rendermime for everything that is not text or an image. Only this file
// loads the package; the interface is in mime.ts.

import {
  htmlRendererFactory,
  latexRendererFactory,
  markdownRendererFactory,
  RenderMimeRegistry,
  textRendererFactory,
  type IRenderMimeRegistry,
} from "@jupyterlab/rendermime";
import { marked } from "marked";
import type { MimeBundle, MimeRenderer } from "./mime";

type Data = Parameters<IRenderMimeRegistry["preferredMimeType"]>[0];

/// The renderer of a registry: ours, or that of JupyterLab.
export function registryRenderer(registry: IRenderMimeRegistry): MimeRenderer {
  return {
    preferred: data => registry.preferredMimeType(data as Data, "ensure") ?? null,
    async render(mimeType, data, metadata) {
      const widget = registry.createRenderer(mimeType);
      // Never trusted: HTML is sanitised, and what carries scripts does not come here (sandbox.ts).
      const model = registry.createModel({
        data: plain(data),
        metadata: plain(metadata),
        trusted: false,
      });
      await widget.renderModel(model);
      return { dom: widget.node, dispose: () => widget.dispose() };
    },
  };
}

function plain(bundle: MimeBundle): { [key: string]: never } {
  return { ...bundle } as { [key: string]: never };
}

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
