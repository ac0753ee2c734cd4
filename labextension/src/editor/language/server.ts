// What a language server knows of the script, where the host has one. It reads the text and runs
// nothing: the kernel's answers, about values that are there, come first.

import type { EditorView } from "@codemirror/view";
import { editorHost } from "../host";

/// What a server says of a name.
export interface Told {
  /// A signature or a type.
  readonly head: string;
  readonly documentation: string;
}

export interface ServerCompletion {
  readonly label: string;
  /// An icon of CodeMirror's completions.
  readonly type?: string;
  told(): Promise<Told | null>;
}

export interface ServerFinding {
  readonly from: number;
  readonly to: number;
  readonly severity: "hint" | "info" | "warning" | "error";
  readonly message: string;
  readonly code: string;
  /// About the rule; "" if there is nothing.
  readonly url: string;
}

/// Each question is about the text that the editor has now, and its answer null where there is none: it
/// never rejects, for the host says elsewhere how the server fares.
export interface LanguageServer {
  /// What the user calls it.
  readonly name: string;
  complete(pos: number): Promise<readonly ServerCompletion[] | null>;
  describe(pos: number): Promise<Told | null>;
  /// A path of the server's file system.
  definition(pos: number): Promise<{ path: string; line: number } | null>;
  findings(): Promise<readonly ServerFinding[] | null>;
}

/// The server of an editor; null if there is none.
export async function serverOf(view: EditorView): Promise<LanguageServer | null> {
  return (await view.state.facet(editorHost)?.languageServer?.(view)) ?? null;
}
