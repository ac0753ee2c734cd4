// The commands of the table in session/code_commands.ts: of sections, of folding code, results, and exports. A chunk
// that both hosts load after the first paint.

// What runs need, which go on in the browser when the server is away: fetched with this chunk, they are there.
import "./announcements";
import "../results/running";

export * from "./section_commands";
export * from "./stale_commands";
export {
  foldEverything,
  foldHere,
  foldSection,
  unfoldEverything,
  unfoldHere,
} from "./code_folding";
export { copyResult, copyResultImage, copyResultMarkdown, saveResult } from "./result_commands";
export { showSlowest } from "./slowest";
export {
  exportHtml,
  exportHtmlResults,
  exportMarkdown,
  exportMarkdownResults,
  exportNotebook,
  exportNotebookResults,
} from "./export_commands";
