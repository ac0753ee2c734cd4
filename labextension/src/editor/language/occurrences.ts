// All places of the name at a position: of a binding by its scope, and of an attribute of `self` by its
// class. What the text cannot tell is said: it is never guessed.

import type { Text } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import type { Script } from "./ask";
import { expressionAt } from "./ask";
import { familyOf } from "./families";
import {
  bindingAt,
  isBoundOnce,
  scopeAt,
  selfOf,
  type Attribute,
  type Binding,
  type Keyword,
  type Names,
  type Range,
  type Scope,
} from "./names";
import { isMethod, methodOf } from "./signature_text";

export interface Places {
  readonly name: string;
  /// In the text's order.
  readonly ranges: readonly Range[];
  /// Places that may be the same name, and may not: `x.name`, `f(name=…)`.
  readonly doubtful: readonly Range[];
  /// The binding, or the class whose attribute it is.
  readonly binding: Binding | null;
  readonly type: Scope | null;
  /// A class that the script does not define and whose attribute it may be too, as it is written; "" if
  /// there is none.
  readonly stranger: string;
}

/// The places of the name at a position; null if there is none.
export function placesOf({ tree, names }: Script, doc: Text, pos: number): Places | null {
  // The name of a keyword argument is that of a parameter.
  const keyword = names.keywords.find(({ from, to }) => from <= pos && pos <= to);
  if (keyword) {
    const called = calledBy(names, doc, keyword.callee);
    const parameter = typeof called === "object" && called?.bindings.get(keyword.name);
    if (parameter && parameter.kind === "parameter") return ofBinding(names, doc, parameter);
    return bare(keyword.name, keyword);
  }
  const attribute = names.attributes.find(({ from, to }) => from <= pos && pos <= to);
  if (attribute) {
    const type = ownerOf(names, doc, attribute);
    return (
      (type && ofMember(names, doc, type, attribute.name)) ?? bare(attribute.name, attribute, names)
    );
  }
  const found = expressionAt(tree, pos);
  const binding = found && bindingAt(names, found.name.from)?.[0];
  return binding ? ofBinding(names, doc, binding) : null;
}

/// An attribute of something that the text does not tell: those of the same name are doubtful.
function bare(name: string, { from, to }: Range, names?: Names): Places {
  const others = names?.attributes.filter(each => each.name === name && each.from !== from) ?? [];
  return {
    name,
    ranges: [{ from, to }],
    doubtful: others,
    binding: null,
    type: null,
    stranger: "",
  };
}

function ofBinding(names: Names, doc: Text, binding: Binding): Places {
  const { name, scope } = binding;
  const member = scope?.kind === "class" ? ofMember(names, doc, scope, name) : null;
  if (member) return member;
  const ranges: Range[] = [...binding.occurrences];
  const doubtful: Range[] = [];
  if (binding.kind === "parameter") {
    const given = keywordsOf(names, doc, scope!, name);
    ranges.push(...given.sure);
    doubtful.push(...given.doubtful, ...unpackedFor(names, doc, scope!));
  }
  return { name, ranges: sorted(ranges), doubtful, binding, type: null, stranger: "" };
}

/// Null if it is not the class that gives itself the attribute: then it may be anything of a base.
function ofMember(names: Names, doc: Text, type: Scope, name: string): Places | null {
  const binding = type.bindings.get(name) ?? null;
  if (!binding && !type.members.has(name)) return null;
  const { classes, stranger } = familyOf(names, doc, type);
  const ranges: Range[] = [...(binding?.occurrences ?? [])];
  const doubtful: Range[] = [];
  for (const attribute of names.attributes) {
    if (attribute.name !== name) continue;
    const owner = ownerOf(names, doc, attribute);
    if (owner === type) ranges.push(attribute);
    else if (!owner || classes.has(owner)) doubtful.push(attribute);
  }
  for (const each of classes)
    if (each !== type) doubtful.push(...(each.bindings.get(name)?.occurrences ?? []));
  // A field may be an argument of a constructor that nobody wrote, or of `replace`.
  const isField = binding?.kind === "variable";
  for (const keyword of isField ? names.keywords : []) {
    if (keyword.name !== name) continue;
    const called = calledBy(names, doc, keyword.callee);
    if (typeof called === "string") doubtful.push(keyword);
  }
  return { name, ranges: sorted(ranges), doubtful, binding, type, stranger };
}

