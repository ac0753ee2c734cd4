// Ruff's findings in terms of the document: their positions, what mends them, and which are none in a
// script that shows its results.

import type { Text } from "@codemirror/state";
import type { Finding, Fix } from "../../protocol";

/// A replacement, as CodeMirror has it.
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/// The offset of a column, counted in code points, of a line, counted from 1. What is beyond the
/// text is its end. Ruff does not count a byte order mark, which JupyterLab leaves in the text.
export function offsetOf(doc: Text, line: number, column: number): number {
  if (line > doc.lines) return doc.length;
  const { from, text } = doc.line(line);
  if (line === 1 && text.startsWith("\ufeff")) column += 1;
  if (!/[\ud800-\udbff]/.test(text)) return from + Math.min(column, text.length);
  return from + [...text].slice(0, column).join("").length;
}

/// Where a finding stands: never empty, unless its line is.
export function spanOf(doc: Text, finding: Finding): { from: number; to: number } {
  let from = offsetOf(doc, finding.lineStart, finding.columnStart);
  let to = Math.max(from, offsetOf(doc, finding.lineEnd, finding.columnEnd));
  let line = doc.lineAt(from);
  if (from === to && !line.text.trim()) {
    // The end of the script, most often: at what is missing something.
    while (!line.text.trim() && line.number > 1) line = doc.line(line.number - 1);
    from = to = line.from + line.text.trimEnd().length;
  }
  // Of a function or a class the head is enough.
  if (to > line.to) to = line.to;
  if (from === to && from < line.to) to = from + 1;
  // At the end of a line: what stands last in it.
  else if (from === to && from > line.from) from -= 1;
  return { from, to };
}

/// The replacements of a fix, in order.
export function editsOf(doc: Text, fix: Fix): Edit[] {
  return fix.edits
    .map(edit => ({
      from: offsetOf(doc, edit.lineStart, edit.columnStart),
      to: offsetOf(doc, edit.lineEnd, edit.columnEnd),
      insert: edit.text ?? "",
    }))
    .sort((a, b) => a.from - b.from);
}

/// A fix that was made for the document `then`, where it is in the document `now` if its finding is
/// `moved` characters further down; null if the text there is another.
export function movedEdits(then: Text, now: Text, fix: Fix, moved: number): Edit[] | null {
  const edits = editsOf(then, fix);
  if (!edits.length) return null;
  const [from, to] = [edits[0]!.from, Math.max(...edits.map(edit => edit.to))];
  if (from + moved < 0 || to + moved > now.length) return null;
  // With the whole lines: what is beside it counts as well.
  const first = then.lineAt(from).from;
  const last = then.lineAt(to).to;
  if (first + moved < 0 || last + moved > now.length) return null;
  if (then.sliceString(first, last) !== now.sliceString(first + moved, last + moved)) return null;
  return edits.map(edit => ({ ...edit, from: edit.from + moved, to: edit.to + moved }));
}

// An expression is there to show its value, and a semicolon not to show it.
const ABOUT_RESULTS = new Set(["B015", "B018", "E703"]);
const ABOUT_AWAIT = new Set(["F704", "PLE1142"]);

/// Whether a finding is one in a script of rdit's.
export function isAboutScripts(doc: Text, { code = "", message, lineStart }: Finding): boolean {
  // A script may wait outside of a function.
  if (ABOUT_AWAIT.has(code)) return !message.startsWith("`await`");
  if (!ABOUT_RESULTS.has(code) || lineStart > doc.lines) return true;
  return /^\s/.test(doc.line(lineStart).text);
}

export const UNBOUND = "F821";
// What is there and never used, as an import that its first use has still to follow.
const UNUSED = new Set(["F401", "F811", "F841"]);
const FAILS = /^(F50|F7|F82|E9|PLE)/;

export type Severity = "hint" | "warning" | "error";

/// How much of it is shown: an error would stop the script.
export function severityOf({ code = "" }: Finding): Severity {
  if (UNUSED.has(code)) return "hint";
  return !code || FAILS.test(code) ? "error" : "warning";
}

/// The name in the message of a finding, between backquotes; "" if there is none.
export const nameIn = ({ message }: Finding): string => /`([^`]+)`/.exec(message)?.[1] ?? "";

/// What is said of a name that the kernel knows and no statement of the script binds.
export function onlyInKernel(name: string): string {
  if (name === "display")
    return "`display` is there in Jupyter only: python has it from `from IPython.display import display`.";
  return `\`${name}\` is in the kernel, but nothing in this script binds it: in a new kernel it is not there.`;
}

/// Of the safe fixes those that can be made at once, as none overlaps another. The same edit of two
/// findings is one.
export function safeEdits(
  doc: Text,
  findings: readonly Finding[],
): { edits: Edit[]; fixes: number } {
  const taken: Edit[] = [];
  let fixes = 0;
  for (const { fix } of findings) {
    if (!fix?.isSafe) continue;
    const edits = editsOf(doc, fix);
    const isClear = edits.every(edit =>
      taken.every(other => edit.from > other.to || edit.to < other.from),
    );
    if (!isClear) continue;
    taken.push(...edits);
    fixes += 1;
  }
  return { edits: taken.sort((a, b) => a.from - b.from), fixes };
}
