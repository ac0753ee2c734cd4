// One quiet line in the margin: before the first run, the key that runs a statement; at a statement that
// has been sent and cannot run yet, what it waits for. Loaded after the first paint, with what else the
// results need later.

import type { Extension } from "@codemirror/state";
import { ViewPlugin, type EditorView, type ViewUpdate } from "@codemirror/view";
import { editorHost, hostChanged } from "./host";
import { keptFolds } from "./kept_folds";
import { resultsLayer } from "./layout";
import { layoutOf } from "./spacers";
import { statementsField } from "./statements";

/// Between the hint and the edge of the editor, at most: its margin, and a scroll bar.
const EDGE = 32;

class Hints {
  private readonly dom = document.createElement("div");

  constructor(private readonly view: EditorView) {
    this.dom.className = "rdit-hint";
    this.dom.setAttribute("role", "status");
    view.plugin(resultsLayer)?.pane.prepend(this.dom);
    this.show();
  }

  update({ state, startState, transactions, heightChanged, geometryChanged }: ViewUpdate): void {
    if (
      heightChanged ||
      geometryChanged ||
      state.field(statementsField) !== startState.field(statementsField) ||
      layoutOf(state) !== layoutOf(startState) ||
      transactions.some(tr => tr.effects.some(effect => effect.is(hostChanged)))
    )
      this.show();
  }

  destroy(): void {
    this.dom.remove();
  }

  private show(): void {
    const { view, dom } = this;
    const { state, scaleY, documentPadding } = view;
    const { text, at, hasResults } = this.hint;
    dom.hidden = !text;
    if (dom.textContent !== text) dom.textContent = text;
    if (!text) return;
    dom.classList.toggle("rdit-hint-there", at !== null);
    dom.classList.toggle("rdit-hint-aside", at !== null && hasResults);
    const isBelow = layoutOf(state) === "below";
    const pad = documentPadding.top / scaleY;
    let top = pad;
    if (at !== null) {
      const block = view.lineBlockAt(Math.min(at, state.doc.length));
      top += block.top / scaleY;
    } else if (isBelow) top += view.lineBlockAt(state.doc.length).bottom / scaleY + pad;
    const isAbsolute = at !== null || isBelow;
    dom.style.top = isAbsolute ? `${top}px` : "";
    dom.style.paddingTop = isAbsolute ? "" : `${pad}px`;
    view.requestMeasure(this.room);
  }

  /// Below, the line's code comes first: where it leaves no room, the host's status says the same.
  private readonly room = {
    key: this,
    read: (view: EditorView): boolean => {
      const { at } = this.hint;
      if (at === null || layoutOf(view.state) !== "below") return true;
      const { from, to } = view.state.doc.lineAt(at);
      const [start, end] = [view.coordsAtPos(from, 1), view.coordsAtPos(to, -1)];
      if (!start || !end) return true;
      // Not by its own place, which the layer may write after this has been read.
      const right = view.scrollDOM.getBoundingClientRect().right - EDGE;
      return end.right < right - this.dom.offsetWidth && end.top < start.bottom;
    },
    write: (hasRoom: boolean): void => {
      this.dom.style.visibility = hasRoom ? "" : "hidden";
    },
  };

  private get hint(): { text: string; at: number | null; hasResults: boolean } {
    const { state } = this.view;
    const host = state.facet(editorHost);
    const { anchors, detached, sent } = state.field(statementsField);
    const waitsFor = host?.waitsFor?.();
    const hasResults = anchors.size > 0;
    for (const { marks } of sent.values())
      if (marks.length) return { text: waitsFor ?? "", at: marks[0].from, hasResults };
    const isNew = !hasResults && !detached.anchors.length && !sent.size;
    return { text: (isNew && host?.teaches?.()) || "", at: null, hasResults };
  }
}

export const hints: Extension = [ViewPlugin.fromClass(Hints), keptFolds];
