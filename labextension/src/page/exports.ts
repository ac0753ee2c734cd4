// Lazy chunk: the script that is open as other documents, downloaded.

import { download } from "../documents/download";
import type { Exports } from "../editor/host";
import type { PageConfig } from "./config";
import { ask } from "./file/contents";

const text = (answer: Response) => answer.text();

/// `say` tells that an export takes a while.
export function exportsOf(
  { baseUrl, isSite, staticUrl }: PageConfig,
  name: string,
  say: (text: string) => void,
): Exports {
  return {
    title: name.replace(/\.py$/, ""),
    template: async () =>
      (await ask("GET", `${staticUrl}report.html`, undefined, undefined, text)) as string,
    async convert(body) {
      if (isSite) {
        say("Python in this browser makes the file: that takes a few seconds.");
        return (await import("../backends/pyodide/text_documents")).textDocument(staticUrl, body);
      }
      return (await ask("POST", `${baseUrl}rdit/export`, body, undefined, text)) as string;
    },
    give: download,
  };
}
