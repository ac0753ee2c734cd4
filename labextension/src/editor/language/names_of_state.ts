// The names of an editor's script, analysed once for each state of its tree.

import type { EditorState } from "@codemirror/state";
import type { Tree } from "@lezer/common";
import { ensureSyntaxTree, syntaxTree } from "../syntax";
import type { Names } from "./names";
import { namesOf } from "./names_analysis";

const known = new WeakMap<Tree, Names>();

/// The tree and the names of the whole script; null if it is not parsed within `patience`
/// milliseconds, or there is no parser yet.
export function wholeScript(
  state: EditorState,
  patience: number,
): { tree: Tree; names: Names } | null {
  const tree = ensureSyntaxTree(state, state.doc.length, patience);
  return tree && { tree, names: analysed(tree, state) };
}

/// As `wholeScript`, of what is parsed so far if that is not all of it.
export function partOfScript(
  state: EditorState,
  patience: number,
): { tree: Tree; names: Names } | null {
  const tree = ensureSyntaxTree(state, state.doc.length, patience) ?? syntaxTree(state);
  return tree && { tree, names: analysed(tree, state) };
}

function analysed(tree: Tree, state: EditorState): Names {
  let names = known.get(tree);
  if (!names) known.set(tree, (names = namesOf(tree, state.doc)));
  return names;
}
