// A `MimeRenderer` on a rendermime registry of JupyterLab: the page's own, or the one of
// JupyterLab.

import { RenderMimeRegistry, type IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { tamedSheet } from "./css";
import { embedded, soleFrame } from "./embedded";
import { GEO, geoJson } from "./geo_json";
import { jsonTree } from "./json_tree";
import { inPortions } from "./large";
import { lightenTexts } from "./legible";
import { embeddable, handedOver, localized, sayMissing, withoutSources } from "./local_files";
import { textOf, type MimeBundle, type MimeRenderer, type Rendered } from "./mime";
import { sandboxed } from "./sandbox";
import { withSetups } from "./setups";
import { styledTable } from "./styled";
import { tame } from "./tame";
import { blank, unshown } from "./unshown";

type Data = Parameters<IRenderMimeRegistry["preferredMimeType"]>[0];

const none = () => false;

/// Wraps a registry. `isTrusted`: which MIME types are rendered as trusted. HTML never is, so it is
/// always sanitized; HTML with scripts is not passed to `render`.
export function registryRenderer(
  registry: IRenderMimeRegistry,
  isTrusted: (mimeType: string) => boolean = none,
): MimeRenderer {
  const localMedia = (html: string) => localized(withoutSources(html), registry.resolver);
  return {
    preferred(data) {
      if (GEO in data && !registry.getFactory(GEO)) return GEO;
      const any = registry.preferredMimeType(data as Data, "any");
      if (any && isTrusted(any)) return any;
      return registry.preferredMimeType(data as Data, "ensure") ?? null;
    },
    async render(mimeType, data, metadata) {
      if (!registry.getFactory(mimeType)) {
        if (mimeType === GEO) return geoJson(data[GEO], metadata[GEO]);
        if (mimeType === "application/json") return jsonTree(data[mimeType], metadata[mimeType]);
      }
      const source = mimeType === "text/html" ? textOf(data[mimeType]) : null;
      const html = source === null ? null : await localMedia(source);
      const render = (data: MimeBundle) =>
        renderWidget(registry, mimeType, data, metadata, isTrusted(mimeType));
      return html === null
        ? render(data)
        : inPortions(html, portion => render({ ...data, [mimeType]: portion }));
    },
    renderStyled: async html =>
      inPortions(await localMedia(html), async portion =>
        styledTable(portion, tamedSheet, html => idKeeping().sanitize(html)),
      ),
    async renderScripted(html, scripted) {
      const frame = soleFrame(html);
      return (
        (frame && (await embedded(frame, registry.resolver))) ??
        sandboxed(withSetups(await handedOver(html, registry.resolver), scripted))
      );
    },
    async media(source, most) {
      if (!registry.resolver) throw new Error("Nothing here knows where files are.");
      return embeddable(registry.resolver, source, most);
    },
    unshown,
    blank,
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
  if (!trusted) {
    tame(widget.node);
    lightenTexts(widget.node);
    sayMissing(widget.node);
  }
  const tell = (message: typeof Widget.Msg.AfterAttach) => MessageLoop.sendMessage(widget, message);
  return {
    dom: widget.node,
    // The node is inserted without Lumino's layout, so the attach messages must be sent: some
    // widgets draw only then.
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

type IdKeeping = IRenderMimeRegistry["sanitizer"] & {
  setAllowNamedProperties?(allow: boolean): void;
};

let kept: IdKeeping | undefined;

/// The sanitizer of styled HTML, one for all: its rules are by id. Not a host's own, whose settings are not
/// ours to change.
function idKeeping(): IdKeeping {
  if (!kept) {
    kept = new RenderMimeRegistry().sanitizer;
    kept.setAllowNamedProperties?.(true);
  }
  return kept;
}

function plain(bundle: MimeBundle): { [key: string]: never } {
  return { ...bundle } as { [key: string]: never };
}
