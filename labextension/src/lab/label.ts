import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/// Gives the editor an accessible name, which JupyterLab's editors lack.
export function labelled(name: () => string): Extension {
  return EditorView.contentAttributes.of(() => ({ "aria-label": `${name()}, Python script` }));
}
