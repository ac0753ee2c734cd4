// Indentation that the parser's package leaves out: after a statement that ends its block the next line
// stands one level less deep, and `except:`, `else:` and their like move there as they are typed.

import { getIndentUnit, indentService, type IndentContext } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { hasError, syntaxTree } from "./syntax";

const ENDS = new Set([
  "ReturnStatement",
  "RaiseStatement",
  "BreakStatement",
  "ContinueStatement",
  "PassStatement",
]);

// What begins a clause, and the statements that may have it.
const CLAUSES: [RegExp, RegExp][] = [
  [/^elif\b/, /^if\b|^elif\b/],
  [/^else\s*:/, /^(?:if|elif|for|async\s+for|while|except)\b/],
  [/^except\b/, /^(?:try|except)\b/],
  [/^finally\s*:/, /^(?:try|except|else)\b/],
  [/^case\s+[^=:\s].*:/, /^case\s/],
];
// Typed just so far, a line is indented anew.
const TYPED = /^\s*(?:else\s*:|elif |except[ :*]|finally\s*:|case\s+[^=:\s].*:)$/;

const MOST_LINES = 2_000;

/// The extension.
export const typingAids: Extension = [
  indentService.of(indentation),
  EditorState.languageData.of(() => [{ indentOnInput: TYPED }]),
];

function indentation(context: IndentContext, pos: number): number | null | undefined {
  const text = /^\s*(.*)/.exec(context.textAfterPos(pos))![1]!;
  const isClause = CLAUSES.find(([clause]) => clause.test(text));
  if (isClause) return inString(context, pos) ? undefined : ofClause(context, pos, isClause[1]);
  return text ? undefined : afterEnd(context, pos);
}

const inString = ({ state }: IndentContext, pos: number): boolean =>
  /String|Comment/.test(syntaxTree(state)?.resolveInner(pos, -1).name ?? "");

/// The indentation of the nearest line above that may have the clause: one that is not deeper than the
/// clause is now, nor than any line between them.
function ofClause(context: IndentContext, pos: number, owner: RegExp): number | undefined {
  const { doc } = context.state;
  const line = doc.lineAt(pos);
  // Where the line is broken before the clause, it has no depth of its own.
  const most = line.from === pos ? context.lineIndent(pos) : Infinity;
  let depth = Infinity;
  for (let { number } = line, looks = MOST_LINES; --number > 0 && looks > 0; looks--) {
    const { text, from } = doc.line(number);
    const bare = text.trimStart();
    if (!bare || bare.startsWith("#") || isContinued(context.state, from)) continue;
    const indent = context.lineIndent(from);
    if (indent >= depth) continue;
    depth = indent;
    if (indent <= most && owner.test(bare)) return indent;
    if (!indent) return undefined;
  }
  return undefined;
}

/// Whether the line begins inside brackets or a string.
function isContinued(state: EditorState, from: number): boolean {
  for (
    let node: SyntaxNode | null = syntaxTree(state)?.resolveInner(from, -1) ?? null;
    node && node.to > from;
    node = node.parent
  )
    if (node.from < from && /String|Expression|ArgList|ParamList/.test(node.name)) return true;
  return false;
}

/// The indentation of a line below a statement that ends its block.
function afterEnd(context: IndentContext, pos: number): number | undefined {
  const { state } = context;
  const tree = syntaxTree(state);
  if (!tree) return undefined;
  const before = state.doc.lineAt(pos);
  const code = state.sliceDoc(before.from, pos).replace(/\s+$/, "");
  if (!code.trim()) return undefined;
  let at = before.from + code.length;
  let node: SyntaxNode | null = tree.resolveInner(at, -1);
  // A comment behind the statement.
  if (node.name === "Comment") {
    at = before.from + state.sliceDoc(before.from, node.from).trimEnd().length;
    if (at === before.from) return undefined;
    node = tree.resolveInner(at, -1);
  }
  for (; node && !ENDS.has(node.name); node = node.parent)
    if (node.name === "Body" || node.name === "Script") return undefined;
  if (!node || node.to > at || hasError(node)) return undefined;
  const indent = context.lineIndent(node.from);
  const lineOf = (offset: number) => state.doc.lineAt(offset).number;
  // `if x: return` is a line of its own: the block ends with it.
  const isOneLine = node.parent?.name === "Body" && lineOf(node.parent.from) === lineOf(node.from);
  return isOneLine ? indent : Math.max(0, indent - getIndentUnit(state));
}
