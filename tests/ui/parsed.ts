// A state whose syntax tree is that of its whole text.
import { ensureSyntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";

/// `ensureSyntaxTree` parses ahead; that tree is a state's own from the next transaction on. A state that
/// is made on a busy machine has a tree of its beginning only.
export function parsed(state: EditorState): EditorState {
  ensureSyntaxTree(state, state.doc.length, 60_000);
  return state.update({}).state;
}
