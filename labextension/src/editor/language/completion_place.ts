// What can be completed at a position: a name, an attribute, a file or key in a string, a magic.

import type { Text } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";

/// `from`: where the text begins that a completion replaces.
export interface Place {
  readonly kind: "name" | "attribute" | "import" | "string" | "magic";
  readonly from: number;
  /// Completions come while one types; otherwise only on request.
  readonly isTyped: boolean;
  /// The quote of a string that is a key: `d["`.
  readonly key?: string;
  /// Of an attribute: what it is an attribute of.
  readonly object?: { readonly from: number; readonly to: number };
  /// The call in whose arguments a name stands.
  readonly call?: SyntaxNode;
}

const WORD = /[\p{L}\p{N}_]*$/u;
const MAGIC = /^\s*%{1,2}[\w.]*$/;
const strings = new Set(["String", "FormatString", "ContinuedString"]);

/// The place before `pos`; null where nothing is completed.
export function placeAt(tree: Tree, doc: Text, pos: number): Place | null {
  const line = doc.lineAt(pos);
  const before = line.text.slice(0, pos - line.from);
  if (MAGIC.test(before))
    return { kind: "magic", from: line.from + before.indexOf("%"), isTyped: true };
  const node = tree.resolveInner(pos, -1);
  if (node.type.name === "Comment") return null;
  const string = stringAround(node, pos);
  if (string) return inString(string, doc, pos);
  const word = WORD.exec(before)![0];
  const from = pos - word.length;
  // A number, or the suffix of one.
  if (/^\p{N}/u.test(word)) return null;
  const around = word ? tree.resolveInner(pos, -1) : node;
  const statement = ancestor(around, "ImportStatement");
  if (statement || /^\s*(import|from)\s/.test(before))
    return isAlias(before) ? null : { kind: "import", from, isTyped: word !== "" };
  const rest = before.slice(0, before.length - word.length);
  const dot = /\.\s*$/.exec(rest);
  if (dot) {
    const object = objectBefore(tree, doc, line.from + dot.index);
    // A dot after a number is its point.
    if (!object) return null;
    return { kind: "attribute", from, isTyped: true, object };
  }
  if (isNewName(around, rest)) return { kind: "name", from, isTyped: false };
  const call = callAround(node, from);
  return { kind: "name", from, isTyped: word !== "", ...(call && { call }) };
}

/// The string whose content has the position; null outside, and in an f-string's replacements.
function stringAround(node: SyntaxNode, pos: number): SyntaxNode | null {
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    if (at.type.name === "FormatReplacement") return null;
    if (!strings.has(at.type.name)) continue;
    // Behind the closing quote it is over, unless there is none yet.
    if (at.type.name === "ContinuedString") continue;
    const isOpen = at.lastChild?.type.isError ?? false;
    return pos > at.from && (pos < at.to || isOpen) ? at : null;
  }
  return null;
}

function inString(string: SyntaxNode, doc: Text, pos: number): Place | null {
  const quote = /^[\p{L}]*('''|"""|'|")/u.exec(doc.sliceString(string.from, string.from + 8));
  if (!quote) return null;
  const from = string.from + quote[0].length;
  if (pos < from || quote[1]!.length > 1) return null;
  const text = doc.sliceString(from, pos);
  const parent = string.parent;
  const isKey = parent?.type.name === "MemberExpression" && string.prevSibling?.type.name === "[";
  const isPath = /^(~|\.{0,2}\/)|^[^\s:]*\/[^\s]*$/.test(text) && !/^\w+:\/\//.test(text);
  return { kind: "string", from, isTyped: isKey || isPath, ...(isKey && { key: quote[1] }) };
}

/// The expression that ends where a dot stands.
function objectBefore(tree: Tree, doc: Text, dot: number): { from: number; to: number } | null {
  let end = dot;
  while (end > 0 && /\s/.test(doc.sliceString(end - 1, end))) end--;
  let node: SyntaxNode | null = tree.resolveInner(end, -1);
  if (node.type.name === "Number" || node.type.isTop) return null;
  while (node.parent && node.parent.to === end && expressions.has(node.parent.type.name))
    node = node.parent;
  if (node.to !== end || node.type.isError) return null;
  return { from: node.from, to: node.to };
}

const expressions = new Set([
  "VariableName",
  "MemberExpression",
  "CallExpression",
  "ParenthesizedExpression",
  "ArrayExpression",
  "DictionaryExpression",
  "SetExpression",
  "TupleExpression",
  "String",
  "FormatString",
]);

function ancestor(node: SyntaxNode, name: string): SyntaxNode | null {
  for (let at: SyntaxNode | null = node; at; at = at.parent) if (at.type.name === name) return at;
  return null;
}

const isAlias = (before: string) => /\bas\s+[\p{L}\p{N}_]*$/u.test(before);

/// Where a name is invented: after `def`, `class`, `as`, and for a parameter.
function isNewName(node: SyntaxNode, before: string): boolean {
  if (/(^|\s)(def|class|as|lambda|global|nonlocal)\s+$/.test(before)) return true;
  const list = node.parent;
  if (node.type.name !== "VariableName" || list?.type.name !== "ParamList") return false;
  return node.prevSibling?.type.name !== "AssignOp";
}

/// The call whose argument begins at `from`.
function callAround(node: SyntaxNode, from: number): SyntaxNode | null {
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    if (at.type.name !== "ArgList") continue;
    const before = at.childBefore(from);
    const begins = before?.type.name === "(" || before?.type.name === ",";
    return begins && at.parent?.type.name === "CallExpression" ? at.parent : null;
  }
  return null;
}
