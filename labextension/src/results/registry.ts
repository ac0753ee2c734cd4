// MIME bundles through a registry of JupyterLab's: the page's own, or that of JupyterLab itself.

import { RenderMimeRegistry, type IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import type { MimeBundle, MimeRenderer } from "./mime";
import { sandboxed } from "./sandbox";

type Data = Parameters<IRenderMimeRegistry["preferredMimeType"]>[0];

const none = () => false;

/// The renderer of a registry. `isTrusted` says which types are rendered as the user's own: no HTML,
/// which is always sanitised; what carries scripts does not come to `render`.
export function registryRenderer(
  registry: IRenderMimeRegistry,
  isTrusted: (mimeType: string) => boolean = none,
): MimeRenderer {
  return {
    preferred(data) {
      const any = registry.preferredMimeType(data as Data, "any");
      if (any && isTrusted(any)) return any;
      return registry.preferredMimeType(data as Data, "ensure") ?? null;
    },
    async render(mimeType, data, metadata) {
      const widget = registry.createRenderer(mimeType);
      const model = registry.createModel({
        data: plain(data),
        metadata: plain(metadata),
        trusted: isTrusted(mimeType),
      });
      await widget.renderModel(model);
      const tell = (message: typeof Widget.Msg.AfterAttach) =>
        MessageLoop.sendMessage(widget, message);
      return {
        dom: widget.node,
        // The node is placed by hand; some widgets draw only when they are told that they stand somewhere.
        placed: () => tell(Widget.Msg.AfterAttach),
        dispose() {
          if (widget.isAttached) {
            tell(Widget.Msg.BeforeDetach);
            tell(Widget.Msg.AfterDetach);
          }
          widget.dispose();
        },
      };
    },
    renderStyled: async html => styled(html),
    renderScripted: sandboxed,
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
