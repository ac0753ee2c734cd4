// The lines of statements. The syntax tree decides which are sent and where the cursor goes next; the runtime alone
// decides what the statements are.

import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import type { Span } from "./anchors";
import { ensureSyntaxTree, hasError, syntaxTree } from "./syntax";

/// How long a key waits for the parser, in milliseconds.
export const parsePatience = 50;

/// The lines of the selected statements; if there are none, of the next statement below (unless
/// `orBelow` is false).
export function toRun(state: EditorState, orBelow = true): Span[] {
  const { from, to } = state.selection.main;
  const first = state.doc.lineAt(from);
  let last = state.doc.lineAt(to);
  // A selection that ends at the start of a line does not include that line.
  if (to > from && to === last.from) last = state.doc.lineAt(to - 1);
  const spans = statementsIn(state, first.from, last.to, parsePatience);
  if (spans.length || !orBelow) return spans;
  const below = statementAfter(state, last.to);
  return below ? [below] : [];
}

/// The whole lines of the statements that overlap [from, to]. `patience`: how long to wait for the
/// parser, in milliseconds; 0 to take the tree as it is.
export function statementsIn(
  state: EditorState,
  from: number,
  to: number,
  patience: number,
): Span[] {
  const tree = patience ? ensureSyntaxTree(state, to, patience) : syntaxTree(state);
  if (!tree) return blocksIn(state, from, to);
  const spans: Span[] = [];
  for (let node = tree.topNode.childAfter(from); node && node.from <= to; node = node.nextSibling) {
    const span = linesOfNode(state, node);
    if (!span || span.to < from) continue;
    // A node with a syntax error may include the statements below it: there, split by indentation.
    const found = hasError(node)
      ? blocksIn(state, Math.max(from, span.from), Math.min(to, span.to))
      : [span];
    for (const { from, to } of found) {
      const last = spans[spans.length - 1];
      if (last && from <= last.to) spans[spans.length - 1] = { from: last.from, to };
      else spans.push({ from, to });
    }
  }
  return spans;
}

/// The lines of the first statement that begins behind a place; null if there is none.
export function statementAfter(state: EditorState, pos: number): Span | null {
  const tree = ensureSyntaxTree(state, Math.min(state.doc.length, pos + 5000), parsePatience);
  if (!tree) return blockAfter(state, pos);
  for (let node = tree.topNode.childAfter(pos); node; node = node.nextSibling) {
    const span = linesOfNode(state, node);
    if (span && span.from > pos) return span;
  }
  return null;
}

// Fallback without a syntax tree (parser not loaded, or not that far): a statement begins at a line
// without indentation. The runtime parses the text anyway.
const isHead = (text: string) => /^[^\s#)\]}]/.test(text);

function blocksIn(state: EditorState, from: number, to: number): Span[] {
  const { doc } = state;
  let first = doc.lineAt(from);
  while (first.number > 1 && !isHead(first.text) && !first.text.startsWith("#"))
    first = doc.line(first.number - 1);
  const spans: Span[] = [];
  for (let block = blockAfter(state, first.from - 1); block && block.from <= to;) {
    if (block.to >= from) spans.push(block);
    block = blockAfter(state, block.to);
  }
  return spans;
}

function blockAfter(state: EditorState, pos: number): Span | null {
  const { doc } = state;
  let number = pos < 0 ? 1 : doc.lineAt(pos).number + 1;
  while (number <= doc.lines && !isHead(doc.line(number).text)) number += 1;
  if (number > doc.lines) return null;
  const { from } = doc.line(number);
  let { to } = doc.line(number);
  for (let next = number + 1; next <= doc.lines; next++) {
    const { text, to: end } = doc.line(next);
    if (isHead(text) || text.startsWith("#")) break;
    if (text.trim()) to = end;
  }
  return { from, to };
}

// Compound statement nodes include their last newline, and comments are nodes of their own.
function linesOfNode(state: EditorState, node: SyntaxNode): Span | null {
  if (node.name === "Comment") return null;
  const text = state.sliceDoc(node.from, node.to);
  const length = text.trimEnd().length;
  if (!length) return null;
  return {
    from: state.doc.lineAt(node.from).from,
    to: state.doc.lineAt(node.from + length).to,
  };
}
