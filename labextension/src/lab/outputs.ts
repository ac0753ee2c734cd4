// A script's outputs through JupyterLab's own renderers: every MIME type that an extension brings, and
// live widgets if ipywidgets is installed.

import type { ISessionContext } from "@jupyterlab/apputils";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import { RenderMimeRegistry, type IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { Contents } from "@jupyterlab/services";
import type { IDisposable } from "@lumino/disposable";
import type { MimeRenderer } from "../results/mime";

// What the results show themselves, in the same way in every host, or never.
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
]);

export class Outputs implements IDisposable {
  renderer: MimeRenderer | null = null;
  isDisposed = false;
  private readonly registry: IRenderMimeRegistry;

  constructor(
    rendermime: IRenderMimeRegistry,
    context: DocumentRegistry.CodeContext,
    contents: Contents.IManager,
    _kernel: ISessionContext,
  ) {
    // A copy: what belongs to this script's kernel is added to it alone.
    this.registry = rendermime.clone({
      resolver: new RenderMimeRegistry.UrlResolver({ path: context.localPath, contents }),
    });
  }

  load({ registryRenderer }: typeof import("./editing")): void {
    // Types of extensions are trusted: they came from code that ran in this session, here or in another
    // browser, and never from a file that was opened.
    this.renderer = registryRenderer(this.registry, mimeType => this.isHosted(mimeType));
  }

  isHosted(mimeType: string): boolean {
    return !ours.has(mimeType) && this.registry.getFactory(mimeType) !== undefined;
  }

  dispose(): void {
    this.isDisposed = true;
  }
}