/// The attributes by this name that are of a class by the text, or are given to something that may be of
/// it.
export function attributesOf(names: Names, doc: Text, type: Scope, name: string): Attribute[] {
  return names.attributes.filter(each => {
    if (each.name !== name) return false;
    const owner = ownerOf(names, doc, each);
    return owner ? owner === type : each.isAssigned && !isForeign(names, each.node.parent!);
  });
}

/// The class that `self.x`, `C.x` and `case C(x=…)` are of; null if the text does not tell.
function ownerOf(names: Names, doc: Text, { node }: Attribute): Scope | null {
  const pattern = node.parent?.type.name === "KeywordPattern" ? node.parent.parent?.parent : null;
  const object = (pattern ?? node.parent)?.firstChild;
  if (object?.type.name !== "VariableName") return null;
  const text = doc.sliceString(object.from, object.to);
  const self = selfOf(scopeAt(names, object.from), doc);
  if (self?.name === text) return self.class;
  const type = bindingAt(names, object.from)?.[0];
  if (type?.node?.type.name !== "ClassDefinition" || !isBoundOnce(type)) return null;
  return (
    names.scopes.find(({ kind, node: at }) => kind === "class" && same(at, type.node!)) ?? null
  );
}

/// The arguments of this name that calls give a function: those that the text tells of, and those of calls
/// that may be of it.
export function keywordsOf(names: Names, doc: Text, scope: Scope, name: string) {
  const sure: Keyword[] = [];
  const doubtful: Keyword[] = [];
  for (const keyword of names.keywords) {
    if (keyword.name !== name) continue;
    const how = howCalled(names, doc, keyword.callee, scope);
    if (how === "surely") sure.push(keyword);
    else if (how === "perhaps") doubtful.push(keyword);
  }
  return { sure, doubtful };
}

/// The `**` of calls that are or may be of a function, which may give it any name.
function unpackedFor(names: Names, doc: Text, scope: Scope): Range[] {
  return names.unpacked.filter(({ callee, list }) => {
    const how = howCalled(names, doc, callee, scope);
    if (how !== "perhaps") return how === "surely";
    // What a library is given goes to a function of the script only if that is given it, too.
    return !isForeign(names, callee) || isAmong(names, doc, list, scope);
  });
}

/// Whether a function, or the class that it makes instances of, is an argument.
function isAmong(names: Names, doc: Text, list: SyntaxNode, { node, parent }: Scope): boolean {
  const title = node.getChild("VariableName");
  const type = parent?.kind === "class" ? parent.node.getChild("VariableName") : null;
  const own = [title, type].flatMap(each => (each ? doc.sliceString(each.from, each.to) : []));
  return [...list.getChildren("VariableName"), ...list.getChildren("MemberExpression")].some(each =>
    own.includes(doc.sliceString(each.from, each.to).replace(/^.*\./s, "")),
  );
}

/// The scope of the function that a call calls; "foreign" if it is of another module or a builtin,
/// "unknown" if the text does not tell.
function calledBy(names: Names, doc: Text, callee: SyntaxNode): Scope | "foreign" | "unknown" {
  if (callee.type.name !== "VariableName") return "unknown";
  const called = bindingAt(names, callee.from)?.[0];
  if (!called || !isBoundOnce(called)) return called?.scope === null ? "foreign" : "unknown";
  if (called.origin) return "foreign";
  const { node } = called;
  const isClass = node?.type.name === "ClassDefinition";
  // Without one of its own it is that of a base, or made by a decorator.
  const definition =
    node && isClass
      ? methodOf(node, "__new__", doc)
        ? null
        : methodOf(node, "__init__", doc)
      : node;
  const scope = names.scopes.find(
    ({ kind, node: at }) => kind === "function" && definition && same(at, definition),
  );
  return scope ?? "unknown";
}

