// Results of a process that is gone: they stay where they are and say so, until their statements are run again.

import { StateEffect, StateField } from "@codemirror/state";
import { statementsField } from "./statements";

/// The process that gave the results of now is gone.
export const processGone = StateEffect.define<null>();

/// The runs of processes that are gone.
export const goneRuns = StateField.define<ReadonlySet<string>>({
  create: () => new Set(),
  update(value, tr) {
    if (!tr.effects.some(effect => effect.is(processGone))) return value;
    return new Set(tr.startState.field(statementsField).results.runs.keys());
  },
});
