// Lazy chunk: what renders the outputs of a script on the page.

import { load as loadRenderer } from "../results/rendermime";
import type { MimeRenderer } from "../results/mime";
import type { PageConfig } from "./config";
import type { Files } from "./file/contents";
import { outputFiles } from "./output_files";

/// The renderer of the outputs of the script at this path.
export const load = (config: PageConfig, path: string, files: Files): MimeRenderer =>
  loadRenderer(config.staticUrl, outputFiles(config, path, files));
