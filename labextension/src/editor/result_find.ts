// Lazy chunk: find in results for one editor, whatever the panel is that asks for it: all matches, their marks
// while results come and go, and the way to one of them.

import type { Extension } from "@codemirror/state";
import { EditorView, type ViewUpdate } from "@codemirror/view";
import type { Span } from "./anchors";
import { foldsField } from "./folds";
import { elementsElsewhere, elementsOf, elsewhere } from "./result_elements";
import { ResultMarks } from "./result_marks";
import { goToResult } from "./result_reveal";
import { allMatches, resultSearch, type Finder, type Match } from "./result_search";
import { statementsField } from "./statements";

export class ResultFind {
  private readonly marks: ResultMarks;
  private readonly changes: MutationObserver;
  private observed: HTMLElement | null = null;

  /// `find`: what is marked; null: nothing is. `changed` is called when results got elements, or lost them.
  constructor(
    private readonly view: EditorView,
    private readonly find: () => Finder | null,
    changed: () => void,
  ) {
    this.marks = new ResultMarks(view);
    this.changes = new MutationObserver(changed);
  }

  /// All matches in results and `code`, as `allMatches` gives them; where results are shown without the code,
  /// those in results.
  all(find: Finder, code: Iterable<Span>): Match[] {
    const { view } = this;
    return allMatches(view.state, find, elsewhere(view) ? [] : code);
  }

  /// Marks the matches in the results that have elements now.
  mark(): void {
    const find = this.find();
    this.marks.show(find);
    const pane = find ? elementsOf(this.view).scroller : null;
    if (pane === this.observed) return;
    this.observed = pane;
    this.changes.disconnect();
    // The cells of a grid that is scrolled have other texts, in the same nodes.
    if (pane) this.changes.observe(pane, { childList: true, characterData: true, subtree: true });
  }

  /// Goes to a match: selects it in the code, or brings it into view where it is in a result.
  goTo({ from, to, result }: Match): void {
    const { view } = this;
    if (result) return goToResult(view, result, () => (this.mark(), this.marks.place));
    view.dispatch({
      selection: { anchor: from, head: to },
      effects: [
        EditorView.scrollIntoView(from, { yMargin: 60 }),
        EditorView.announce.of(`On line ${view.state.doc.lineAt(from).number}`),
      ],
      userEvent: "select.search",
    });
  }

  destroy(): void {
    this.changes.disconnect();
    this.marks.clear();
  }
}

/// Whether there may be other matches, or others to mark, than before.
export const mayFindOthers = ({ state, startState }: ViewUpdate): boolean =>
  state.field(resultSearch) !== startState.field(resultSearch) ||
  state.facet(elementsElsewhere) !== startState.facet(elementsElsewhere) ||
  state.field(foldsField) !== startState.field(foldsField) ||
  state.field(statementsField) !== startState.field(statementsField);

// Hosts with colours of their own for matches set the variables.
const theme = EditorView.baseTheme({
  "& ::highlight(rdit-match)": {
    backgroundColor: "var(--rdit-match)",
    color: "var(--rdit-match-text, currentcolor)",
  },
  "& ::highlight(rdit-match-current)": {
    backgroundColor: "var(--rdit-match-current, #ffb84d)",
    color: "var(--rdit-match-current-text, #000)",
  },
  "& .rdit-match-inside": {
    outline: "2px solid var(--rdit-match-current, #ffb84d)",
    outlineOffset: "2px",
  },
});

/// What find in results needs in the editor's state.
export const resultFind: Extension = [resultSearch, theme];
