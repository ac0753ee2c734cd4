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

// A class, and no element of its own: the gutter keeps its elements as the code scrolls, and changes
// only those whose lines have another mark.
class StatusMark extends GutterMarker {
  override readonly elementClass: string;

  constructor(mark: Mark, isFirst: boolean, isLast: boolean) {
    super();
    const first = isFirst ? " rdit-mark-first" : "";
    const last = isLast ? " rdit-mark-last" : "";
    this.elementClass = `rdit-mark rdit-mark-${mark}${first}${last}`;
  }

  override eq(other: StatusMark): boolean {
    return this.elementClass === other.elementClass;
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

function markIn(view: EditorView, line: BlockInfo): ReturnType<typeof markAt> {
  // A folded block has several lines: use the first.
  return markAt(view.state, line.from, view.state.doc.lineAt(line.from).to);
}

function markOfLine(view: EditorView, line: BlockInfo): GutterMarker | null {
  const found = markIn(view, line);
  return found && new StatusMark(found.mark, found.isFirst, found.isLast);
}

/// Says what a mark means where the pointer is: made for each line, it would be made for many that
/// nobody points at. An element may have had another line, and its title, before.
function tell(view: EditorView, line: BlockInfo, { target }: Event): boolean {
  const dom = (target as Element).closest<HTMLElement>(".cm-gutterElement");
  if (!dom) return false;
  const found = markIn(view, line);
  const title = found ? titleOf(found) : "";
  if (dom.title !== title) dom.title = title;
  return false;
}

function titleOf({ mark, elapsed, reason }: NonNullable<ReturnType<typeof markAt>>): string {
  if (reason) return reason;
  const time = elapsed === null ? "" : `, ${duration(elapsed)}`;
  return titles[mark] + (mark === "running" ? "…" : time);
}

// Low precedence places it next to the code, after line numbers and the fold gutter.
export const statusGutter: Extension = Prec.low(
  gutter({
    class: "rdit-gutter",
    lineMarker: markOfLine,
    domEventHandlers: { mouseover: tell, mousemove: tell },
    lineMarkerChange: update =>
      update.state.field(statementsField) !== update.startState.field(statementsField, false) ||
      update.state.field(staleField) !== update.startState.field(staleField, false),
  }),
);
