// The call around a position, and which of its parameters the argument there is.

import type { Text } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";
import type { Parameter } from "./signature_text";

export interface Call {
  /// What is called.
  readonly callee: SyntaxNode;
  /// Where its opening parenthesis stands.
  readonly from: number;
  /// How many arguments stand before the one at the position.
  readonly index: number;
  /// The name of the argument, if it is given by one.
  readonly keyword: string | null;
}

/// The innermost call whose parentheses are around `pos`; null if there is none.
export function callAt(tree: Tree, doc: Text, pos: number): Call | null {
  for (let at: SyntaxNode | null = tree.resolveInner(pos, -1); at; at = at.parent) {
    const { name } = at.type;
    // The body of a lambda is inside of the call; that of a function is not.
    if (name === "Body") return null;
    if (name !== "ArgList") continue;
    const isOver = at.lastChild?.type.name === ")" && pos >= at.to;
    const owner = at.parent;
    const isCall = owner?.type.name === "CallExpression" || owner?.type.name === "Decorator";
    const callee = isCall ? calleeOf(owner) : null;
    if (isOver || pos <= at.from || !callee) continue;
    return { callee, from: at.from, ...argumentAt(at, doc, pos) };
  }
  return null;
}

function calleeOf(owner: SyntaxNode): SyntaxNode | null {
  if (owner.type.name === "CallExpression") return owner.firstChild;
  // Of `@a.b(c)` the names stand one by one; a single one is a node of its own.
  const names = owner.getChildren("VariableName");
  return names.length === 1 ? names[0]! : null;
}

function argumentAt(list: SyntaxNode, doc: Text, pos: number) {
  let index = 0;
  let keyword: string | null = null;
  for (let child = list.firstChild; child && child.from < pos; child = child.nextSibling) {
    const { name } = child.type;
    if (name === "," && child.to <= pos) {
      index++;
      keyword = null;
    } else if (name === "AssignOp" && doc.sliceString(child.from, child.to) === "=") {
      let before = child.prevSibling;
      while (before?.type.name === "Comment") before = before.prevSibling;
      if (before) keyword = doc.sliceString(before.from, before.to);
    }
  }
  return { index, keyword };
}

const TOKEN = /"""|'''|"|'|#|[([{]|[)\]}]|,|(?<![=!<>:])=(?!=)|\n/g;

// What stands before it may be a comment.
const LAST_WORD = /[\p{L}\p{N}_]+(?=\s*$)/u;

/// Which argument the end of `text` is in, which follows the parenthesis of a call; null if the call ends
/// in it. By the text alone: while a word is typed (`in` of `indent`) the tree may tell of no call.
export function argumentIn(text: string): Pick<Call, "index" | "keyword"> | null {
  let index = 0;
  let keyword: string | null = null;
  let depth = 0;
  let start = 0;
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token; token = TOKEN.exec(text)) {
    const [sign] = token;
    if (sign === "#") {
      const end = text.indexOf("\n", token.index);
      if (end < 0) break;
      TOKEN.lastIndex = end;
    } else if (/["']/.test(sign)) {
      const end = endOfString(text, token.index + sign.length, sign);
      if (end < 0) break;
      TOKEN.lastIndex = end;
    } else if (/[([{]/.test(sign)) depth++;
    else if (/[)\]}]/.test(sign)) {
      if (--depth < 0) return null;
    } else if (depth) continue;
    else if (sign === ",") {
      index++;
      keyword = null;
      start = token.index + 1;
    } else if (sign === "=") keyword ??= LAST_WORD.exec(text.slice(start, token.index))?.[0] ?? "";
  }
  return { index, keyword };
}

function endOfString(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (text[at] === "\n" && quote.length === 1) return at;
  }
  return -1;
}

/// Which parameter takes the argument; -1 if none does.
export function activeParameter(
  parameters: readonly Parameter[],
  { index, keyword }: Pick<Call, "index" | "keyword">,
): number {
  const find = (test: (parameter: Parameter) => boolean) => parameters.findIndex(test);
  if (keyword !== null) {
    const named = find(
      ({ name, kind }) => name === keyword && (kind === "any" || kind === "keyword"),
    );
    return named >= 0 ? named : find(({ kind }) => kind === "**");
  }
  const inOrder = parameters.flatMap(({ kind }, at) =>
    kind === "positional" || kind === "any" ? at : [],
  );
  return inOrder[index] ?? find(({ kind }) => kind === "*");
}
