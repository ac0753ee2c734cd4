// The table of commands on the parts of a script, sections and blocks, on all of it at once, and on results, in every host: as that in
// session/commands.ts, but no part of the page's first chunk.
import type { Command } from "@codemirror/view";
import type * as code from "../editor/code_commands";
import type { CommandRow } from "./commands";

/// The names of the functions in editor/code_commands.ts.
export type CodeCommand = {
  [Name in keyof typeof code]: (typeof code)[Name] extends Command ? Name : never;
}[keyof typeof code];

export interface CodeRow extends CommandRow {
  /// What it does.
  code: CodeCommand;
}

export const codeCommands: readonly CodeRow[] = [
  {
    id: "rdit:run-section-and-advance",
    label: "Run Section and Advance",
    text: "Run the section, and go to the next",
    keys: "Shift-Alt-Enter",
    group: "section",
    code: "runSectionAndAdvance",
  },
  {
    id: "rdit:run-section",
    label: "Run Section",
    text: "Run the section, and stay",
    keys: "Mod-Shift-Alt-Enter",
    group: "section",
    code: "runSection",
  },
  {
    id: "rdit:run-sections-above",
    label: "Run Sections Above",
    text: "Run all sections above this one",
    code: "runSectionsAbove",
  },
  {
    id: "rdit:run-sections-below",
    label: "Run Section and All Below",
    text: "Run this section, and all below it",
    code: "runSectionsBelow",
  },
  {
    id: "rdit:run-stale",
    label: "Run Stale Statements",
    text: "Run all whose result is stale, in order",
    icon: "runAll",
    group: "run",
    code: "runStale",
  },
  {
    id: "rdit:run-needed",
    label: "Run Statement and What It Needs",
    text: "Run the statement, and before it what it needs and is not there",
    group: "run",
    code: "runNeeded",
  },
  {
    id: "rdit:run-above",
    label: "Run Statements Above",
    text: "Run from the top to the statement above the cursor",
    code: "runAbove",
  },
  {
    id: "rdit:run-below",
    label: "Run from Here to the End",
    text: "Run from the statement at the cursor to the end",
    code: "runBelow",
  },
  {
    id: "rdit:next-section",
    label: "Go to Next Section",
    text: "To the next section",
    keys: "Mod-Alt-PageDown",
    group: "section",
    code: "nextSection",
  },
  {
    id: "rdit:previous-section",
    label: "Go to Previous Section",
    text: "To the section before",
    keys: "Mod-Alt-PageUp",
    group: "section",
    code: "previousSection",
  },
  {
    id: "rdit:fold-section",
    label: "Fold or Unfold Section",
    text: "Fold the section, or unfold it",
    code: "foldSection",
  },
  {
    id: "rdit:fold-code",
    label: "Fold Code",
    text: "Fold the block",
    keys: "Ctrl-Shift-[",
    group: "section",
    code: "foldHere",
  },
  {
    id: "rdit:unfold-code",
    label: "Unfold Code",
    text: "Unfold it",
    keys: "Ctrl-Shift-]",
    group: "section",
    code: "unfoldHere",
  },
  {
    id: "rdit:fold-all-code",
    label: "Fold All Code",
    text: "Fold all blocks and sections",
    keys: "Ctrl-Alt-[",
    group: "section",
    code: "foldEverything",
  },
  {
    id: "rdit:unfold-all-code",
    label: "Unfold All Code",
    text: "Unfold all",
    keys: "Ctrl-Alt-]",
    group: "section",
    code: "unfoldEverything",
  },
  {
    id: "rdit:slowest",
    label: "Slowest Statements",
    code: "showSlowest",
    movesFocus: true,
  },
  {
    id: "rdit:copy-result",
    label: "Copy Result as Text",
    code: "copyResult",
  },
  {
    id: "rdit:copy-result-markdown",
    label: "Copy Result as Markdown",
    code: "copyResultMarkdown",
  },
  {
    id: "rdit:copy-result-image",
    label: "Copy Result as Image",
    code: "copyResultImage",
  },
  {
    id: "rdit:save-result",
    label: "Save Result",
    text: "Save the result as a file: an image, data, or text",
    code: "saveResult",
  },
  {
    id: "rdit:export-html",
    label: "Export as HTML",
    text: "Write script and results as one HTML file",
    code: "exportHtml",
  },
  {
    id: "rdit:export-markdown",
    label: "Export as Markdown",
    text: "Write script and results as Markdown",
    code: "exportMarkdown",
  },
  {
    id: "rdit:export-notebook",
    label: "Export as Notebook",
    text: "Write a notebook: each statement a cell, with its results",
    code: "exportNotebook",
  },
  {
    id: "rdit:export-html-results",
    label: "Export Results Only as HTML",
    text: "Write the results, without the code, as one HTML file",
    code: "exportHtmlResults",
  },
  {
    id: "rdit:export-markdown-results",
    label: "Export Results Only as Markdown",
    text: "Write the results, without the code, as Markdown",
    code: "exportMarkdownResults",
  },
  {
    id: "rdit:export-notebook-results",
    label: "Export Results Only as Notebook",
    text: "Write a notebook of the results, without the code",
    code: "exportNotebookResults",
  },
];
