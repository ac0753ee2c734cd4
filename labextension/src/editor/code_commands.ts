// The commands of the table in session/code_commands.ts: of sections, of folding code, results, and exports. A chunk
// that both hosts load after the first paint.

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
