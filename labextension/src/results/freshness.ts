// Which results are stale, and why. Pure: no DOM, no editor, no kernel.
//
// A result is fresh when, for the text as it is now, its statement's text is what ran, and each name
// that it read had the version that the text gives it: the statement above that binds the name last
// is the execution that had bound it when the result was made, ran to its end, and is itself fresh. The order of
// statements gives the versions, so that binding a name again is ordinary Python, and undoing an edit
// makes fresh again what the edit made stale. An import that runs again gives the same version.
//
// "*" in `reads`: every name. "*" in `binds`: may be any, so that a name depends on the statement
// that binds it by name, and on each such statement between that and its reader.

import { isSame, type Execution, type History, type NamesOf } from "./history";

/// A statement of the text as it is now. `reads` and `binds` are those of its present text, where
/// that is not what ran.
export interface TextStatement extends NamesOf {
  /// Its first line, from 1.
  readonly line: number;
  /// Its last execution; null if it has not run.
  readonly ran: Execution | null;
  /// Its text is not the text that ran.
  readonly isEdited: boolean;
}

/// Why a result is stale. `at`: the index of the statement to blame. `source`: its text, if it does
/// not stand in the script any more.
export interface Stale {
  readonly because:
    /// Its own text.
    | "edited"
    /// The statement that binds `name` was edited since it ran, has not run, did not run to its end,
    /// ran again, is itself stale.
    | "binder-edited"
    | "binder-new"
    | "binder-partial"
    | "binder-reran"
    | "binder-stale"
    /// When it ran, `name` was bound by a statement that stands at or below it, or that does not
    /// bind it any more, or was deleted, or by an execution before its last, or by nothing.
    | "bound-below"
    | "bound-here"
    | "unbound-now"
    | "deleted"
    | "before"
    | "was-unbound";
  readonly name?: string;
  readonly at?: number;
  readonly source?: string;
}

export const ALL = "*";

/// What the statements of the text and the executions come to, looked up by every question.
export class Model {
  /// The place of an execution in time.
  readonly order = new Map<Execution, number>();
  /// The statement that an execution is the last one of.
  readonly standing = new Map<Execution, number>();
  /// By name, the executions that bound it, in time; and those that may have bound any.
  private readonly bound = new Map<string, Execution[]>();
  private readonly stars: Execution[];
  /// Of every statement, what it reads and binds now.
  readonly names: readonly NamesOf[];
  /// Every name that anything binds.
  private readonly all: readonly string[];
  /// By the text that ran, the first statement whose last execution had it.
  private readonly first = new Map<string, number>();

  readonly statements: readonly TextStatement[];
  readonly epoch: number;

  constructor(statements: readonly TextStatement[], history: History) {
    this.statements = statements;
    this.epoch = history.epoch;
    history.executions.forEach((execution, index) => {
      this.order.set(execution, index);
      for (const name of execution.binds) push(this.bound, name, execution);
    });
    this.stars = this.bound.get(ALL) ?? [];
    statements.forEach(({ ran }, index) => {
      if (!ran) return;
      this.standing.set(ran, index);
      if (!this.first.has(ran.source)) this.first.set(ran.source, index);
    });
    this.names = statements.map(statement =>
      statement.ran && !statement.isEdited ? statement.ran : statement,
    );
    const all = new Set(this.bound.keys());
    for (const { binds } of this.names) for (const name of binds) all.add(name);
    // Also where nothing is bound by name: what may bind any name counts for "*".
    this.all = [...all.add(ALL)];
  }

  /// The first statement that last ran with this text; -1 if there is none.
  firstOf(source: string): number {
    return this.first.get(source) ?? -1;
  }

  /// The names that these stand for.
  expand(reads: readonly string[]): readonly string[] {
    return reads.includes(ALL) ? this.all : reads;
  }

