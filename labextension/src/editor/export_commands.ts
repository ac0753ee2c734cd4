// The commands that give the user a script, with the results that stand there now, as another document.

import type { Command, EditorView } from "@codemirror/view";
import { fillReport } from "../documents/report";
import type { ExportBody } from "../protocol";
import { resultsOf } from "./export";
import { mediaOf } from "./export_media";
import { editorHost, sayNotLoaded } from "./host";

const kinds = {
  html: [".html", "text/html"],
  markdown: [".md", "text/markdown"],
  notebook: [".ipynb", "application/x-ipynb+json"],
} as const;

async function exportAs(view: EditorView, format: ExportBody["format"], resultsOnly: boolean) {
  const { state } = view;
  const host = state.facet(editorHost);
  if (!host?.exports) return sayNotLoaded(view);
  // What stands there now, not when the rest has come.
  const script = state.doc.toString();
  const results = resultsOf(state);
  try {
    const { title, template, convert, give } = await host.exports();
    const body = { script, results, title, resultsOnly };
    const media = () => mediaOf(results, async () => (await host.loadRenderer?.()) ?? {});
    const text =
      format === "html"
        ? fillReport(await template(), { ...body, files: await media() })
        : await convert({ ...body, format });
    const [ending, type] = kinds[format];
    give(`${title}${ending}`, text, type);
  } catch (error) {
    host.say?.(`This could not be exported: ${(error as Error).message}`, "warning");
  }
}

const command =
  (format: ExportBody["format"], resultsOnly = false): Command =>
  view => {
    void exportAs(view, format, resultsOnly);
    return true;
  };

export const exportHtml = command("html");
export const exportMarkdown = command("markdown");
export const exportNotebook = command("notebook");
export const exportHtmlResults = command("html", true);
export const exportMarkdownResults = command("markdown", true);
export const exportNotebookResults = command("notebook", true);
