// The current results in the order of the text, for a conversion to other formats.

import type { EditorState } from "@codemirror/state";
import type { ExportedResult } from "../protocol";
import { wordsOf } from "../results/parts/words";
import type { Anchor } from "./anchors";
import { contentOf } from "./content";
import { staleReason } from "./stale";
import { eachGroup, statementsField } from "./statements";

/// The outputs with the current lines (from 1) of their statements, in document order.
/// `isWanted`: of which anchors.
export function resultsOf(
  state: EditorState,
  isWanted: (anchor: Anchor) => boolean = () => true,
): ExportedResult[] {
  const { anchors, results } = state.field(statementsField);
  const found: ExportedResult[] = [];
  eachGroup(anchors, 0, state.doc.length, ({ members }) => {
    for (const { anchor, from, to } of members) {
      const content = isWanted(anchor) ? contentOf(results, anchor) : null;
      const output = content?.outcome.parts.map(part => wordsOf(part).export(part)) ?? [];
      if (!output.length) continue;
      const stale = staleReason(state, anchor);
      found.push({
        lineStart: state.doc.lineAt(from).number,
        lineEnd: state.doc.lineAt(to).number,
        output,
        ...(stale && { stale }),
      });
    }
  });
  return found;
}
