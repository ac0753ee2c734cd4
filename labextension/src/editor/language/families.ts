// Which classes of a script may share their attributes, as one is derived from the other, or a third from
// both; and whether a class that the script does not define may have a part in it.

import type { Text } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { bindingAt, isBoundOnce, type Names, type Scope } from "./names";

export interface Family {
  readonly classes: ReadonlySet<Scope>;
  /// A base of one of them that the script does not define, as it is written; "" if there is none.
  readonly stranger: string;
}

// Bases without attributes that a script would use.
const PLAIN = new Set(["object", "ABC", "Generic", "Protocol"]);

/// The class with all that it may share attributes with.
export function familyOf(names: Names, doc: Text, type: Scope): Family {
  const all = names.scopes.filter(({ kind }) => kind === "class");
  const links = all.map(each => basesOf(names, doc, each, all));
  const classes = new Set([type]);
  for (let size = 0; size < classes.size;) {
    size = classes.size;
    all.forEach((each, index) => {
      const related = [each, ...links[index]!.bases];
      if (related.some(one => classes.has(one))) related.forEach(one => classes.add(one));
    });
  }
  const strangers = all.map((each, index) => (classes.has(each) ? links[index]!.stranger : ""));
  return { classes, stranger: strangers.find(Boolean) ?? "" };
}

function basesOf(names: Names, doc: Text, type: Scope, all: readonly Scope[]) {
  const bases: Scope[] = [];
  let stranger = "";
  const list = type.node.getChild("ArgList");
  for (let child = list?.firstChild ?? null; child; child = child.nextSibling) {
    if (child.type.name === "Comment" || /^[(),]$/.test(child.type.name)) continue;
    // `metaclass=M`: the name is none, what it is given is no base.
    if (child.nextSibling?.type.name === "AssignOp" || child.type.name === "AssignOp") continue;
    if (child.prevSibling?.type.name === "AssignOp") continue;
    const found = classesNamed(names, doc, child, all);
    if (found === "plain") continue;
    if (found === "stranger") stranger ||= doc.sliceString(child.from, child.to);
    // What is computed may be any of them.
    else bases.push(...(found ?? all));
  }
  return { bases, stranger };
}

/// What an expression for a base means: null if the text does not tell.
function classesNamed(
  names: Names,
  doc: Text,
  node: SyntaxNode,
  all: readonly Scope[],
): Scope[] | "plain" | "stranger" | null {
  // `Base[T]` is a Base; `module.Base` is of the module.
  let first = node;
  while (first.type.name === "MemberExpression" && first.firstChild) first = first.firstChild;
  if (first.type.name !== "VariableName") return null;
  const binding = bindingAt(names, first.from)?.[0];
  if (!binding) return null;
  const last = node.getChild("PropertyName") ?? first;
  if (!binding.scope || (binding.origin && isBoundOnce(binding)))
    return PLAIN.has(doc.sliceString(last.from, last.to)) ? "plain" : "stranger";
  if (last !== first || !isBoundOnce(binding)) return null;
  return all.filter(({ node: at }) => at.from === binding.node?.from && at.to === binding.node.to);
}
