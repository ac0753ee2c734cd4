// Statements outside of the run that do not parse, as a run's plan reports them. The error's line
// is underlined until it is edited, or a later plan does not report it.

import { StateField, type Text, type Transaction } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";
import type { Plan } from "../protocol";
import type { Span } from "./anchors";
import { eventsArrived, resultsCleared, statementsField } from "./statements";

/// A statement that does not parse.
interface Mark extends Span {
  /// Where the underline begins; it extends to the end of that line.
  readonly at: number;
  readonly message: string;
  /// The run whose plan reported it first.
  readonly run: string;
}

export const brokenField = StateField.define<readonly Mark[]>({
  create: () => [],
  update(value, tr) {
    if (tr.docChanged && value.length) value = unedited(value, tr);
    for (const effect of tr.effects) {
      if (effect.is(resultsCleared)) value = [];
      else if (effect.is(eventsArrived))
        for (const event of effect.value.events)
          if (event.type === "plan") value = planned(value, event, tr);
    }
    return value;
  },
  provide: field =>
    EditorView.decorations.compute([field], state =>
      Decoration.set(
        state.field(field).map(({ at, message }) =>
          Decoration.mark({
            class: "rdit-broken-line",
            attributes: { title: message },
          }).range(at, state.doc.lineAt(at).to),
        ),
        true,
      ),
    ),
});

function unedited(marks: readonly Mark[], { startState, newDoc, changes }: Transaction): Mark[] {
  return marks.flatMap(mark => {
    const from = changes.mapPos(mark.from, 1);
    const moved = { ...mark, from, to: from + mark.to - mark.from, at: from + mark.at - mark.from };
    return isSame(startState.doc, mark, newDoc, moved) ? [moved] : [];
  });
}

function isSame(before: Text, was: Span, after: Text, is: Span): boolean {
  return (
    is.to <= after.length &&
    after.lineAt(is.from).from === is.from &&
    after.lineAt(is.to).to === is.to &&
    before.sliceString(was.from, was.to) === after.sliceString(is.from, is.to)
  );
}

// Only for runs sent from here: the text sent by another client, or before a reload, is not known.
function planned(value: readonly Mark[], plan: Plan, tr: Transaction): readonly Mark[] {
  const sent = tr.startState.field(statementsField).sent.get(plan.run);
  if (!sent) return value;
  const { doc, changes } = sent;
  const marks = new Map<number, Mark>();
  for (const { lineStart, lineEnd, line, message } of plan.broken ?? []) {
    // "expected an indented block" is reported for the line after the block's header, which may be
    // blank or belong to another statement: stay in the statement.
    let number = Math.min(Math.max(line, lineStart), lineEnd, doc.lines);
    while (number > 1 && !doc.line(number).text.trim()) number--;
    const underlined = doc.line(number);
    const indent = underlined.text.search(/\S/);
    const { from } = doc.line(Math.min(lineStart, number));
    const { to } = doc.line(Math.min(Math.max(line, lineEnd), doc.lines));
    const start = changes ? changes.mapPos(from, 1) : from;
    const at = start + underlined.from + indent - from;
    const moved = { from: start, to: start + to - from, at };
    if (indent < 0 || !isSame(doc, { from, to }, tr.newDoc, moved)) continue;
    const told = `SyntaxError: ${message}`;
    const before = value.find(mark => mark.at === at && mark.message === told);
    marks.set(at, { ...moved, message: told, run: before?.run ?? plan.run });
  }
  return marks.size || value.length ? [...marks.values()] : value;
}
