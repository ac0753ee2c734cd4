// The differences between two texts, for the comparison view.
import { Change, presentableDiff } from "@codemirror/merge";
import { textChanges } from "../../editor/diff";

// In characters: longer changed blocks are not refined.
const SHORT = 2_000;

/// A diff by lines, which is fast for any size, refined by characters within short blocks.
export function differences(a: string, b: string): Change[] {
  const found: Change[] = [];
  let shift = 0;
  for (const { from, to, insert } of textChanges(a, b)) {
    const start = from + shift;
    const isShort = to - from + insert.length < SHORT && to > from && insert !== "";
    const inner = isShort ? presentableDiff(a.slice(from, to), insert) : [];
    for (const { fromA, toA, fromB, toB } of inner)
      found.push(new Change(from + fromA, from + toA, start + fromB, start + toB));
    if (!isShort) found.push(new Change(from, to, start, start + insert.length));
    shift += insert.length - (to - from);
  }
  return found;
}
