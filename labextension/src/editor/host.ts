// The interface to the host (the page or JupyterLab), given through a facet, so that editor/
// depends on no backend.

import { Facet, StateEffect } from "@codemirror/state";
import type { Command, EditorView } from "@codemirror/view";
import type { ExportBody, FormatAnswer, LineRange, LintAnswer, Queries } from "../protocol";
import type { MimeRenderer } from "../results/mime";
import type { LanguageServer } from "./language/server";

/// A run that the user requested.
export interface RunRequest {
  run: string;
  script: string;
  /// Runs the statements that overlap these lines; all if absent.
  lineRange?: LineRange;
  /// Of these only the statements that overlap one of these ranges.
  lineRanges?: LineRange[];
  /// How many characters wide the column of results is.
  columns?: number;
}

/// Ruff, on the server or in this browser. Both methods reject with an `Error` for the user where
/// there is no answer.
export interface Ruff {
  /// `note`: why this is not the ruff of the script's project, for the user. A question with a signal ends
  /// the one before it that has one; one without ends none.
  lint(script: string, signal?: AbortSignal): Promise<LintAnswer & { note?: string }>;
  format(script: string, lineRange?: LineRange): Promise<FormatAnswer>;
}

/// How a script is given to the user as another document. Each rejects with an `Error` for the user.
export interface Exports {
  /// The script's name without its ending.
  readonly title: string;
  /// The template of a report, static/report.html.
  template(): Promise<string>;
  /// Markdown and notebooks, which the server makes.
  convert(body: ExportBody): Promise<string>;
  give(name: string, content: string | Blob, type: string): void;
}

/// What the editor needs from its host.
export interface EditorHost {
  run(request: RunRequest): void;
  /// Opens a file of a traceback frame.
  openFrame?(path: string, line: number): void;
  /// Whether `openFrame` can open that file. Default: any file.
  canOpen?(path: string): boolean;
  /// Runs a statement that is not of the script, as an ordinary run that all viewers see.
  execute?(run: string, code: string): void;
  answerInput?(text: string): void;
  /// Whether a path in a traceback is this script. Default: the outermost module is.
  isScript?(path: string): boolean;
  /// Whether to show a card for the name under the pointer. Default: yes.
  hovers?(): boolean;
  /// Tells the user something that has no place in the text.
  say?(text: string, kind?: "info" | "warning"): void;
  /// The text of a file, by its path from the script's folder; null if there is none.
  readBeside?(path: string): Promise<string | null>;
  /// Opens it at a line.
  openBeside?(path: string, line: number): void;
  /// Asks the kernel, also during a run; null if it is not to be asked or gives no answer.
  query?<M extends keyof Queries>(
    method: M,
    params: Queries[M]["params"],
  ): Promise<Queries[M]["result"] | null>;
  /// What the kernel can be asked now; nothing before it is up.
  capabilities?(): readonly (keyof Queries)[];
  /// What a run that is sent now has to wait for, in a sentence; "" if for nothing.
  waitsFor?(): string;
  /// Under which name of sessionStorage the folds of results, or the watched expressions, are kept.
  keptKey?(what: "folds" | "watches"): string;
  /// How a statement is run, in a line for who has run none yet; "" while it is not known whether any
  /// has run.
  teaches?(): string;
  /// Loads what exports need.
  exports?(): Promise<Exports>;
  /// Loads ruff. Default: the parser alone finds errors, and nothing formats.
  ruff?(): Promise<Ruff>;
  /// Whether completions are shown as one types. Default: yes.
  completesTyped?(): boolean;
  /// The language server for this script, started when it is first asked for; null if there is none.
  languageServer?(view: EditorView): Promise<LanguageServer | null> | null;
  /// Whether errors are shown as one types. Default: yes.
  wantsFindings?(): boolean;
  /// How many findings there are now, and by what they were found, or why by nothing.
  onFindings?(found: { count: number; by: string }): void;
  /// How many statements have a stale result now. Default: the editor shows it in its corner.
  onStale?(count: number): void;
  /// Loads the renderer of rich outputs. Default: JupyterLab's rendermime, in a lazy chunk.
  loadRenderer?(): Promise<MimeRenderer>;
  /// Whether that renderer supports a MIME type that the results do not.
  isHosted?(mimeType: string): boolean;
}

/// Tells that a chunk did not come (offline, or another version is on the server now). The next use tries
/// again.
export const sayNotLoaded = (view: EditorView) =>
  view.state.facet(editorHost)?.say?.("This could not be loaded: try again.", "warning");

/// What the host says of itself has changed.
export const hostChanged = StateEffect.define<null>();

/// The host; null in an editor without one.
export const editorHost = Facet.define<EditorHost, EditorHost | null>({
  combine: hosts => hosts[0] ?? null,
});

/// What the lazily loaded modules do for rows of the table of commands, by the rows' ids.
export const writingCommands = Facet.define<Readonly<Record<string, Command>>>();
