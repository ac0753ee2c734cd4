// Lazy chunk: the statements that took longest when they last ran.

import { StateEffect, StateField, type EditorState } from "@codemirror/state";
import { showPanel, type Command, type EditorView, type Panel } from "@codemirror/view";
import { duration } from "../results/duration";
import { nothing } from "./announce";
import { focusList, lineListPanel, type LineList } from "./line_list";
import { eachGroup, statementsField } from "./statements";

const most = 20;

const opened = StateEffect.define<boolean>();
const isOpen = StateField.define<boolean>({
  create: () => true,
  update: (value, tr) => tr.effects.find(effect => effect.is(opened))?.value ?? value,
  provide: field => showPanel.from(field, value => (value ? panel : null)),
});

/// Lists the statements by the time that each took, the slowest first; closes the list.
export const showSlowest: Command = view => {
  const value = view.state.field(isOpen, false);
  if (!value && !timesIn(view.state).length) return nothing(view, "No statement has run");
  view.dispatch({
    effects: value === undefined ? StateEffect.appendConfig.of(isOpen) : opened.of(!value),
  });
  if (value) view.focus();
  else focusList(view, "slowest");
  return true;
};

/// The lines of the statements that have run, from 1, with their seconds, the longest first.
function timesIn(state: EditorState): { line: number; seconds: number }[] {
  const { anchors, results } = state.field(statementsField);
  const found: { line: number; seconds: number }[] = [];
  eachGroup(anchors, 0, state.doc.length, ({ members }) => {
    for (const { anchor, from } of members) {
      const seconds = results.get(anchor.run, anchor.nodeIndex)?.elapsed;
      if (seconds != null) found.push({ line: state.doc.lineAt(from).number, seconds });
    }
  });
  return found.sort((a, b) => b.seconds - a.seconds);
}

function listed({ state }: EditorView): LineList | null {
  const times = timesIn(state);
  const all = times.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    title: `Slowest statements, of ${duration(all)}`,
    lines: times.slice(0, most).map(({ line, seconds }) => ({
      line,
      ranges: [],
      note: `${duration(seconds)} · ${Math.round((100 * seconds) / (all || 1))} %`,
    })),
  };
}

const panel = (view: EditorView): Panel =>
  lineListPanel(
    view,
    "slowest",
    "Slowest statements",
    listed,
    update =>
      update.docChanged ||
      update.startState.field(statementsField) !== update.state.field(statementsField),
    view => view.dispatch({ effects: opened.of(false) }),
  );
