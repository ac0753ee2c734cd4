// Where results have their elements: in the editor's pane, or in what shows them in its place.

import { Facet } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { ResultView } from "../results/render";
import { resultsLayer } from "./layout";

export interface ResultElements {
  /// What scrolls them.
  readonly scroller: HTMLElement;
  /// The element of an anchor's result, if it has one.
  domOf(id: number): HTMLElement | null;
  /// The result of an anchor, made now where it can be.
  make(id: number): ResultView | null;
}

/// Where results are shown instead of in the pane, without the code.
export const elementsElsewhere = Facet.define<(view: EditorView) => ResultElements | null>();

/// What `elementsElsewhere` gives; null if results are shown beside the code.
export function elsewhere(view: EditorView): ResultElements | null {
  for (const elements of view.state.facet(elementsElsewhere)) {
    const found = elements(view);
    if (found) return found;
  }
  return null;
}

/// The elements of the results as they are shown now.
export function elementsOf(view: EditorView): ResultElements {
  const layer = view.plugin(resultsLayer);
  return (
    elsewhere(view) ?? {
      scroller: view.scrollDOM,
      domOf: id => layer?.domOf(id) ?? null,
      make: id => layer?.make(id)?.view ?? null,
    }
  );
}
