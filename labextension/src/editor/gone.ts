// Marks results of a process that is gone. They stay, dimmed, until their statements are run again.

import { StateEffect, StateField } from "@codemirror/state";
import { statementsField } from "./statements";

/// The process that produced all current results is gone.
export const processGone = StateEffect.define<null>();

/// Ids of runs whose process is gone.
export const goneRuns = StateField.define<ReadonlySet<string>>({
  create: () => new Set(),
  update(value, tr) {
    if (!tr.effects.some(effect => effect.is(processGone))) return value;
    return new Set(tr.startState.field(statementsField).results.runs.keys());
  },
});
