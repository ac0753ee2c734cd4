// A panel beside the code on the page; over it where there is little room. At most one of its kind is open.
import type { EditorView } from "@codemirror/view";
import { sayNotLoaded } from "../editor/host";

export interface Panel {
  readonly dom: HTMLElement;
  focus(): void;
  destroy(): void;
}

export class SidePanel<P extends Panel> {
  private panel: P | null = null;
  private isDestroyed = false;

  /// `make` is called each time it is opened, and may load the panel first.
  constructor(
    private readonly view: EditorView,
    private readonly side: "left" | "right",
    private readonly make: () => P | Promise<P>,
  ) {}

  get opened(): P | null {
    return this.panel;
  }

  /// Opens the panel, or goes to it; closes it if the focus is there.
  async toggle() {
    if (this.panel?.dom.contains(document.activeElement)) return this.close();
    const { doc, selection } = this.view.state;
    const panel = await this.open();
    const { state } = this.view;
    // Who has gone on in the code while it was loaded stays there.
    if (state.doc === doc && state.selection.eq(selection)) panel?.focus();
  }

  /// The panel, opened; null if it could not be loaded, or the editor has gone meanwhile.
  async open(): Promise<P | null> {
    if (this.panel) return this.panel;
    let made: P;
    try {
      const making = this.make();
      made = making instanceof Promise ? await making : making;
    } catch {
      sayNotLoaded(this.view);
      return null;
    }
    // Or the key was pressed twice.
    if (this.isDestroyed || !this.view.dom.isConnected || this.panel) {
      made.destroy();
      return this.isDestroyed ? null : this.panel;
    }
    this.panel = made;
    this.view.dom[this.side === "left" ? "before" : "after"](made.dom);
    return made;
  }

  /// The user has gone from the panel to a line.
  went() {
    const isOver = !!this.panel && getComputedStyle(this.panel.dom).position === "absolute";
    if (isOver) this.close();
  }

  close() {
    this.panel?.destroy();
    this.panel = null;
    this.view.focus();
  }

  destroy() {
    this.isDestroyed = true;
    this.panel?.destroy();
  }
}
