// Lazy chunk: what renders the outputs of a script on the page.

import type { Controller } from "../session/controller";
import { load as loadRenderer } from "../results/rendermime";
import { once } from "../results/once";
import type { MimeRenderer } from "../results/mime";
import type { PageConfig } from "./config";
import type { Files } from "./file/contents";
import { outputFiles } from "./output_files";

const WIDGET = "application/vnd.jupyter.widget-view+json";

/// The renderer of the outputs of the script at this path. `ended`: aborts when its page is disposed; what the
/// renderer has opened beside its views is closed then.
export function load(
  config: PageConfig,
  path: string,
  files: Files,
  controller: Controller,
  ended: AbortSignal,
): MimeRenderer {
  const widgets = once(async () => {
    const { Widgets } = await import("./widgets");
    return new Widgets(config, controller, renderer, ended);
  });
  const basic = loadRenderer(config.staticUrl, outputFiles(config, path, files));
  const renderer: MimeRenderer = {
    ...basic,
    preferred: data => (WIDGET in data ? WIDGET : basic.preferred(data)),
    async render(mimeType, data, metadata) {
      if (mimeType !== WIDGET) return basic.render(mimeType, data, metadata);
      return (await widgets()).render(data[WIDGET], data);
    },
  };
  return renderer;
}
