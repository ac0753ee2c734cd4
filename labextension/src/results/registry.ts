// MIME bundles through a registry of JupyterLab's: the page's own, or that of JupyterLab itself.

import { RenderMimeRegistry, type IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { tamedSheet } from "./css";
import { inPortions } from "./large";
import { textOf, type MimeBundle, type MimeRenderer, type Rendered } from "./mime";
import { sandboxed } from "./sandbox";
import { tame } from "./tame";
import { unshown } from "./unshown";

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
      const html = mimeType === "text/html" ? textOf(data[mimeType]) : null;
      const render = (data: MimeBundle) =>
        renderWidget(registry, mimeType, data, metadata, isTrusted(mimeType));
      return html === null
        ? render(data)
        : inPortions(html, portion => render({ ...data, [mimeType]: portion }));
    },
    renderStyled: html => inPortions(html, async portion => styled(portion)),
    renderScripted: sandboxed,
    unshown,
  };
}

async function renderWidget(
  registry: IRenderMimeRegistry,
  mimeType: string,
  data: MimeBundle,
  metadata: MimeBundle,
  trusted: boolean,
): Promise<Rendered> {
  const widget = registry.createRenderer(mimeType);
  const model = registry.createModel({ data: plain(data), metadata: plain(metadata), trusted });
  await widget.renderModel(model);
  if (!trusted) tame(widget.node);
  const tell = (message: typeof Widget.Msg.AfterAttach) => MessageLoop.sendMessage(widget, message);
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
}

// Tables of pandas' Styler and of great_tables come with a style sheet for themselves. In a shadow root it
// reaches nothing else, and ids, which it needs, clash with nothing.
function styled(html: string): Rendered {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const styles = [...parsed.querySelectorAll("style")];
  const sheet = tamedSheet(base + styles.map(style => style.textContent ?? "").join("\n"));
  for (const style of styles) style.remove();
  const template = document.createElement("template");
  template.innerHTML = idKeeping().sanitize(parsed.body.innerHTML);
  tame(template.content);
  const dom = document.createElement("div");
  const shadow = dom.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(template.content);
  return { dom, dispose() {} };
}

const base = `
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0 8px; text-align: right; }
tr > :first-child { padding-left: 0; }
caption { text-align: left; }
`;

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
