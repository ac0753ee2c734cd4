// How far the statements of an outline's sections and headings are: the state that most needs to be seen.

import type { EditorState } from "@codemirror/state";
import { contentOf, markOf, markOrder, type Mark } from "./content";
import type { OutlineItem } from "./outline";
import { statementsField } from "./statements";

/// By item; those in which nothing ran are left out.
export function statusesIn(
  state: EditorState,
  items: readonly OutlineItem[],
): Map<OutlineItem, Mark> {
  const found = new Map<OutlineItem, Mark>();
  const statements = state.field(statementsField, false);
  const parts = items.filter(({ kind }) => kind === "section" || kind === "heading");
  if (!statements || !parts.length) return found;
  const { anchors, results } = statements;
  // Both are in the order of the text: a part that has ended before a statement has no later one.
  let open: OutlineItem[] = [];
  let next = 0;
  for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
    while (next < parts.length && parts[next]!.from <= cursor.from) open.push(parts[next++]!);
    open = open.filter(({ to }) => to >= cursor.from);
    const content = contentOf(results, cursor.value);
    if (!content) continue;
    const mark = markOf(state, cursor.value, content.status);
    for (const part of open) {
      const other = found.get(part);
      if (!other || markOrder.indexOf(mark) < markOrder.indexOf(other)) found.set(part, mark);
    }
  }
  return found;
}
