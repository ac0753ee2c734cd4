// All places of the name at a position: of a binding by its scope, and of an attribute of `self` by its
// class. What the text cannot tell is said: it is never guessed.

import type { Text } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import type { Script } from "./ask";
import { expressionAt } from "./ask";
import {
  bindingAt,
  scopeAt,
  selfOf,
  type Attribute,
  type Binding,
  type Names,
  type Range,
  type Scope,
} from "./names";
import { methodOf } from "./signature_text";

export interface Places {
  readonly name: string;
  /// In the text's order.
  readonly ranges: readonly Range[];
  /// Places that may be the same name, and may not: `x.name`, `f(name=…)`.
  readonly doubtful: readonly Range[];
  /// The binding, or the class whose attribute it is.
  readonly binding: Binding | null;
  readonly type: Scope | null;
}

/// The places of the name at a position; null if there is none.
export function placesOf({ tree, names }: Script, doc: Text, pos: number): Places | null {
  // The name of a keyword argument is that of a parameter.
  const keyword = names.keywords.find(({ from, to }) => from <= pos && pos <= to);
  if (keyword) {
    const parameter = parameterOf(names, doc, keyword);
    if (parameter && parameter !== "unknown") return ofBinding(names, doc, parameter);
    return bare(keyword.name, keyword);
  }
  const found = expressionAt(tree, pos);
  if (!found) return null;
  const { name, expression } = found;
  if (name === expression) {
    const binding = bindingAt(names, name.from)?.[0];
    return binding ? ofBinding(names, doc, binding) : null;
  }
  const text = doc.sliceString(name.from, name.to);
  const attribute = names.attributes.find(({ from }) => from === name.from);
  const type = attribute && ownerOf(names, doc, attribute);
  return type ? ofMember(names, doc, type, text) : bare(text, name, names);
}

/// An attribute of something that the text does not tell: those of the same name are doubtful.
function bare(name: string, { from, to }: Range, names?: Names): Places {
  const others = names?.attributes.filter(each => each.name === name && each.from !== from) ?? [];
  return { name, ranges: [{ from, to }], doubtful: others, binding: null, type: null };
}

function ofBinding(names: Names, doc: Text, binding: Binding): Places {
  const { name, scope } = binding;
  if (scope?.kind === "class") return ofMember(names, doc, scope, name);
  const ranges: Range[] = [...binding.occurrences];
  const doubtful: Range[] = [];
  if (binding.kind === "parameter")
    for (const keyword of names.keywords) {
      if (keyword.name !== name) continue;
      const parameter = parameterOf(names, doc, keyword);
      if (parameter === binding) ranges.push(keyword);
      else if (parameter === "unknown" && mayCall(keyword.callee, scope!.node, doc))
        doubtful.push(keyword);
    }
  return { name, ranges: sorted(ranges), doubtful, binding, type: null };
}

function ofMember(names: Names, doc: Text, type: Scope, name: string): Places {
  const binding = type.bindings.get(name) ?? null;
  const ranges: Range[] = [...(binding?.occurrences ?? [])];
  const doubtful: Range[] = [];
  for (const attribute of names.attributes) {
    if (attribute.name !== name) continue;
    if (ownerOf(names, doc, attribute) === type) ranges.push(attribute);
    else doubtful.push(attribute);
  }
  // The fields of a class without a constructor of its own may be arguments of it.
  for (const keyword of names.keywords)
    if (keyword.name === name && calls(names, keyword.callee, type.node)) doubtful.push(keyword);
  return { name, ranges: sorted(ranges), doubtful, binding, type };
}

/// The class that `self.x` and `C.x` are of; null if the text does not tell.
function ownerOf(names: Names, doc: Text, { node }: Attribute): Scope | null {
  const object = node.parent?.firstChild;
  if (object?.type.name !== "VariableName") return null;
  const text = doc.sliceString(object.from, object.to);
  const self = selfOf(scopeAt(names, object.from), doc);
  if (self?.name === text) return self.class;
  const type = bindingAt(names, object.from)?.[0];
  if (type?.node?.type.name !== "ClassDefinition") return null;
  return (
    names.scopes.find(({ kind, node: at }) => kind === "class" && same(at, type.node!)) ?? null
  );
}

/// The parameter that a keyword argument gives: null if it is none of the script's, "unknown" if the text
/// does not tell what is called.
function parameterOf(
  names: Names,
  doc: Text,
  { name, callee }: { name: string; callee: SyntaxNode },
): Binding | "unknown" | null {
  if (callee.type.name !== "VariableName") return "unknown";
  const called = bindingAt(names, callee.from)?.[0];
  if (!called?.scope || called.origin) return null;
  const definition =
    called.node?.type.name === "ClassDefinition"
      ? methodOf(called.node, "__init__", doc)
      : called.node;
  if (!definition) return called.node ? null : "unknown";
  const scope = names.scopes.find(
    ({ kind, node }) => kind === "function" && same(node, definition),
  );
  const binding = scope?.bindings.get(name);
  return binding?.kind === "parameter" ? binding : null;
}

/// Whether what is called may be a function whose parameters are asked about: an attribute of its name,
/// or a variable.
function mayCall(callee: SyntaxNode, definition: SyntaxNode, doc: Text): boolean {
  const title = definition.getChild("VariableName");
  const own = title ? doc.sliceString(title.from, title.to) : null;
  const property = callee.type.name === "MemberExpression" && callee.getChild("PropertyName");
  if (!property) return true;
  const text = doc.sliceString(property.from, property.to);
  // A lambda may be any attribute.
  return own === null || text === own || own === "__init__";
}

const same = (a: SyntaxNode, b: SyntaxNode) => a.from === b.from && a.to === b.to;

function calls(names: Names, callee: SyntaxNode, type: SyntaxNode): boolean {
  if (callee.type.name !== "VariableName") return false;
  const node = bindingAt(names, callee.from)?.[0]?.node;
  return node !== undefined && same(node, type);
}

function sorted(ranges: Range[]): Range[] {
  const found = new Map(ranges.map(({ from, to }) => [from, { from, to }]));
  return [...found.values()].sort((a, b) => a.from - b.from);
}
