// Whether an edit leaves all results where they are. Most edits do (a letter in a line), and placing
// the results anew costs more than the rest of a keystroke: an update that keeps their places places nothing.

import type { ViewUpdate } from "@codemirror/view";
import type { Span } from "./anchors";
import { statementsField } from "./statements";

/// Whether an update only edits within lines that are in view, as they were before (`seen`: the viewport
/// then), and leaves the anchors there what they were. Of heights, folds and what else results
/// depend on, the caller knows.
export function keepsPlaces(update: ViewUpdate, seen: Span): boolean {
  const { view, state, startState, changes } = update;
  const { from, to } = view.viewport;
  if (!update.docChanged || from !== seen.from || to !== changes.mapPos(seen.to, 1)) return false;
  let isWithinLines = true;
  changes.iterChanges((fromA, toA, fromB, toB, inserted) => {
    isWithinLines &&= fromB >= from && toB <= to && inserted.lines === 1;
    isWithinLines &&= startState.doc.lineAt(fromA).to >= toA;
  });
  const now = state.field(statementsField);
  const before = startState.field(statementsField, false);
  if (!isWithinLines || !before || now.results !== before.results) return false;
  // Ahead of the first edit both texts have the same positions.
  const old = before.anchors.iter(from);
  for (const cursor = now.anchors.iter(from); ; cursor.next(), old.next()) {
    if (cursor.value !== old.value) return false;
    if (!cursor.value || cursor.from > to) return true;
  }
}
