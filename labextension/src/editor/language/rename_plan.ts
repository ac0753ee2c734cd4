// What a rename changes, or why it is refused. It is tried first: in the renamed text each name must mean
// what it meant before.

import { ChangeSet, type ChangeSpec, type Text } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";
import type { Script } from "./ask";
import type { Names, Range, Scope } from "./names";
import { namesOf } from "./names_analysis";
import { keywords } from "./names_builtin";
import { familyOf } from "./families";
import { attributesOf, keywordsOf, placesOf, type Places } from "./occurrences";

// As Python has it: https://docs.python.org/3/reference/lexical_analysis.html#identifiers
const NAME = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;
// Python gives these a meaning.
const SPECIAL = /^__.*__$/s;

export interface Plan {
  readonly changes: ChangeSet;
  readonly count: number;
}

/// Why the name at a position cannot be renamed, whatever to; null if it can be tried.
export function refusal(script: Script, doc: Text, pos: number): string | null {
  const places = placesOf(script, doc, pos);
  if (!places) return "There is no name at the cursor.";
  const { name, binding, type, doubtful, stranger } = places;
  if (!binding && !type)
    return `${name} is an attribute, and the text does not tell of what: it cannot be renamed safely.`;
  if (binding && !binding.scope) return `${name} is not defined in this script.`;
  if (SPECIAL.test(name)) return `${name} is a name that Python looks for: it has to stay.`;
  if (stranger)
    return `${name} may be a name that ${stranger} uses, which this script does not define: rename it by hand.`;
  const [first] = doubtful;
  if (first && doc.sliceString(first.from, first.to) === "**")
    return `The ** in line ${lineOf(doc, first)} may give it: write ${name} out there first.`;
  if (first)
    return `${name} in line ${lineOf(doc, first)} may be the same name, and may not: rename it there first, by hand.`;
  const template = templateIn(script.tree, doc);
  if (template)
    return `What the t-string in line ${lineOf(doc, template)} uses is not known here: rename ${name} by hand.`;
  for (const { from } of places.ranges) {
    const dotted = importOf(script.tree, from);
    if (dotted?.nextSibling?.type.name === ".")
      return `${name} is the package of a module that line ${lineOf(doc, dotted)} imports: give that a name with “as” first.`;
  }
  return null;
}

/// The changes that rename what stands at a position; or a sentence that says why there are none.
export function renamePlan(
  script: Script,
  doc: Text,
  pos: number,
  to: string,
  parse: (text: string) => Tree,
): Plan | string {
  const refused = refusal(script, doc, pos);
  if (refused) return refused;
  const places = placesOf(script, doc, pos)!;
  if (!NAME.test(to)) return `“${to}” is not a name: letters, digits and _ only, no digit first.`;
  if (keywords.has(to)) return `“${to}” is a word of Python, not a name.`;
  if (to === places.name) return { changes: ChangeSet.empty(doc.length), count: 0 };
  if (SPECIAL.test(to)) return `“${to}” is a name that Python gives a meaning: choose another.`;
  if (isMangled(places, to))
    return `In a class “${to}” is another name than outside of it: choose one without “__” before it.`;
  const specs = places.ranges.map(range => changeOf(script.tree, range, to));
  const changes = ChangeSet.of(specs, doc.length);
  const after = changes.apply(doc);
  const clash = clashOf(script.names, namesOf(parse(after.toString()), after), changes, places);
  if (clash)
    return `“${to}” is a name already in line ${lineOf(after, clash)}: they would become one.`;
  const other = taken(script.names, doc, places, to);
  if (other)
    return `“${to}” is a name already in line ${lineOf(doc, other)}: they would become one.`;
  return { changes, count: places.ranges.length };
}

/// An import without `as` keeps what it imports.
function changeOf(tree: Tree, { from, to }: Range, name: string): ChangeSpec {
  return importOf(tree, from) ? { from: to, insert: ` as ${name}` } : { from, to, insert: name };
}

/// The name at a position if it stands in an import that has no `as` for it.
function importOf(tree: Tree, pos: number): SyntaxNode | null {
  const node = tree.resolveInner(pos, 1);
  if (node.parent?.type.name !== "ImportStatement") return null;
  return node.prevSibling?.type.name === "as" ? null : node;
}

/// A place that means another binding than before; null if each name has kept its meaning.
function clashOf(
  before: Names,
  after: Names,
  changes: ChangeSet,
  { ranges }: Places,
): Range | null {
  // Each name by where it stands: what it was bound with must be what it is bound with.
  const group = new Map<number, number>();
  before.bindings.forEach(({ occurrences }, index) => {
    for (const { from } of occurrences) group.set(changes.mapPos(from, -1), index);
  });
  // What an inserted `as` binds is the import's.
  const renamed = new Map(ranges.map(({ from, to }) => [changes.mapPos(to, 1), from]));
  const target = (occurrence: Range) => {
    const from = renamed.get(occurrence.to);
    const known = group.get(occurrence.from);
    return known ?? (from === undefined ? undefined : group.get(changes.mapPos(from, -1)));
  };
  const seen = new Map<number, unknown>();
  for (const binding of after.bindings) {
    let one: number | undefined;
    for (const occurrence of binding.occurrences) {
      const was = target(occurrence);
      if (was === undefined) continue;
      one ??= was;
      if (was !== one) return occurrence;
    }
    if (one === undefined) continue;
    if (seen.has(one)) return binding.occurrences[0]!;
    seen.set(one, binding);
  }
  return null;
}

/// Where an attribute or an argument has the new name already: neither is a name of a scope.
function taken(names: Names, doc: Text, { binding, type }: Places, to: string): Range | null {
  if (type) {
    for (const each of familyOf(names, doc, type).classes) {
      const found = each.bindings.get(to)?.occurrences[0] ?? each.members.get(to);
      if (found) return found;
    }
    return attributesOf(names, doc, type, to)[0] ?? null;
  }
  if (binding?.kind !== "parameter") return null;
  const { sure, doubtful } = keywordsOf(names, doc, binding.scope!, to);
  return sure[0] ?? doubtful[0] ?? null;
}

/// Whether the new name would be one of a class alone and does not stand in that class alone.
function isMangled({ ranges, binding, type }: Places, to: string): boolean {
  if (!to.startsWith("__")) return false;
  if (type) return ranges.some(({ from, to: end }) => from < type.node.from || end > type.node.to);
  return binding!.occurrences.some(({ scope }) => {
    let at: Scope | null = scope;
    while (at && at.kind !== "class") at = at.parent;
    return at !== null;
  });
}

/// A string that a `t` begins, which the parser does not know: names in it are not seen.
function templateIn(tree: Tree, doc: Text): Range | null {
  let found: Range | null = null;
  tree.iterate({
    enter: ({ name, from, to }) => {
      if (name !== "VariableName" || !/^(t|rt|tr)$/i.test(doc.sliceString(from, to))) return;
      if (/["']/.test(doc.sliceString(to, to + 1))) found ??= { from, to };
    },
  });
  return found;
}

const lineOf = (doc: Text, { from }: Range) => doc.lineAt(Math.min(from, doc.length)).number;
