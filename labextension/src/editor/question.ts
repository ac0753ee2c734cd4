// `input()`: where the user is asked for the line. The field in the result takes the focus, unless
// the user is typing or the focus is outside the editor; then a panel says which line waits. If the
// statement is not in this text or is folded, the panel itself has the field.

import { Facet, StateField, type EditorState, type Extension } from "@codemirror/state";
import { EditorView, showPanel, type Panel } from "@codemirror/view";
import { InputBox } from "../results/parts/input";
import type { InputWanted } from "../results/progress";
import { editorHost } from "./host";
import { resultsLayer } from "./layout";
import { unfolded } from "./spacers";
import { eventsArrived, statementsField } from "./statements";
import { questionReached, typedSinceRun } from "./typed";

/// Where results are shown in place of the pane: focuses the field of an anchor's result there.
export const answeredElsewhere = Facet.define<(view: EditorView, id: number) => void>();

interface Question {
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
function placeOf(state: EditorState, { run, nodeIndex }: Question): Place | null {
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

/// Call after events were applied: focuses a question that has just opened, if the focus is in the
/// code, where results are only read, or nowhere, and the user has not typed since the run was sent.
export function attendQuestion(view: EditorView, before: EditorState): void {
  const question = view.state.field(questionField);
  if (!question || question === before.field(questionField)) return;
  if (view.state.field(typedSinceRun)) return;
  const { activeElement } = view.root;
  const isFree = activeElement === view.contentDOM || activeElement === document.body;
  const isReading = activeElement?.matches(".rdit-reading-view, .rdit-large, .rdit-large-room");
  if (isFree || isReading || activeElement === null) goToQuestion(view);
}

/// Sends the answer to the host and returns the focus to the code.
export function answer(view: EditorView, text: string): void {
  view.state.facet(editorHost)?.answerInput?.(text);
  view.dispatch({ effects: questionReached.of(null) });
  view.focus();
}

const asking = new WeakMap<InputWanted, (view: EditorView) => Panel>();
const pointing = new WeakMap<InputWanted, (view: EditorView) => Panel>();

// CodeMirror creates a panel again if its constructor is another function: keep one for each
// question.
function panelFor(state: EditorState): ((view: EditorView) => Panel) | null {
  const question = state.field(questionField);
  if (!question) return null;
  const { wanted } = question;
  const isPlaced = placeOf(state, question) !== null;
  if (isPlaced && !state.field(typedSinceRun)) return null;
  const made = isPlaced ? pointing : asking;
  let make = made.get(wanted);
  if (!make) made.set(wanted, (make = isPlaced ? pointer(question) : asker(question)));
  return make;
}

/// A panel with the input field, for a question without a visible statement.
function asker({ wanted }: Question) {
  return (view: EditorView): Panel => {
    const dom = bar("A statement that is not in view waits for a line.");
    const box = new InputBox(wanted, text => answer(view, text));
    box.dom.classList.remove("rdit-output");
    dom.append(box.dom);
    return { dom };
  };
}

/// A panel that names the waiting line, with a button that goes there.
function pointer({ wanted, run, nodeIndex }: Question) {
  return (view: EditorView): Panel => {
    const text = document.createElement("span");
    const dom = bar(text);
    const show = (state: EditorState) => {
      const place = placeOf(state, { run, nodeIndex, wanted });
      const where = place ? `Line ${state.doc.lineAt(place.from).number}` : "A statement";
      const said = `${where} waits for a line${wanted.prompt.trim() && `: ${wanted.prompt.trim()}`}`;
      if (text.textContent !== said) text.textContent = said;
    };
    show(view.state);
    const go = document.createElement("button");
    go.type = "button";
    go.className = "rdit-question-go";
    go.textContent = "Answer it";
    go.addEventListener("click", () => goToQuestion(view));
    dom.append(go);
    return { dom, update: ({ state }) => show(state) };
  };
}

function bar(text: string | HTMLElement): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "rdit-question";
  dom.setAttribute("role", "status");
  // Stops JupyterLab (Lumino) from handling keys typed here as shortcuts.
  dom.dataset.lmSuppressShortcuts = "true";
  dom.append(text);
  return dom;
}

export const questions: Extension = [
  typedSinceRun,
  questionField,
  showPanel.compute([questionField, typedSinceRun, statementsField], panelFor),
];
