// The status gutter: a thin mark beside each statement, which differs by shape and by colour. The
// shapes are in results.css.

import { Prec, type EditorState, type Extension } from "@codemirror/state";
import { gutter, GutterMarker, type BlockInfo, type EditorView } from "@codemirror/view";
import { duration } from "../results/duration";
import { contentOf, markOf, markOrder, type Mark } from "./content";
import { staleField, staleReason } from "./stale";
import { eachGroup, statementsField } from "./statements";

const titles: Record<Mark, string> = {
  queued: "Queued",
  running: "Running",
  ok: "Ran",
  error: "Ended with an error",
  interrupted: "Interrupted",
  cancelled: "Cancelled: it did not run",
  stale: "",
};

class StatusMark extends GutterMarker {
  constructor(
    readonly mark: Mark,
    readonly isFirst: boolean,
    readonly isLast: boolean,
    readonly elapsed: number | null,
    readonly reason: string,
  ) {
    super();
  }

  override eq(other: StatusMark): boolean {
    return (
      this.mark === other.mark &&
      this.isFirst === other.isFirst &&
      this.isLast === other.isLast &&
      this.elapsed === other.elapsed &&
      this.reason === other.reason
    );
  }

  override toDOM(): Node {
    const dom = document.createElement("div");
    dom.className = "rdit-mark";
    dom.dataset.status = this.mark;
    if (this.isFirst) dom.dataset.first = "true";
    if (this.isLast) dom.dataset.last = "true";
    const time = this.elapsed === null ? "" : `, ${duration(this.elapsed)}`;
    dom.title = this.reason || titles[this.mark] + (this.mark === "running" ? "…" : time);
    return dom;
  }
}

/// The mark for a line, and whether the line is the first or last of its statement. Null if there
/// is none.
export function markAt(
  state: EditorState,
  from: number,
  to: number,
): {
  mark: Mark;
  isFirst: boolean;
  isLast: boolean;
  elapsed: number | null;
  reason: string;
} | null {
  const { anchors, results, sent } = state.field(statementsField);
  for (const { marks } of sent.values())
    for (const mark of marks)
      if (mark.from <= to && mark.to >= from)
        return {
          mark: "queued",
          isFirst: mark.from >= from,
          isLast: mark.to <= to,
          elapsed: null,
          reason: "",
        };
  let found: ReturnType<typeof markAt> = null;
  eachGroup(anchors, from, to, group => {
    for (const { anchor, from: start, to: end } of group.members) {
      if (start > to || end < from) continue;
      const outcome = results.get(anchor.run, anchor.nodeIndex);
      const content = contentOf(results, anchor);
      if (!outcome || !content) continue;
      const mark = markOf(state, anchor, outcome.status);
      if (found && markOrder.indexOf(found.mark) <= markOrder.indexOf(mark)) continue;
      found = {
        mark,
        isFirst: start >= from,
        isLast: end <= to,
        elapsed: outcome.elapsed,
        reason: mark === "stale" ? staleReason(state, anchor) : "",
      };
    }
  });
  return found;
}

function markOfLine(view: EditorView, line: BlockInfo): GutterMarker | null {
  // A folded block has several lines: use the first.
  const { to } = view.state.doc.lineAt(line.from);
  const found = markAt(view.state, line.from, to);
  if (!found) return null;
  return new StatusMark(found.mark, found.isFirst, found.isLast, found.elapsed, found.reason);
}

// Low precedence places it next to the code, after line numbers and the fold gutter.
export const statusGutter: Extension = Prec.low(
  gutter({
    class: "rdit-gutter",
    lineMarker: markOfLine,
    lineMarkerChange: update =>
      update.state.field(statementsField) !== update.startState.field(statementsField, false) ||
      update.state.field(staleField) !== update.startState.field(staleField, false),
  }),
);
