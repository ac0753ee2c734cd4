import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/// Tells who cannot see the tab which script the editor has: JupyterLab gives its editors no name.
export function labelled(name: () => string): Extension {
  return EditorView.contentAttributes.of(() => ({ "aria-label": `${name()}, Python script` }));
}
