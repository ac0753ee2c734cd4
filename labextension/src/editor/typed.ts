// Whether the user has edited the text since they last ran something or answered a question. If so,
// a question that opens must not take the focus. Decided by transactions, not by a timeout.

import { StateEffect, StateField, type Transaction } from "@codemirror/state";
import { runSent } from "./statements";

/// The user answered a question or moved to it.
export const questionReached = StateEffect.define<null>();

/// True if the user has typed since the last `runSent` or `questionReached`.
export const typedSinceRun = StateField.define<boolean>({
  create: () => false,
  update: (value, tr) =>
    tr.effects.some(effect => effect.is(runSent) || effect.is(questionReached))
      ? false
      : value || isTyping(tr),
});

const kinds = ["input", "delete", "move", "undo", "redo"];

/// Whether a transaction is an edit by the user. Edits by a program (a reload of the file) are not.
export const isTyping = (tr: Transaction) =>
  tr.docChanged && kinds.some(kind => tr.isUserEvent(kind));