/// Whether a call is of a function.
function howCalled(
  names: Names,
  doc: Text,
  callee: SyntaxNode,
  scope: Scope,
): "surely" | "perhaps" | "never" {
  const called = calledBy(names, doc, callee);
  if (called === scope) return "surely";
  if (typeof called === "object") return "never";
  const { node } = scope;
  const title = node.getChild("VariableName");
  // A lambda may be anything that is called.
  if (node.type.name !== "FunctionDefinition" || !title) return "perhaps";
  const own = doc.sliceString(title.from, title.to);
  // What is given away may be called by anyone: `partial(f, x=1)`, `frame.pipe(f, x=1)`.
  if (isGivenAway(names, doc, scope, own)) return "perhaps";
  if (called === "foreign") return "never";
  // What a class statement is given goes to the class.
  if (callee.type.name === "ClassDefinition")
    return own === "__init_subclass__" || own === "__new__" ? "perhaps" : "never";
  const property =
    callee.type.name === "Decorator"
      ? callee.getChildren("VariableName").at(-1)
      : callee.type.name === "MemberExpression" && callee.getChild("PropertyName");
  if (!property) {
    // The name of a function that has that name alone, and is called by it alone, is known.
    if (callee.type.name !== "VariableName" || isMethod(node, doc)) return "perhaps";
    const binding = bindingAt(names, callee.from)?.[0];
    return binding?.occurrences.some(({ from }) => from === title.from) ? "perhaps" : "never";
  }
  const text = doc.sliceString(property.from, property.to);
  const isMaking = own === "__init__" || own === "__new__" || own === "__call__";
  return text === own || (isMaking && !isForeign(names, callee)) ? "perhaps" : "never";
}

/// Whether it is of a module or a builtin, as `np.zeros` is.
function isForeign(names: Names, callee: SyntaxNode): boolean {
  let first: SyntaxNode | null = callee;
  while (first?.type.name === "MemberExpression" || first?.type.name === "Decorator")
    first = first.type.name === "Decorator" ? first.getChild("VariableName") : first.firstChild;
  if (first?.type.name !== "VariableName") return false;
  const binding = bindingAt(names, first.from)?.[0];
  return !binding?.scope || (binding.origin !== undefined && isBoundOnce(binding));
}

/// Whether a function, or for its constructor a class, stands anywhere but where it is called.
function isGivenAway(names: Names, doc: Text, { node, parent }: Scope, own: string): boolean {
  const isOfClass = isMethod(node, doc);
  const decorated = node.parent?.type.name === "DecoratedStatement" ? node.parent : null;
  const isPlain = (decorator: SyntaxNode) =>
    /^@\s*(staticmethod|classmethod|property)\b/.test(
      doc.sliceString(decorator.from, decorator.to),
    );
  if (decorated?.getChildren("Decorator").some(each => !isPlain(each))) return true;
  const isLoose = (name: SyntaxNode) => {
    const whole = name.type.name === "PropertyName" ? name.parent! : name;
    const { parent: around } = whole;
    return around?.type.name !== "CallExpression" || !same(around.firstChild!, whole);
  };
  if (isOfClass) {
    const found = names.attributes.filter(({ name }) => name === own);
    if (found.some(({ node: at }) => isLoose(at))) return true;
  }
  let type: Scope | null = parent;
  while (type?.kind === "types") type = type.parent;
  const named = !isOfClass ? node : /^__(init|new)__$/.test(own) ? type?.node : null;
  const title = named?.getChild("VariableName");
  const binding = title && bindingAt(names, title.from)?.[0];
  if (!binding) return false;
  return binding.occurrences.some(
    ({ role, from }) => role === "use" && isLoose(title.resolve(from, 1)),
  );
}

const same = (a: SyntaxNode, b: SyntaxNode) => a.from === b.from && a.to === b.to;

function sorted(ranges: Range[]): Range[] {
  const found = new Map(ranges.map(({ from, to }) => [from, { from, to }]));
  return [...found.values()].sort((a, b) => a.from - b.from);
}
