// Lazy chunk: the panel of a question whose field is not in view, or has not got the focus.

import type { EditorState, Extension } from "@codemirror/state";
import { showPanel, type EditorView, type Panel } from "@codemirror/view";
import { InputBox } from "../results/parts/input";
import type { InputWanted } from "../results/progress";
import {
  answer,
  goToQuestion,
  mayTakeFocus,
  placeOf,
  questionField,
  type Question,
} from "./question";
import { statementsField } from "./statements";
import { typedSinceRun } from "./typed";

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
    return { dom, mount: () => mayTakeFocus(view) && box.field.focus() };
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

export const questionPanel: Extension = showPanel.compute(
  [questionField, typedSinceRun, statementsField],
  panelFor,
);
