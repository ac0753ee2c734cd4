// What a result shows: of the run of its statement, or of an earlier one while that has nothing to
// say.

import type { EditorState } from "@codemirror/state";
import type { Status } from "../protocol";
import { kindOf } from "../results/parts";
import { isSilentlyInterrupted, type Shown } from "../results/render";
import type { Outcome, Results } from "../results/results";
import type { Anchor } from "./anchors";
import { staleReason } from "./stale";

/// What an anchor shows now, except its line numbers.
export type Content = Pick<
  Shown,
  "outcome" | "status" | "startedAt" | "loop" | "input" | "isEarlier"
>;

/// The content to show for an anchor: the earlier run's outcome until this run has an output or
/// ends. Null if the outcome is not known.
export function contentOf(results: Results, anchor: Anchor): Content | null {
  const outcome = results.get(anchor.run, anchor.nodeIndex);
  if (!outcome) return null;
  const { earlier } = anchor;
  const { status, startedAt, loop, input } = outcome;
  const isEarlier = !!earlier && !speaks(outcome);
  return { outcome: isEarlier ? earlier : outcome, status, startedAt, loop, input, isEarlier };
}

/// Whether there is anything to show for the statement.
export function isVisible(content: Content): boolean {
  return content.status === "running" || hasBody(content);
}

/// Whether the result takes up height. The clock of a running statement does not: it stands on a
/// line that exists.
export function hasBody(content: Content): boolean {
  return (
    content.input !== null ||
    isSilentlyInterrupted(content) ||
    content.outcome.parts.some(part => kindOf(part).isVisible(part))
  );
}

// A statement that is queued, or was cancelled before it began, leaves the previous result in
// place.
function speaks(outcome: Outcome): boolean {
  const { status } = outcome;
  return (
    outcome.parts.length > 0 || status === "ok" || status === "error" || status === "interrupted"
  );
}

/// What is shown of a statement's state.
export type Mark = Status | "stale";

/// Of several statements the first of these is shown.
export const markOrder: readonly Mark[] = [
  "running",
  "error",
  "interrupted",
  "queued",
  "stale",
  "cancelled",
  "ok",
];

/// The state to show for an anchor: "stale" if its result is, and its statement does not run again.
export function markOf(state: EditorState, anchor: Anchor, status: Status): Mark {
  const isPassing = status === "running" || status === "queued";
  return !isPassing && staleReason(state, anchor) ? "stale" : status;
}
