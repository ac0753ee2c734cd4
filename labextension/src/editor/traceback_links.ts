// Links of traceback frames: a frame in this script goes to its line, mapped through the edits made
// since; the host opens other files.

import { EditorView } from "@codemirror/view";
import type { FrameOpener } from "../results/traceback";
import type { Outcome } from "../results/results";
import { editorHost } from "./host";
import { statementsField } from "./statements";

/// Returns the resolver of frame links for the tracebacks of an outcome: null if a frame's path
/// names no file, `open: null` if the host cannot open that file.
export function frameOpener(view: EditorView, outcome: Outcome): FrameOpener {
  const error = outcome.parts.find(part => part.type === "error");
  // The outermost `<module>` frame is the script: tracebacks leave out the frames that called it.
  const outermost = error?.frames.find(frame => frame.name === "<module>")?.path;
  return (path, line, source) => {
    const host = view.state.facet(editorHost);
    const isScript = host?.isScript
      ? host.isScript(path)
      : outermost !== undefined
        ? path === outermost
        : error?.line === line;
    if (isScript) return { isScript, open: () => goToLine(view, outcome, line, source) };
    if (!host?.openFrame || path.startsWith("<")) return null;
    const canOpen = host.canOpen?.(path) ?? true;
    return { isScript, open: canOpen ? () => host.openFrame?.(path, line) : null };
  };
}

function goToLine(view: EditorView, outcome: Outcome, line: number, source: string): void {
  const { doc } = view.state;
  const number = lineNow(view, outcome, line, source);
  if (number > doc.lines) return;
  const { from, to } = doc.line(number);
  view.dispatch({
    selection: { anchor: from, head: to },
    effects: EditorView.scrollIntoView(from, { y: "center" }),
    userEvent: "select",
  });
  view.focus();
}

/// The current number of the line that was `line` when the statement ran: nearest to the mapped
/// position, the line with the same text.
function lineNow(view: EditorView, outcome: Outcome, line: number, source: string): number {
  const { doc } = view.state;
  let guess = line;
  const { anchors } = view.state.field(statementsField);
  for (const cursor = anchors.iter(); cursor.value; cursor.next())
    if (cursor.value.run === outcome.run && cursor.value.nodeIndex === outcome.nodeIndex)
      guess = doc.lineAt(cursor.from).number + line - outcome.lineStart;
  guess = Math.max(1, Math.min(doc.lines, guess));
  const wanted = source.trim();
  if (!wanted) return guess;
  for (let away = 0; away < doc.lines; away++)
    for (const number of [guess + away, guess - away])
      if (number >= 1 && number <= doc.lines && doc.line(number).text.trim() === wanted)
        return number;
  return guess;
}
