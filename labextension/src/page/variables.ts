// Where the variables stand on the page: at the right of the code and its results; over them where there
// is little room.
import type { Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type Command } from "@codemirror/view";
import { sayNotLoaded } from "../editor/host";
import type { VariablesPanel } from "../panels/variables";

class Host {
  private panel: VariablesPanel | null = null;

  constructor(private readonly view: EditorView) {}

  destroy() {
    this.panel?.destroy();
  }

  /// Opens the panel, or goes to it; closes it if the focus is there.
  toggle() {
    if (this.panel?.dom.contains(document.activeElement)) return this.close();
    if (this.panel) return this.panel.focus();
    import("../panels/variables").then(
      ({ VariablesPanel }) => this.open(new VariablesPanel(this)),
      () => sayNotLoaded(this.view),
    );
  }

  went() {
    if (this.isOver) this.close();
  }

  close() {
    this.panel?.destroy();
    this.panel = null;
    this.view.focus();
  }

  private open(panel: VariablesPanel) {
    // The editor has gone meanwhile, or the key was pressed twice.
    if (!this.view.dom.isConnected || this.panel) return panel.destroy();
    this.panel = panel;
    this.view.dom.after(panel.dom);
    panel.attach(this.view);
    panel.focus();
  }

  /// Whether the panel stands over the code.
  private get isOver(): boolean {
    return !!this.panel && getComputedStyle(this.panel.dom).position === "absolute";
  }
}

const host = ViewPlugin.fromClass(Host);

export const showVariables: Command = view => {
  view.plugin(host)?.toggle();
  return true;
};

/// The extension.
export const variables: Extension = host;
