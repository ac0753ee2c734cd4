// The variables at the right of the code and its results.
import type { Extension } from "@codemirror/state";
import { ViewPlugin, type Command, type EditorView } from "@codemirror/view";
import type { VariablesPanel } from "../panels/variables";
import { SidePanel } from "./side_panel";

class Host extends SidePanel<VariablesPanel> {
  constructor(view: EditorView) {
    super(view, "right", async () => {
      const { VariablesPanel } = await import("../panels/variables");
      const panel = new VariablesPanel({ close: () => this.close(), went: () => this.went() });
      panel.attach(view);
      return panel;
    });
  }
}

const host = ViewPlugin.fromClass(Host);

export const showVariables: Command = view => {
  void view.plugin(host)?.toggle();
  return true;
};

/// Watches what is selected, or the name at the cursor.
export const watchSelection: Command = view => {
  const { state } = view;
  const opening = view.plugin(host)?.open();
  void opening?.then(panel => panel?.watchSelection(state));
  return true;
};

/// The extension.
export const variables: Extension = host;
