// Completions that the text gives: names that are bound where the cursor is, attributes that a class's
// methods set, keyword arguments of the script's functions, keywords and builtins.

import type { Completion } from "@codemirror/autocomplete";
import type { Text } from "@codemirror/state";
import type { Tree } from "@lezer/common";
import type { Place } from "./completion_place";
import { builtins, keywords, softKeywords } from "./names_builtin";
import {
  bindingAt,
  lookUp,
  scopeAt,
  selfOf,
  visibleFrom,
  type Binding,
  type NameKind,
  type Names,
  type Scope,
} from "./names";
import type { Told } from "./server";
import { signatureOf, type Signature } from "./signature_text";

/// What the text says of a completion, for the card beside it.
export type Described = Completion & {
  readonly signature?: Signature;
  /// What a language server says of it.
  readonly told?: () => Promise<Told | null>;
};

const BOOST = {
  argument: 50,
  inner: 40,
  script: 30,
  live: 20,
  server: 15,
  builtin: 10,
  keyword: 5,
};

/// Above that of a builtin, below those of the text.
export const LIVE_BOOST = BOOST.live;
/// What is there comes before what the text alone lets expect.
export const SERVER_BOOST = BOOST.server;

const ICONS: Record<NameKind, string> = {
  variable: "variable",
  parameter: "variable",
  function: "function",
  class: "class",
  module: "namespace",
  type: "type",
};

/// The completions at a place.
export function staticCompletions(
  place: Place,
  { tree, names }: { tree: Tree; names: Names },
  doc: Text,
): Described[] {
  if (place.kind === "attribute") return attributes(place, names, doc);
  if (place.kind !== "name") return [];
  const scope = scopeAt(names, place.from);
  const found = new Map<string, Described>();
  const add = (completion: Described) => {
    if (!found.has(completion.label)) found.set(completion.label, completion);
  };
  if (place.call) for (const each of argumentsOf(place.call, scope, doc)) add(each);
  for (const binding of visibleFrom(scope).values())
    if (!isOnlyAt(binding, place.from)) add(ofBinding(binding, doc, scope));
  for (const keyword of keywords) add({ label: keyword, type: "keyword", boost: BOOST.keyword });
  for (const keyword of softKeywords)
    if (isStatementStart(tree, doc, place.from))
      add({ label: keyword, type: "keyword", boost: BOOST.keyword });
  for (const [name, type] of builtins) add({ label: name, type, boost: BOOST.builtin });
  return [...found.values()];
}

/// What is typed binds a name itself: `fo` in `fo = 1`.
const isOnlyAt = (binding: Binding, from: number) =>
  binding.occurrences.every(occurrence => occurrence.from === from);

function isStatementStart(tree: Tree, doc: Text, from: number): boolean {
  const line = doc.lineAt(from);
  return doc.sliceString(line.from, from).trim() === "";
}

function ofBinding(binding: Binding, doc: Text, scope: Scope): Described {
  const { name, kind } = binding;
  const signature = signatureOf(binding, doc);
  const isInner = binding.scope !== null && binding.scope.kind !== "module";
  return {
    label: name,
    type: ICONS[kind],
    boost: isInner && scope.kind !== "module" ? BOOST.inner : BOOST.script,
    ...(signature && { signature }),
  };
}

function argumentsOf(
  call: { firstChild: { from: number; to: number } | null },
  scope: Scope,
  doc: Text,
): Described[] {
  const callee = call.firstChild;
  if (!callee) return [];
  const binding = lookUp(scope, doc.sliceString(callee.from, callee.to));
  const signature = binding && signatureOf(binding, doc);
  return (signature?.parameters ?? [])
    .filter(({ kind }) => kind === "any" || kind === "keyword")
    .map(({ name }) => ({ label: `${name}=`, type: "property", boost: BOOST.argument }));
}

/// `self.`, and the name of a class of the script.
function attributes(place: Place, names: Names, doc: Text): Described[] {
  const { object } = place;
  if (!object) return [];
  const text = doc.sliceString(object.from, object.to);
  const scope = scopeAt(names, object.from);
  const self = selfOf(scope, doc);
  const named = lookUp(scope, text);
  const type =
    self?.name === text
      ? self.class
      : named?.node?.type.name === "ClassDefinition" && classScope(names, named);
  return type ? membersOf(type, names, doc, place.from, self?.name === text) : [];
}

const classScope = (names: Names, binding: Binding) =>
  names.scopes.find(
    ({ kind, node }) =>
      kind === "class" && node.from === binding.node!.from && node.to === binding.node!.to,
  );

/// The attributes of a class and of its bases in the script.
function membersOf(
  type: Scope,
  names: Names,
  doc: Text,
  at: number,
  isInstance: boolean,
  seen = new Set<Scope>(),
): Described[] {
  if (seen.has(type)) return [];
  seen.add(type);
  const found = new Map<string, Described>();
  for (const [name, binding] of type.bindings) {
    const isFunction = binding.kind === "function";
    const signature = signatureOf(binding, doc);
    found.set(name, {
      label: name,
      type: isFunction ? "method" : binding.kind === "class" ? "class" : "property",
      boost: BOOST.script,
      ...(signature && { signature }),
    });
  }
  if (isInstance)
    for (const [name, { from }] of type.members)
      if (!found.has(name) && from !== at)
        found.set(name, { label: name, type: "property", boost: BOOST.script });
  const bases = type.node.getChild("ArgList")?.getChildren("VariableName") ?? [];
  for (const base of bases) {
    const binding = bindingAt(names, base.from)?.[0];
    const scope = binding?.node && classScope(names, binding);
    for (const each of scope ? membersOf(scope, names, doc, at, isInstance, seen) : [])
      if (!found.has(each.label)) found.set(each.label, each);
  }
  return [...found.values()];
}
