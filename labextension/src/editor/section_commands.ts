// The commands of sections: run one, those above or below, go to the next, fold. And to run from the
// cursor on.

import { EditorSelection, type EditorState, type TransactionSpec } from "@codemirror/state";
import { EditorView, type Command } from "@codemirror/view";
import { nothing } from "./announce";
import { send } from "./sending";
import { statementsIn, toRun } from "./statement_lines";
import { sectionAt, sectionsIn, type Section } from "./sections";

const PARSE_MS = 100;

/// Runs the section at the cursor, which does not move.
export const runSection: Command = view => {
  const { here } = around(view.state);
  return runLines(view, here.from, here.to) || nothing(view, "No statement in this section");
};

/// Runs the section at the cursor, and goes to the next.
export const runSectionAndAdvance: Command = view => {
  const { here, next } = around(view.state);
  const spec = next ? toLine(view.state, next.from) : {};
  if (runLines(view, here.from, here.to, spec)) return true;
  if (!next) return nothing(view, "No statement in this section");
  view.dispatch(spec);
  return true;
};

/// Runs all sections above the one at the cursor.
export const runSectionsAbove: Command = view => {
  const { here } = around(view.state);
  const ran = here.from > 1 && runLines(view, 1, here.from - 1);
  return ran || nothing(view, "No statement above this section");
};

/// Runs the section at the cursor, and all below it.
export const runSectionsBelow: Command = view => {
  const { here } = around(view.state);
  const ran = runLines(view, here.from, view.state.doc.lines);
  return ran || nothing(view, "No statement from this section on");
};

/// Runs from the statement at the cursor to the end of the script.
export const runBelow: Command = view => {
  const { doc } = view.state;
  const spans = toRun(view.state);
  const ran = spans.length > 0 && runLines(view, doc.lineAt(spans[0]!.from).number, doc.lines);
  return ran || nothing(view, "No statement from here on");
};

/// Goes to the next section.
export const nextSection: Command = view => {
  const { next } = around(view.state);
  return next ? goTo(view, next) : false;
};

/// Goes to the beginning of the section, or to the one before if the cursor is there.
export const previousSection: Command = view => {
  const { state } = view;
  const { here, sections } = around(state);
  const isThere = state.doc.lineAt(state.selection.main.head).number === here.from;
  const wanted = isThere ? sections[sections.indexOf(here) - 1] : here;
  return wanted ? goTo(view, wanted) : false;
};

interface Around {
  sections: Section[];
  here: Section;
  next: Section | undefined;
}

function around(state: EditorState): Around {
  const sections = sectionsIn(state);
  const here = sectionAt(sections, state.doc.lineAt(state.selection.main.head).number);
  return { sections, here, next: sections[sections.indexOf(here) + 1] };
}

/// Runs the statements of these lines; false if there are none.
function runLines(view: EditorView, first: number, last: number, spec: TransactionSpec = {}) {
  const { state } = view;
  const { from } = state.doc.line(first);
  const { to } = state.doc.line(last);
  const marks = statementsIn(state, from, to, PARSE_MS);
  return marks.length > 0 && send(view, marks, spec, { from, to });
}

const toLine = (state: EditorState, number: number): TransactionSpec => {
  const { from } = state.doc.line(number);
  return {
    selection: EditorSelection.cursor(from),
    effects: EditorView.scrollIntoView(from, { y: "nearest", yMargin: 80 }),
  };
};

function goTo(view: EditorView, { from }: Section): boolean {
  view.dispatch(toLine(view.state, from));
  return true;
}
