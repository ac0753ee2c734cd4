// What the names of a script mean: its scopes, what binds each name and where it occurs, and the look-ups
// in them. The rules are those of Python's reference, "Naming and binding":
// https://docs.python.org/3/reference/executionmodel.html#naming-and-binding

import type { Text } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";

/// A comprehension is a scope of its own, and so are the type parameters of a definition.
export type ScopeKind = "module" | "class" | "function" | "comprehension" | "types";

/// What a name is, for its icon.
export type NameKind = "variable" | "parameter" | "function" | "class" | "module" | "type";

export interface Range {
  readonly from: number;
  readonly to: number;
}

/// One place of a name. `declare`: in `global` or `nonlocal`.
export interface Occurrence extends Range {
  readonly role: "bind" | "use" | "delete" | "declare";
  readonly scope: Scope;
  /// Its place in the order of evaluation, which in `a = b` is not that of the text.
  readonly order: number;
}

/// Where an import gets a name from: `import a.b as c`, `from ..a import b`.
export interface Origin {
  /// With its leading dots.
  readonly module: string;
  /// Of the module; absent if the name is the module.
  readonly member?: string;
}

/// A name in the scope that binds it, with all its places in the text's order.
export interface Binding {
  readonly name: string;
  /// Null for a name that the script does not bind: a builtin, or unknown.
  readonly scope: Scope | null;
  kind: NameKind;
  readonly occurrences: Occurrence[];
  /// What imports it, if an import does.
  origin?: Origin;
  /// The FunctionDefinition or ClassDefinition that binds it, the latest.
  node?: SyntaxNode;
}

export interface Scope extends Range {
  readonly kind: ScopeKind;
  readonly parent: Scope | null;
  readonly bindings: Map<string, Binding>;
  /// The names declared `global` or `nonlocal`.
  readonly declared: Map<string, "global" | "nonlocal">;
  /// The modules of `from M import *`.
  readonly stars: string[];
  /// The definition, lambda or comprehension; the whole tree's for the module.
  readonly node: SyntaxNode;
  /// Of a class: the attributes that its methods set on their first parameter, by name.
  readonly members: Map<string, Range>;
}

/// A keyword argument's name in a call.
export interface Keyword extends Range {
  readonly name: string;
  /// What is called.
  readonly callee: SyntaxNode;
}

/// The `**` of a call.
export interface Unpacked extends Range {
  readonly callee: SyntaxNode;
  /// All arguments.
  readonly list: SyntaxNode;
}

/// An attribute's name: `b` in `a.b`, and in `case A(b=…)`.
export interface Attribute extends Range {
  readonly name: string;
  readonly node: SyntaxNode;
  /// Whether it is given a value here.
  readonly isAssigned: boolean;
}

export interface Names {
  readonly module: Scope;
  readonly scopes: readonly Scope[];
  /// Of all scopes, and those that no scope binds.
  readonly bindings: readonly Binding[];
  readonly keywords: readonly Keyword[];
  readonly unpacked: readonly Unpacked[];
  readonly attributes: readonly Attribute[];
}

/// The binding of the name at a position, and the occurrence there; null if there is none.
export function bindingAt(names: Names, pos: number): [Binding, Occurrence] | null {
  for (const binding of names.bindings)
    for (const occurrence of binding.occurrences)
      if (occurrence.from <= pos && pos <= occurrence.to) return [binding, occurrence];
  return null;
}

/// The innermost scope around a position.
export function scopeAt(names: Names, pos: number): Scope {
  let found = names.module;
  for (const scope of names.scopes)
    if (scope.from <= pos && pos <= scope.to && scope.to - scope.from <= found.to - found.from)
      found = scope;
  return found;
}

/// What a name means in a scope: the scope that binds it; null if none does.
export function lookUp(scope: Scope, name: string): Binding | null {
  for (let at: Scope | null = scope; at; at = at.parent) {
    // A class's names are seen in its body only, not in its methods.
    if (at.kind === "class" && at !== scope && !isTypesOf(scope, at)) continue;
    const binding = at.bindings.get(name);
    if (binding) return binding;
  }
  return null;
}

/// Type parameters of a method see the names of its class.
export const isTypesOf = (scope: Scope, at: Scope) => scope.kind === "types" && scope.parent === at;

/// The names that can be used in a scope, innermost first.
export function visibleFrom(scope: Scope): Map<string, Binding> {
  const found = new Map<string, Binding>();
  for (let at: Scope | null = scope; at; at = at.parent) {
    if (at.kind === "class" && at !== scope) continue;
    for (const [name, binding] of at.bindings) if (!found.has(name)) found.set(name, binding);
  }
  return found;
}

/// The class whose method, or a function in it, a scope is of, with the name of the method's first
/// parameter (`self`); null if it is none, or if that name means something else in the scope.
export function selfOf(scope: Scope, doc: Text): { class: Scope; name: string } | null {
  for (let at: Scope | null = scope; at; at = at.parent) {
    const owner = at.parent?.kind === "types" ? at.parent.parent : at.parent;
    if (at.kind !== "function" || owner?.kind !== "class") continue;
    // A lambda in the body of a class is called by who knows whom, and a static method by anyone.
    const { node } = at;
    if (node.type.name !== "FunctionDefinition" || isStatic(node, doc)) return null;
    const first = node.getChild("ParamList")?.firstChild?.nextSibling;
    if (first?.type.name !== "VariableName") return null;
    const name = doc.sliceString(first.from, first.to);
    const binding = lookUp(scope, name);
    return binding?.scope === at && isBoundOnce(binding) ? { class: owner, name } : null;
  }
  return null;
}

/// Whether a function has the decorator `staticmethod`.
export function isStatic(node: SyntaxNode, doc: Text): boolean {
  const decorators = node.parent?.type.name === "DecoratedStatement" ? node.parent : null;
  return (decorators?.getChildren("Decorator") ?? []).some(({ from, to }) =>
    /^@\s*staticmethod\b/.test(doc.sliceString(from, to)),
  );
}

/// Whether one place alone gives a name its value, so that it is that wherever it is used.
export const isBoundOnce = ({ occurrences }: Binding): boolean =>
  occurrences.filter(({ role }) => role === "bind").length === 1;
