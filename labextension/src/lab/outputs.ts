// Renders a script's outputs with JupyterLab's rendermime: all MIME types of installed extensions,
// and live widgets if ipywidgets is installed.

import type { ISessionContext } from "@jupyterlab/apputils";
import { PageConfig, URLExt } from "@jupyterlab/coreutils";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import { RenderMimeRegistry, type IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { Contents } from "@jupyterlab/services";
import type { IDisposable } from "@lumino/disposable";
import type { MimeRenderer } from "../results/mime";

// Types that the results show themselves in every host, or never show.
const ours = new Set([
  "text/plain",
  "text/html",
  "text/markdown",
  "image/svg+xml",
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/bmp",
  "application/javascript",
  "text/javascript",
  "application/x-javascript",
  "application/vnd.jupyter.error",
  "application/vnd.jupyter.stderr",
  "application/vnd.jupyter.stdout",
  // JupyterLab's viewer has the height of its pane, and in a result none.
  "application/pdf",
]);

/// The renderer of one script's outputs. Dispose it with the script.
export class Outputs implements IDisposable {
  renderer: MimeRenderer | null = null;
  isDisposed = false;
  private readonly registry: IRenderMimeRegistry;
  private widgets: Promise<IDisposable | null> | null = null;

  constructor(
    rendermime: IRenderMimeRegistry,
    context: DocumentRegistry.CodeContext,
    contents: Contents.IManager,
    private readonly sessionContext: ISessionContext,
  ) {
    // A clone per script, to which the script's widget manager is added.
    this.registry = rendermime.clone({
      resolver: new RenderMimeRegistry.UrlResolver({ path: context.localPath, contents }),
    });
  }

  load({
    chartIn,
    chartRenderer,
    connectWidgets,
    registryRenderer,
    renderPdf,
    WIDGET_VIEW,
  }: typeof import("./editing")): void {
    const chart = chartRenderer(URLExt.join(PageConfig.getBaseUrl(), "static/rdit/"));
    // Types of extensions are rendered as trusted: these outputs came from code that ran in this
    // session (from any client), never from an opened file.
    // Connected before the first widget is shown: a kernel connection without a handler for a comm
    // target closes the comm.
    this.widgets = connectWidgets(this.sessionContext, this.registry);
    const renderer = registryRenderer(this.registry, mimeType => this.isHosted(mimeType));
    this.renderer = {
      ...renderer,
      preferred: data => ("application/pdf" in data ? "application/pdf" : renderer.preferred(data)),
      render: async (mimeType, data, metadata) => {
        if (mimeType === WIDGET_VIEW) await this.widgets;
        if (mimeType === "application/pdf") return renderPdf(data[mimeType]);
        if (mimeType === chartIn(data) && !this.isHosted(mimeType)) return chart(mimeType, data);
        return renderer.render(mimeType, data, metadata);
      },
    };
  }

  isHosted(mimeType: string): boolean {
    return !ours.has(mimeType) && this.registry.getFactory(mimeType) !== undefined;
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    void this.widgets?.then(widgets => widgets?.dispose());
  }
}
