// Which statements to run so that results are fresh. Pure: no DOM, no editor, no kernel.

import { Above, ALL, judgeName, staleOf, type Model, type Stale } from "./freshness";
import { isSame } from "./history";

/// That a statement reads a name which `at`, above it, binds. `binder`: the one that binds it last by name.
interface Need {
  readonly name: string;
  readonly at: number;
  readonly binder: number | undefined;
}

/// Tells which statements to run, in order, so that these are fresh then: these, and of what they
/// need all that is stale, has not run, or is not in the namespace any more. `withReaders`: also
/// those with a result that these make stale.
///
/// Each need of a planned statement is looked at once, and again when a statement above what it needs is
/// planned that binds the name anew. `stale`: what `staleOf` says of the model.
export function planRuns(
  model: Model,
  wanted: Iterable<number>,
  withReaders = false,
  stale: readonly (Stale | null)[] = staleOf(model),
): number[] {
  const { statements, names } = model;
  const needs: Need[][] = [];
  const readers: number[][] = statements.map(() => []);
  const above = new Above();
  statements.forEach(({ ran }, index) => {
    const mine: Need[] = [];
    for (const name of model.expand(names[index]!.reads)) {
      const binder = above.binder(name);
      for (const at of above.needs(name)) {
        mine.push({ name, at, binder });
        if (withReaders && ran) readers[at]!.push(index);
      }
    }
    needs.push(mine);
    above.pass(index, names[index]!);
  });

  const planned = new Set<number>();
  const next: number[] = [];
  const plan = (index: number) => {
    if (planned.has(index)) return;
    planned.add(index);
    next.push(index);
  };
  // The first planned statement that binds a name, and which statements have its version so far.
  const first = new Map<string, number>();
  const there = new Map<string, Set<number>>();
  const isRebound = (name: string, at: number) =>
    (first.get(name) ?? at) < at || (first.get(ALL) ?? at) < at;
  const planRebound = (name: string, ats: Set<number>) => {
    for (const at of ats)
      if (planned.has(at) || isRebound(name, at)) {
        ats.delete(at);
        plan(at);
      }
  };
  for (const index of wanted) plan(index);
  for (let index = next.pop(); index !== undefined; index = next.pop()) {
    for (const need of needs[index]!) {
      const { name, at } = need;
      if (planned.has(at)) continue;
      if (isRebound(name, at) || !isThere(model, stale, index, need)) plan(at);
      else if (there.has(name)) there.get(name)!.add(at);
      else there.set(name, new Set([at]));
    }
    for (const reader of readers[index]!) plan(reader);
    for (const name of names[index]!.binds) {
      if ((first.get(name) ?? Infinity) <= index) continue;
      first.set(name, index);
      if (name === ALL) there.forEach((ats, name) => planRebound(name, ats));
      else if (there.has(name)) planRebound(name, there.get(name)!);
    }
  }
  return [...planned].sort((a, b) => a - b);
}

/// Which of the stale statements would come out the same if they ran again: all that is stale about them
/// is a name that no statement above binds, and that the namespace has, of a statement that was deleted or
/// stands below. Only a restart frees it.
export function lasting(model: Model, stale: readonly (Stale | null)[]): boolean[] {
  const { statements, names, epoch } = model;
  const above = new Above();
  const found: boolean[] = [];
  const isStarred = model.starsBetween(null, epoch).length > 0;
  statements.forEach(({ ran, isEdited }, index) => {
    const lasts = (name: string) => {
      const why = judgeName(model, above, stale, index, name);
      if (!why) return true;
      if (why.because === "binder-stale") return found[why.at!]!;
      return !above.needs(name).length && (!!model.version(name, epoch) || isStarred);
    };
    found.push(!!ran && !!stale[index] && !isEdited && model.expand(ran.reads).every(lasts));
    above.pass(index, names[index]!);
  });
  return found;
}

/// Whether the statement `index`, if it runs next, would find the version of a name that `at` above
/// it gives: that is fresh, and nothing has bound the name since. What stands between the two, and may
/// bind any name, is looked at by itself.
function isThere(
  model: Model,
  stale: readonly (Stale | null)[],
  index: number,
  { name, at, binder }: Need,
): boolean {
  const { epoch, order, standing } = model;
  const { ran, isEdited } = model.statements[at]!;
  if (!ran || isEdited || stale[at] || ran.isPartial || ran.epoch !== epoch) return false;
  const version = model.version(name, epoch);
  if (at !== binder) return !version || order.get(version)! < order.get(ran)!;
  if (!isSame(version, ran)) return false;
  return model.starsBetween(ran, epoch).every(star => {
    const place = standing.get(star) ?? -1;
    return place > at && place < index;
  });
}
