// The commands of the page that edit text. "|" is a cursor.
import { EditorSelection, EditorState, type Transaction } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { describe, expect, it } from "vitest";
import { joinLines } from "../../labextension/src/page/text_commands";

function joined(text: string): string {
  const parts = text.split("|");
  const ranges = parts
    .slice(0, -1)
    .map((_, index) => EditorSelection.cursor(parts.slice(0, index + 1).join("").length));
  let state = EditorState.create({
    doc: parts.join(""),
    selection: EditorSelection.create(ranges),
    extensions: EditorState.allowMultipleSelections.of(true),
  });
  joinLines({ state, dispatch: (tr: Transaction) => (state = tr.state) } as unknown as EditorView);
  let shown = state.doc.toString();
  for (const { head } of [...state.selection.ranges].reverse())
    shown = `${shown.slice(0, head)}|${shown.slice(head)}`;
  return shown;
}

describe("Join Lines", () => {
  it.each([
    ["with one space", "a|\n    b", "a| b"],
    ["with none after a bracket", "f(|\n    b", "f(|b"],
    ["once for several cursors in a line", "|a = |1\n+ 2", "a = 1| + 2"],
    ["once for each line with a cursor", "|a\nb|\nc", "a| b| c"],
  ])("%s", (_, before, after) => expect(joined(before)).toBe(after));
});
