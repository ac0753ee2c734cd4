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
    renderStyled: async html => styled(html),
  };
}

// Tables of pandas' Styler and of great_tables come with a style sheet for themselves. In a shadow root it
// reaches nothing else, and ids, which it needs, clash with nothing.
function styled(html: string): { dom: HTMLElement; dispose(): void } {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const styles = [...parsed.querySelectorAll("style")];
  const sheet = document.createElement("style");
  sheet.textContent = base + styles.map(style => harmless(style.textContent ?? "")).join("\n");
  for (const style of styles) style.remove();
  const body = document.createElement("div");
  body.innerHTML = idKeeping().sanitize(parsed.body.innerHTML);
  const dom = document.createElement("div");
  dom.attachShadow({ mode: "open" }).append(sheet, body);
  return { dom, dispose() {} };
}

const base = `
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0 8px; text-align: right; }
tr > :first-child { padding-left: 0; }
caption { text-align: left; }
`;

// Nothing is loaded from elsewhere for the sake of a table.
function harmless(css: string): string {
  return css.replace(/@import[^;]*;?/gi, "").replace(/url\(\s*(["']?)(?!data:)[^)]*\)/gi, "none");
}

type IdKeeping = IRenderMimeRegistry["sanitizer"] & {
  setAllowNamedProperties?(allow: boolean): void;
};

function idKeeping(): IdKeeping {
  const sanitizer: IdKeeping = new RenderMimeRegistry().sanitizer;
  sanitizer.setAllowNamedProperties?.(true);
  return sanitizer;
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