  /// The last execution before `before` in a namespace that bound the name, by name.
  version(name: string, epoch: number, before = Infinity): Execution | null {
    const all = name === ALL ? [] : (this.bound.get(name) ?? []);
    const found = all[this.countBefore(all, before) - 1];
    return found?.epoch === epoch ? found : null;
  }

  /// The executions between two in time that may have bound any name.
  starsBetween(after: Execution | null, epoch: number, before = Infinity): readonly Execution[] {
    if (!this.stars.length) return this.stars;
    const first = after ? this.order.get(after)! : -1;
    return this.stars.filter(star => {
      const order = this.order.get(star)!;
      return star.epoch === epoch && order > first && order < before;
    });
  }

  private countBefore(executions: readonly Execution[], before: number): number {
    let low = 0;
    let high = executions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order.get(executions[middle]!)! < before) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/// The statements above a place in the text that bind names, as one walks down it.
export class Above {
  private readonly last = new Map<string, number>();
  private readonly stars: number[] = [];

  /// The statement that binds a name last, by name; undefined if none does.
  binder(name: string): number | undefined {
    return name === ALL ? undefined : this.last.get(name);
  }

  /// The statements below that one that may bind any name.
  starsBelow(binder = -1): readonly number[] {
    const { stars } = this;
    return stars.length ? stars.filter(index => index > binder) : stars;
  }

  /// All statements that a reader of the name depends on.
  needs(name: string): readonly number[] {
    const binder = this.binder(name);
    const stars = this.starsBelow(binder);
    return binder === undefined ? stars : [binder, ...stars];
  }

