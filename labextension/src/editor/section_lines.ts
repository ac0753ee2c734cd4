// How section lines look: a quiet rule above them, and their title emphasised.

import { RangeSetBuilder, type Extension } from "@codemirror/state";
import {
  Decoration,
  ViewPlugin,
  type DecorationSet,
  type EditorView,
  type ViewUpdate,
} from "@codemirror/view";
import { isCommentAt, sectionHead } from "./sections";
import { syntaxTree } from "./syntax";

const line = Decoration.line({ class: "rdit-section" });
const title = Decoration.mark({ class: "rdit-section-title" });

class SectionLines {
  decorations: DecorationSet;

  constructor(view: EditorView) {
    this.decorations = visible(view);
  }

  update({ view, docChanged, viewportChanged, startState, state }: ViewUpdate) {
    if (docChanged || viewportChanged || syntaxTree(startState) !== syntaxTree(state))
      this.decorations = visible(view);
  }
}

function visible({ state, visibleRanges }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  let last = -1;
  for (const { from, to } of visibleRanges)
    for (let at = from; at <= to;) {
      const { from: start, to: end, text } = state.doc.lineAt(at);
      at = end + 1;
      if (start <= last) continue;
      last = start;
      const head = sectionHead(text);
      if (!head || !isCommentAt(state, start)) continue;
      builder.add(start, start, line);
      if (head.title) builder.add(start + head.titleFrom, start + head.titleTo, title);
    }
  return builder.finish();
}

/// The extension.
export const sectionLines: Extension = ViewPlugin.fromClass(SectionLines, {
  decorations: plugin => plugin.decorations,
});
