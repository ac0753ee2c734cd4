// All results of a script as they are read without the editor: in the reading view, and on paper.

import type { EditorState } from "@codemirror/state";
import type { Shown } from "../results/render";
import type { Anchor } from "./anchors";
import { contentOf, hasBody } from "./content";
import { foldsField, isFolded } from "./folds";
import { goneRuns } from "./gone";
import { staleReason } from "./stale";
import { eachGroup, statementsField } from "./statements";

export interface ShownResult {
  readonly anchor: Anchor;
  readonly shown: Shown;
  /// The end of the last line of the statements that it shares lines with.
  readonly end: number;
}

/// The results that have something to show, in the order of the text, each in its full height.
export function shownResults(state: EditorState): ShownResult[] {
  const { anchors, results } = state.field(statementsField);
  const folds = state.field(foldsField);
  const gone = state.field(goneRuns);
  const found: ShownResult[] = [];
  eachGroup(anchors, 0, state.doc.length, ({ members, to: end }) => {
    for (const { anchor, from, to } of members) {
      const content = contentOf(results, anchor);
      if (!content || !hasBody(content)) continue;
      const shown: Shown = {
        ...content,
        stale: staleReason(state, anchor),
        lineStart: state.doc.lineAt(from).number,
        lineEnd: state.doc.lineAt(to).number,
        isFolded: isFolded(folds, anchor.id) && !content.input,
        isExpanded: true,
        isGone: gone.has(content.outcome.run),
      };
      found.push({ anchor, shown, end });
    }
  });
  return found;
}
