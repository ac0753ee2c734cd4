// The current results in the order of the text, for a conversion to other formats.

import type { EditorState } from "@codemirror/state";
import type { ExportedResult, Output } from "../protocol";
import type { Part } from "../results/results";
import { contentOf, eachGroup, statementsField } from "./statements";

/// The outputs with the current lines (from 1) of their statements, in document order.
export function resultsOf(state: EditorState): ExportedResult[] {
  const { anchors, results } = state.field(statementsField);
  const found: ExportedResult[] = [];
  eachGroup(anchors, 0, state.doc.length, ({ members }) => {
    for (const { anchor, from, to } of members) {
      const content = contentOf(results, anchor);
      const output = content?.outcome.parts.map(outputOf) ?? [];
      if (!output.length) continue;
      found.push({
        lineStart: state.doc.lineAt(from).number,
        lineEnd: state.doc.lineAt(to).number,
        output,
      });
    }
  });
  return found;
}

function outputOf(part: Part): Output {
  switch (part.type) {
    case "stdout":
    case "stderr":
      return { type: part.type, text: part.text };
    case "truncated":
      return {
        type: "stderr",
        text: (part.bytes ? `[${part.bytes} bytes were left out here]\n` : "") + (part.tail ?? ""),
      };
    default:
      return part;
  }
}
