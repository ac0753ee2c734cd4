// Lazy chunk: the script that is open as other documents, downloaded.

import { download } from "../documents/download";
import type { Exports } from "../editor/host";
import type { PageConfig } from "./config";
import { ask } from "./file/contents";

const text = (answer: Response) => answer.text();

export function exportsOf({ baseUrl, isSite, staticUrl }: PageConfig, name: string): Exports {
  return {
    title: name.replace(/\.py$/, ""),
    template: async () =>
      (await ask("GET", `${staticUrl}report.html`, undefined, undefined, text)) as string,
    async convert(body) {
      if (isSite) throw new Error("a server makes Markdown and notebooks, and this site has none.");
      return (await ask("POST", `${baseUrl}rdit/export`, body, undefined, text)) as string;
    },
    give: download,
  };
}
