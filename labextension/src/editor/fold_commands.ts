// Lazy chunk: commands on how much of a result is shown: folded, large, or without the code.

import { EditorView, type Command } from "@codemirror/view";
import { nothing } from "./announce";
import { contentOf, hasBody } from "./content";
import { foldsField, isFolded, resultsFolded } from "./folds";
import { resultsLayer } from "./layout";
import { toggle } from "./reading";
import { statementsField } from "./statements";

export const toggleFold: Command = view => {
  const ids = chosen(view);
  if (!ids.length) return nothing(view, "No result here");
  const folds = view.state.field(foldsField);
  const effect = resultsFolded.of({ ids, isFolded: !ids.every(id => isFolded(folds, id)) });
  view.dispatch({ effects: [effect, told(effect.value.isFolded ? "Folded" : "Unfolded")] });
  return true;
};

export const foldAll: Command = view => all(view, true);
export const unfoldAll: Command = view => all(view, false);

export const openLarge: Command = view => {
  const [id] = chosen(view);
  const result = id === undefined ? null : view.plugin(resultsLayer)?.make(id)?.view;
  if (!result) return nothing(view, "No result here");
  result.enlarge();
  return true;
};

export const toggleReading: Command = view => {
  toggle(view);
  return true;
};

function all(view: EditorView, isFolded: boolean): boolean {
  const effects = [
    resultsFolded.of({ ids: null, isFolded }),
    told(isFolded ? "All results are folded" : "All results are unfolded"),
  ];
  view.dispatch({ effects });
  return true;
}

/// The ids of the results that a command is for: the focused one, or those of the selected statements.
export function chosen(view: EditorView): number[] {
  const focused = view.plugin(resultsLayer)?.focused;
  if (focused !== null && focused !== undefined) return [focused];
  const { doc, selection } = view.state;
  const { from, to } = selection.main;
  const { anchors, results } = view.state.field(statementsField);
  const ids: number[] = [];
  anchors.between(doc.lineAt(from).from, doc.lineAt(to).to, (_from, _to, anchor) => {
    const content = contentOf(results, anchor);
    if (content && hasBody(content)) ids.push(anchor.id);
  });
  return ids;
}

const told = (text: string) => EditorView.announce.of(text);
