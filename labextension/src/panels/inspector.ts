// What is known of the name at the cursor, as a card that follows it: below the variables.

import type { EditorView, ViewUpdate } from "@codemirror/view";
import { card, type Known } from "../editor/language/card";
import { knownAt } from "../editor/language/known";
import { h } from "./dom";

// While the cursor moves on, nothing is asked.
const REST_MS = 200;

export class Inspector {
  readonly dom: HTMLElement;
  private view: EditorView | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;
  private shown = "";

  /// Asks only while `isSeen`.
  constructor(
    label: string,
    private readonly isSeen: () => boolean,
  ) {
    this.dom = h("section", {
      class: "rdit-variables-inspector",
      "aria-label": label,
      hidden: true,
    });
  }

  destroy() {
    clearTimeout(this.timer);
    this.turn++;
  }

  /// Follows the cursor of this editor; null: of none.
  attach(view: EditorView | null) {
    this.view = view;
    this.look();
  }

  update({ docChanged, selectionSet }: ViewUpdate) {
    if (docChanged || selectionSet) this.look();
  }

  /// Asks again: the cursor has moved, or the value may be another.
  look() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.lookNow(), REST_MS);
  }

  private async lookNow() {
    const { view } = this;
    const turn = ++this.turn;
    if (!this.isSeen()) return;
    const found = view?.dom.isConnected
      ? await knownAt(view, view.state.selection.main.head)
      : null;
    if (turn === this.turn) this.show(found?.known ?? null);
  }

  private show(known: Known | null) {
    const shown = known ? JSON.stringify(known) : "";
    // The same card stays as it is scrolled.
    if (shown === this.shown) return;
    this.shown = shown;
    this.dom.hidden = !known;
    this.dom.replaceChildren(...(known ? [card(known)] : []));
  }
}
