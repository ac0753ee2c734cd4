// Messages of commands for screen readers, through CodeMirror's live region.

import { EditorView } from "@codemirror/view";

/// Tells that a command has nothing to do.
export function nothing(view: EditorView, text: string): boolean {
  view.dispatch({ effects: EditorView.announce.of(text) });
  return true;
}
