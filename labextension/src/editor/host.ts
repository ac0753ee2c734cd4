// What the editor asks of its surroundings: the page or JupyterLab give it through a facet, so that
// nothing in editor/ knows a backend.

import { Facet } from "@codemirror/state";
import type { Inspect, LineRange } from "../protocol";
import type { MimeRenderer } from "../results/mime";

/// A run that the user asked for.
export interface RunRequest {
  run: string;
  script: string;
  /// The statements that overlap these lines; all of them if absent.
  lineRange?: LineRange;
}

/// The editor's surroundings.
export interface EditorHost {
  run(request: RunRequest): void;
  /// A frame of another file was chosen in a traceback.
  openFrame?(path: string, line: number): void;
  /// Whether that file can be opened at all; without it, any can.
  canOpen?(path: string): boolean;
  answerInput?(text: string): void;
  /// Whether this path of a traceback is the script itself. Without it, the outermost module is.
  isScript?(path: string): boolean;
  /// What the kernel knows of the name that ends at `cursor`; null if it is not to be asked.
  inspect?(code: string, cursor: number): Promise<Inspect | null> | null;
  /// Shows rich outputs; by default JupyterLab's rendermime, in a chunk of its own.
  loadRenderer?(): Promise<MimeRenderer>;
  /// Whether that renderer has something for this MIME type that the results have not.
  isHosted?(mimeType: string): boolean;
}

export const editorHost = Facet.define<EditorHost, EditorHost | null>({
  combine: hosts => hosts[0] ?? null,
});
