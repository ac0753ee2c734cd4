// `input()`: where the user is asked for the line. The field in the result takes the focus, unless
// the user is typing or the focus is outside the editor; then a panel (question_panel.ts) says which line
// waits. If the statement is not in this text or is folded, the panel itself has the field.

import { Facet, StateField, type EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { InputWanted } from "../results/progress";
import { editorHost } from "./host";
import { resultsLayer } from "./layout";
import { unfolded } from "./spacers";
import { eventsArrived, statementsField } from "./statements";
import { questionReached, typedSinceRun } from "./typed";

/// Where results are shown in place of the pane: focuses the field of an anchor's result there.
export const answeredElsewhere = Facet.define<(view: EditorView, id: number) => void>();

export interface Question {
  readonly run: string;
  readonly nodeIndex: number;
  readonly wanted: InputWanted;
}

/// The open `input()` request. A session has at most one at a time.
export const questionField = StateField.define<Question | null>({
  create: () => null,
  update(value, tr) {
    const mayAsk = (event: { type: string }) => event.type === "input";
    const mayHaveCome = tr.effects.some(
      effect => effect.is(eventsArrived) && effect.value.events.some(mayAsk),
    );
    if (!value && !mayHaveCome) return value;
    const found = openQuestion(tr.state);
    return found?.wanted === value?.wanted ? value : found;
  },
});

function openQuestion(state: EditorState): Question | null {
  for (const { id, status, outcomes } of state.field(statementsField).results.runs.values()) {
    if (status !== null) continue;
    for (const outcome of outcomes)
      if (outcome?.input) return { run: id, nodeIndex: outcome.nodeIndex, wanted: outcome.input };
  }
  return null;
}

interface Place {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/// The anchor of the waiting statement; null if it has none, or if a fold hides it.
export function placeOf(state: EditorState, { run, nodeIndex }: Question): Place | null {
  const { anchors } = state.field(statementsField);
  for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
    const { value: anchor, from, to } = cursor;
    if (anchor.run !== run || anchor.nodeIndex !== nodeIndex) continue;
    const isSeen = unfolded(state, { from, to, members: [{ anchor, from, to }] }).length > 0;
    return isSeen ? { id: anchor.id, from, to } : null;
  }
  return null;
}

/// Moves the focus to the open question. False (unhandled, for a key binding) if there is none or
/// it has the focus already.
export function goToQuestion(view: EditorView): boolean {
  const question = view.state.field(questionField, false);
  if (!question) return false;
  const focused = document.activeElement;
  if (focused instanceof HTMLInputElement && focused.closest(".rdit-prompt")) return false;
  // Behind a result that is large nothing can be typed.
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog.rdit-large[open]"))
    dialog.close();
  const place = placeOf(view.state, question);
  const [elsewhere] = view.state.facet(answeredElsewhere);
  view.dispatch({
    effects: [
      questionReached.of(null),
      ...(place ? [EditorView.scrollIntoView(place.from, { y: "nearest", yMargin: 60 })] : []),
    ],
  });
  if (place && elsewhere) elsewhere(view, place.id);
  else if (place) view.plugin(resultsLayer)?.focus(place.id);
  else view.dom.querySelector<HTMLElement>(".rdit-question input")?.focus();
  return true;
}

/// Call after events were applied: focuses a question that has just opened, if it may take the focus.
export function attendQuestion(view: EditorView, before: EditorState): void {
  const question = view.state.field(questionField);
  if (!question || question === before.field(questionField)) return;
  if (mayTakeFocus(view)) goToQuestion(view);
}

/// Whether a question that opens may take the focus: it is in the code, where results are only read, or
/// nowhere, and the user has not typed since the run was sent.
export function mayTakeFocus(view: EditorView): boolean {
  if (view.state.field(typedSinceRun)) return false;
  const { activeElement } = view.root;
  const isFree = activeElement === view.contentDOM || activeElement === document.body;
  const isReading = activeElement?.matches(".rdit-reading-view, .rdit-large, .rdit-large-room");
  return isFree || isReading || activeElement === null;
}

/// Sends the answer to the host and returns the focus to the code.
export function answer(view: EditorView, text: string): void {
  view.state.facet(editorHost)?.answerInput?.(text);
  view.dispatch({ effects: questionReached.of(null) });
  view.focus();
}

export const questions: Extension = [typedSinceRun, questionField];
