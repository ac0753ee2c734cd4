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
    const { text, at } = this.hint;
    dom.hidden = !text;
    if (dom.textContent !== text) dom.textContent = text;
    if (!text) return;
    dom.classList.toggle("rdit-hint-there", at !== null);
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
  }

  private get hint(): { text: string; at: number | null } {
    const { state } = this.view;
    const host = state.facet(editorHost);
    const { anchors, detached, sent } = state.field(statementsField);
    const waitsFor = host?.waitsFor?.();
    for (const { marks } of sent.values())
      if (marks.length) return { text: waitsFor ?? "", at: marks[0].from };
    const isNew = !anchors.size && !detached.anchors.length && !sent.size;
    return { text: (isNew && host?.teaches?.()) || "", at: null };
  }
}

export const hints: Extension = [ViewPlugin.fromClass(Hints), keptFolds];
