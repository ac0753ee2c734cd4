// Whether the person has typed into the text since they last asked for a run or answered a question: then
// what comes of it must not take the cursor from them. Edits are counted, not seconds.

import { StateEffect, StateField, type Transaction } from "@codemirror/state";
import { runSent } from "./statements";

/// The person turned to a question: they answered it, or went to it.
export const attended = StateEffect.define<null>();

export const typedSinceRun = StateField.define<boolean>({
  create: () => false,
  update: (value, tr) =>
    tr.effects.some(effect => effect.is(runSent) || effect.is(attended))
      ? false
      : value || isTyping(tr),
});

const kinds = ["input", "delete", "move", "undo", "redo"];

/// An edit by hand; what a program changes (a file that was loaded again) is none.
export const isTyping = (tr: Transaction) =>
  tr.docChanged && kinds.some(kind => tr.isUserEvent(kind));
