// What the page and the worker with ruff in it send each other.
import type { FormatAnswer, LintAnswer } from "../../protocol";

export type ToRuff =
  /// `module`: WebAssembly, packed as it comes.
  { type: "start"; module: Blob } | { type: "lint" | "format"; id: number; script: string };

export type FromRuff =
  /// It could not start.
  | { type: "failed"; reason: string }
  | { type: "answer"; id: number; answer?: LintAnswer | FormatAnswer; reason?: string };
