// What a statement that has not run does with names, as far as its text alone tells. What ran is known
// better: the runtime looks into the functions that it calls, and has tables of what methods do.

import type { Text } from "@codemirror/state";
import type { Parser, SyntaxNode } from "@lezer/common";
import type { NamesOf } from "../../results/history";
import type { Scope } from "./names";
import { namesOf } from "./names_analysis";

export interface SourceNames extends NamesOf {
  /// Names that its functions and classes read when they are called.
  readonly later: readonly string[];
}

/// Methods that change their object.
const CHANGING =
  /^(append|extend|insert|pop|popitem|remove|clear|sort|reverse|update|add|discard|setdefault|fill|put|write\w*|fit|plot|scatter|bar|hist|legend|grid|set|set_\w+|add_\w+|append_\w+)$/;
/// Functions that change their first argument, or the object of a module's function of that name.
const CHANGING_FIRST = /^(next|heap(ify|pop|push\w*|replace)|insort\w*|shuffle)$/;
const CONDITIONAL = new Set([
  "IfStatement",
  "ForStatement",
  "WhileStatement",
  "TryStatement",
  "MatchStatement",
]);
const ANYTHING = /^(exec|eval|globals)$/;

/// The names of one statement, or of several lines.
export function namesOfSource(parser: Parser, source: Text): SourceNames {
  const text = source.toString();
  const tree = parser.parse(text);
  const names = namesOf(tree, source);
  const binds = new Set<string>();
  const reads = new Set<string>();
  const later = new Set<string>();
  if (names.module.stars.length) binds.add("*");
  for (const { name, scope, occurrences } of names.bindings) {
    if (scope && scope !== names.module) continue;
    let isBound = false;
    const evaluated = [...occurrences].sort((a, b) => a.order - b.order);
    for (const { role, scope: at } of evaluated) {
      const isLater = inFunction(at);
      if (role === "bind" || role === "delete") {
        if (!isLater) {
          binds.add(name);
          isBound = true;
        }
      } else if (isLater) later.add(name);
      // What it binds itself above is none of what it needs.
      else if (!isBound) reads.add(name);
    }
    if (!scope && ANYTHING.test(name)) {
      reads.add("*");
      binds.add("*");
    }
  }
  // What may or may not be bound keeps what it was else.
  if (CONDITIONAL.has(tree.topNode.firstChild?.name ?? ""))
    for (const name of binds) reads.add(name);
  const imported = (name: string) => names.module.bindings.get(name)?.origin !== undefined;
  const { changed, updated } = changedIn(tree.topNode, text);
  for (const name of updated) if (binds.has(name)) reads.add(name);
  for (const name of changed)
    if (!imported(name) && (reads.has(name) || binds.has(name))) {
      if (!binds.has(name)) reads.add(name);
      binds.add(name);
    }
  return { reads: [...reads], binds: [...binds], later: [...later] };
}

function inFunction(scope: Scope | null): boolean {
  for (let at = scope; at; at = at.parent) if (at.kind === "function") return true;
  return false;
}

/// The names whose objects are changed outside of functions: `a` in `a.b = 1`, `a[0] += 1`,
/// `a.append(1)`; and those that are `updated`: `a` in `a += 1`.
function changedIn(top: SyntaxNode, text: string) {
  const found = new Set<string>();
  const updated = new Set<string>();
  const root = (node: SyntaxNode | null): string => {
    let at = node;
    while (at && (at.name === "MemberExpression" || at.name === "CallExpression"))
      at = at.firstChild;
    return at?.name === "VariableName" ? text.slice(at.from, at.to) : "";
  };
  const target = (node: SyntaxNode) => {
    if (node.name === "MemberExpression") found.add(root(node));
    else if (/^(Tuple|Array|Parenthesized)Expression$/.test(node.name))
      for (let child = node.firstChild; child; child = child.nextSibling) target(child);
  };
  const visit = (node: SyntaxNode) => {
    switch (node.name) {
      case "FunctionDefinition":
      case "LambdaExpression":
        return;
      case "AssignStatement": {
        const last = node.getChildren("AssignOp").pop();
        for (let child = node.firstChild; child && last && child.from < last.from;)
          (target(child), (child = child.nextSibling));
        break;
      }
      case "UpdateStatement":
      case "DeleteStatement":
        for (let child = node.firstChild; child; child = child.nextSibling) target(child);
        if (node.name === "UpdateStatement") updated.add(root(node.firstChild));
        break;
      case "CallExpression": {
        const callee = node.firstChild;
        const method = callee?.name === "MemberExpression" ? callee.lastChild : null;
        if (method && CHANGING.test(text.slice(method.from, method.to))) found.add(root(callee));
        const name = method ?? callee;
        if (name && CHANGING_FIRST.test(text.slice(name.from, name.to)))
          found.add(root(node.getChild("ArgList")?.firstChild?.nextSibling ?? null));
        if (/\binplace\s*=\s*True\b/.test(text.slice(node.from, node.to))) found.add(root(callee));
      }
    }
    for (let child = node.firstChild; child; child = child.nextSibling) visit(child);
  };
  visit(top);
  found.delete("");
  return { changed: found, updated };
}
