// What the editor asks of the parser and of code folding. Their package is given through a facet: on the
// page it is a lazy chunk, which the first paint does not wait for. Until it is there nothing is folded,
// and no tree is known.

import type * as language from "@codemirror/language";
import { Facet, type EditorState } from "@codemirror/state";
import { Decoration, type DecorationSet } from "@codemirror/view";
import type { SyntaxNode, Tree } from "@lezer/common";

type Syntax = Pick<typeof language, "ensureSyntaxTree" | "foldedRanges" | "syntaxTree">;

/// The functions of `@codemirror/language`; `syntax_package.ts` gives them.
export const syntaxPackage = Facet.define<Syntax, Syntax | null>({
  combine: packages => packages[0] ?? null,
});

/// The ranges that are folded.
export const foldedRanges = (state: EditorState): DecorationSet =>
  state.facet(syntaxPackage)?.foldedRanges(state) ?? Decoration.none;

/// The tree as far as it is parsed; null without a parser.
export const syntaxTree = (state: EditorState): Tree | null =>
  state.facet(syntaxPackage)?.syntaxTree(state) ?? null;

/// The tree up to `to`; null if that takes more than `patience` milliseconds, or without a parser.
export const ensureSyntaxTree = (state: EditorState, to: number, patience: number): Tree | null =>
  state.facet(syntaxPackage)?.ensureSyntaxTree(state, to, patience) ?? null;

/// Whether there is something within a node that does not parse.
export function hasError(node: SyntaxNode): boolean {
  let found = false;
  node.toTree().iterate({ enter: ({ type }) => !(found ||= type.isError) });
  return found;
}