  /// Goes on below a statement.
  pass(index: number, { binds }: NamesOf): void {
    for (const name of binds) {
      if (name === ALL) this.stars.push(index);
      else this.last.set(name, index);
    }
  }
}

/// Tells of each statement why its result is stale; null if it is fresh, or has not run.
///
/// `statements`: those of the text as it is now, in order. `history`: all executions, in the order in
/// which they ran; `ran` of a statement is one of these objects. The cost is that of one walk over both.
export function findStale(
  statements: readonly TextStatement[],
  history: History,
): (Stale | null)[] {
  return staleOf(new Model(statements, history));
}

/// The same of a model, for callers that have more to ask of it.
export function staleOf(model: Model): (Stale | null)[] {
  const { statements } = model;
  const above = new Above();
  const found: (Stale | null)[] = [];
  statements.forEach((statement, index) => {
    found.push(statement.ran && judge(model, above, found, index));
    above.pass(index, model.names[index]!);
  });
  return found;
}

function judge(
  model: Model,
  above: Above,
  found: readonly (Stale | null)[],
  index: number,
): Stale | null {
  const { ran, isEdited } = model.statements[index]!;
  if (isEdited) return { because: "edited" };
  let stale: Stale | null = null;
  for (const name of model.expand(ran!.reads)) {
    const why = judgeName(model, above, found, index, name);
    // Of several reasons the nearest cause.
    if (why && why.because !== "binder-stale") return why;
    stale ??= why;
  }
  return stale;
}

/// Why the version of a name that a statement read is not that of the text.
export function judgeName(
  model: Model,
  above: Above,
  found: readonly (Stale | null)[],
  index: number,
  name: string,
): Stale | null {
  const { statements, order } = model;
  const ran = statements[index]!.ran!;
  const binder = above.binder(name);
  const stars = above.starsBelow(binder);
  const needs = above.needs(name);
  for (const at of needs) {
    const { ran: bound, isEdited } = statements[at]!;
    if (!bound) return { because: "binder-new", name, at };
    if (isEdited) return { because: "binder-edited", name, at };
  }
  const when = order.get(ran)!;
  const version = model.version(name, ran.epoch, when);
  const wanted = binder === undefined ? null : statements[binder]!.ran;
  if (!isSame(version, wanted)) return explain(model, index, name, binder, version);
  const between = model.starsBetween(version, ran.epoch, when);
  for (const at of stars) {
    const bound = statements[at]!.ran!;
    if (!between.includes(bound)) {
      if (order.get(bound)! > when) return { because: "binder-reran", name, at };
      return { because: bound.epoch === ran.epoch ? "before" : "was-unbound", name, at };
    }
  }
  for (const star of between) {
    // An earlier execution of the same statement counts no more.
    if (stars.some(at => statements[at]!.ran!.source === star.source)) continue;
    return explain(model, index, name, binder, star);
  }
  for (const at of needs) {
    if (found[at]) return { because: "binder-stale", name, at };
    if (statements[at]!.ran!.isPartial) return { because: "binder-partial", name, at };
  }
  return null;
}

/// The statement that binds the name last is `binder`, if any; when it ran, `version` had bound it.
function explain(
  model: Model,
  index: number,
  name: string,
  binder: number | undefined,
  version: Execution | null,
): Stale {
  const { statements, standing, order } = model;
  const ran = statements[index]!.ran!;
  const wanted = binder === undefined ? null : statements[binder]!.ran!;
  if (wanted && order.get(wanted)! > order.get(ran)!)
    return { because: "binder-reran", name, at: binder };
  if (!version) return { because: "was-unbound", name, at: binder };
  const at = standing.get(version);
  if (at !== undefined) {
    if (at > index) return { because: "bound-below", name, at };
    if (at === index) return { because: "bound-here", name };
    if (statements[at]!.isEdited) return { because: "unbound-now", name, at };
    // It stood elsewhere: the statements were moved.
    return { because: "before", name, at: binder ?? at };
  }
  const { source } = version;
  const again = model.firstOf(source);
  if (again === index) return { because: "bound-here", name };
  if (again > index) return { because: "bound-below", name, at: again };
  if (again >= 0) return { because: "before", name, at: again };
  return { because: "deleted", name, source };
}

/// The reason as a sentence.
export function describeStale(
  { because, name = "", at, source = "" }: Stale,
  statements: readonly TextStatement[],
  stale: readonly (Stale | null)[] = [],
): string {
  const what = name === ALL ? "names" : `\`${name}\``;
  const line = at === undefined ? "" : `line ${statements[at]!.line}`;
  const binds = `which ${at !== undefined && mayBind(statements[at]!, name) ? "may bind" : "binds"} ${what}`;
  switch (because) {
    case "edited":
      return "Edited since it ran";
    case "binder-edited":
      return `${capital(line)}, ${binds}, was edited since it ran`;
    case "binder-new":
      return `${capital(line)}, ${binds}, has not run`;
    case "binder-partial":
      return `${capital(line)}, ${binds}, did not run to its end`;
    case "binder-reran":
      return `${what} was bound again on ${line}`;
    case "binder-stale":
      return `${capital(line)}, ${binds}, is stale: ${lower(rootOf(at!, statements, stale))}`;
    case "bound-below":
      return `When this ran, ${what} was bound by ${line}, below it`;
    case "bound-here":
      return `When this ran, ${what} had been bound by this statement before`;
    case "unbound-now":
      return `${capital(line)}, which bound ${what}, was edited since it ran`;
    case "before":
      return `${what} was not as ${line} binds it when this ran`;
    case "deleted":
      return `${what} lives on from a statement that was deleted: ${gistOf(source)}`;
    case "was-unbound":
      return `When this ran, ${line} had not bound ${what}`;
  }
}

/// The reason at the end of a chain of stale statements.
function rootOf(
  at: number,
  statements: readonly TextStatement[],
  stale: readonly (Stale | null)[],
): string {
  let root = stale[at];
  while (root?.because === "binder-stale" && stale[root.at!]) root = stale[root.at!];
  return root ? describeStale(root, statements, []) : "";
}

const mayBind = ({ ran, isEdited, binds }: TextStatement, name: string) =>
  !(ran && !isEdited ? ran.binds : binds).includes(name);

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const lower = (text: string) =>
  /^[A-Z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

function gistOf(source: string): string {
  const line = source.split("\n", 1)[0]!;
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

function push<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
