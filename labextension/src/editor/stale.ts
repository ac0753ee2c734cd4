// Which results are stale, as the last look at the script found it (staleness.ts, a lazy chunk). That a
// statement was edited since it ran is known at once.

import { StateEffect, StateField, type EditorState } from "@codemirror/state";
import type { Anchor } from "./anchors";

/// Why results are stale, by `keyOf` their anchors.
export type StaleReasons = ReadonlyMap<string, string>;

export const staleFound = StateEffect.define<StaleReasons>();

/// Whether what is stale is marked, as the user has it: if not, nothing tells that it is.
export const setStaleMarks = StateEffect.define<boolean>();

/// Null while nothing is marked.
export const staleField = StateField.define<StaleReasons | null>({
  create: () => new Map(),
  update(value, { effects }) {
    for (const effect of effects) {
      if (effect.is(setStaleMarks)) value = effect.value ? (value ?? new Map()) : null;
      else if (effect.is(staleFound) && value) value = effect.value;
    }
    return value;
  },
});

/// By the run too: of a result that is made again nothing is known yet.
export const keyOf = ({ run, nodeIndex }: Pick<Anchor, "run" | "nodeIndex">) =>
  `${run} ${nodeIndex}`;

/// Why a result is stale, in a sentence; "" if it is not, or is not to be marked.
export function staleReason(state: EditorState, anchor: Anchor): string {
  const reasons = state.field(staleField, false);
  if (reasons === null) return "";
  return anchor.isStale ? "Edited since it ran" : (reasons?.get(keyOf(anchor)) ?? "");
}
