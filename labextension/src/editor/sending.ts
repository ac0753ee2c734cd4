// Sends lines to be run, and marks their statements as queued.

import type { TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Span } from "./anchors";
import { editorHost } from "./host";
import { columnsOf } from "./spacers";
import { runSent } from "./statements";

/// Sends a run. One transaction marks the statements as queued and moves the cursor, so that the
/// screen updates without waiting for the network.
export function send(
  view: EditorView,
  marks: readonly Span[],
  spec: TransactionSpec,
  lines: Span | null | undefined = undefined,
  /// Only the statements that overlap one of the marks.
  isOnlyMarks = false,
): boolean {
  const { state } = view;
  const host = state.facet(editorHost);
  if (!host) return false;
  const run = newRunId();
  const range =
    lines === undefined ? { from: marks[0].from, to: marks[marks.length - 1].to } : lines;
  const script = state.doc.toString();
  const isWhole = lines === null;
  const effects = [runSent.of({ run, marks, isWhole }), ...list(spec.effects)];
  view.dispatch({ ...spec, effects });
  const linesOf = ({ from, to }: Span) => ({
    from: state.doc.lineAt(from).number,
    to: state.doc.lineAt(to).number,
  });
  host.run({
    run,
    script,
    ...(range && { lineRange: linesOf(range) }),
    ...(isOnlyMarks && { lineRanges: marks.map(linesOf) }),
    columns: columnsOf(state),
  });
  return true;
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

// crypto.randomUUID exists in secure contexts only, not on plain HTTP in a local network.
export function newRunId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return Array.from(bytes, byte => byte.toString(36).padStart(2, "0")).join("");
}
