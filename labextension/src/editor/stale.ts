// Which results are stale, as the last look at the script found it (staleness.ts, a lazy chunk). That a
// statement was edited since it ran is known at once.

import { StateEffect, StateField, type EditorState } from "@codemirror/state";
import type { Anchor } from "./anchors";

/// Why results are stale, by `keyOf` their anchors.
export type StaleReasons = ReadonlyMap<string, string>;

export const staleFound = StateEffect.define<StaleReasons>();

export const staleField = StateField.define<StaleReasons>({
  create: () => new Map(),
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(staleFound)) value = effect.value;
    return value;
  },
});

/// By the run too: of a result that is made again nothing is known yet.
export const keyOf = ({ run, nodeIndex }: Pick<Anchor, "run" | "nodeIndex">) =>
  `${run} ${nodeIndex}`;

/// Why a result is stale, in a sentence; "" if it is not.
export function staleReason(state: EditorState, anchor: Anchor): string {
  if (anchor.isStale) return "Edited since it ran";
  return state.field(staleField, false)?.get(keyOf(anchor)) ?? "";
}
