// Lazy chunk: what find finds when it looks in results too. Code and results are one text here, in the order
// in which they are read: a statement, then its results. Pure; what matches is the caller's.

import { StateEffect, StateField, type EditorState } from "@codemirror/state";
import { wordsOf } from "../results/parts/words";
import type { Part } from "../results/results";
import type { Span } from "./anchors";
import { shownResults } from "./shown_results";

/// Finds all that matches in a text, in its order. One function for each query: what it has found in a result
/// is kept for it.
export type Finder = (text: string) => Iterable<Span>;

/// A match in a result: from `from` to `to` of the text of its part that is copied.
export interface ResultMatch extends Span {
  /// The id of the anchor.
  readonly id: number;
  readonly part: number;
  /// Which of the matches in that part it is.
  readonly index: number;
}

export interface Match extends Span {
  /// Null: it is in the code.
  readonly result: ResultMatch | null;
  /// For its order: in the code, or the end of the statement's last line.
  readonly at: number;
}

export interface ResultSearch {
  /// Find looks in results too.
  readonly isOn: boolean;
  /// The match in a result that one has gone to; null once the cursor is elsewhere.
  readonly current: ResultMatch | null;
}

/// Whether find looks in results too.
export const resultsSearched = StateEffect.define<boolean>();
/// Goes to a match in a result.
export const matchReached = StateEffect.define<ResultMatch | null>();

export const resultSearch = StateField.define<ResultSearch>({
  create: () => ({ isOn: false, current: null }),
  update(value, tr) {
    if (tr.selection && value.current) value = { ...value, current: null };
    for (const effect of tr.effects) {
      if (effect.is(resultsSearched)) value = { isOn: effect.value, current: null };
      else if (effect.is(matchReached)) value = { ...value, current: effect.value };
    }
    return value;
  },
});

/// More are not listed.
export const mostMatches = 100_000;

const known = new WeakMap<Finder, WeakMap<readonly Part[], readonly Omit<ResultMatch, "id">[]>>();

/// All matches in a result, by its parts.
export function matchesIn(
  parts: readonly Part[],
  find: Finder,
): readonly Omit<ResultMatch, "id">[] {
  let byParts = known.get(find);
  if (!byParts) known.set(find, (byParts = new WeakMap()));
  let found = byParts.get(parts);
  if (!found) {
    found = parts.flatMap((part, number) =>
      [...find(wordsOf(part).plain(part))]
        .filter(({ from, to }) => from < to)
        .map(({ from, to }, index) => ({ part: number, index, from, to })),
    );
    byParts.set(parts, found);
  }
  return found;
}

/// All matches in results and `code` in the order in which they are read. `code`: those in the code, in their order.
export function allMatches(state: EditorState, find: Finder, code: Iterable<Span>): Match[] {
  const all: Match[] = [];
  const spans = code[Symbol.iterator]();
  let next = spans.next();
  const addCode = (end: number) => {
    for (; !next.done && next.value.from <= end && all.length < mostMatches; next = spans.next()) {
      const { from, to } = next.value;
      all.push({ from, to, at: from, result: null });
    }
  };
  for (const { anchor, shown, end } of shownResults(state)) {
    const at = state.doc.lineAt(end).to;
    addCode(at);
    for (const match of matchesIn(shown.outcome.parts, find)) {
      if (all.length === mostMatches) return all;
      const { from, to } = match;
      all.push({ from, to, at, result: { ...match, id: anchor.id } });
    }
  }
  addCode(Infinity);
  return all;
}

/// Which of the matches one is at; -1 if at none.
export function indexOfCurrent(state: EditorState, all: readonly Match[]): number {
  const { current } = state.field(resultSearch);
  const { from, to } = state.selection.main;
  return all.findIndex(match =>
    current
      ? match.result !== null && isSame(match.result, current)
      : match.result === null && match.from === from && match.to === to,
  );
}

/// The next match, or the one before, from where one is; after the last comes the first.
export function step(state: EditorState, all: readonly Match[], by: 1 | -1): Match | null {
  const { before, behind } = place(state, all);
  return all[by > 0 ? behind % all.length : (before + all.length - 1) % all.length] ?? null;
}

/// How many matches stand before where one is, and the index of the first behind it.
function place(state: EditorState, all: readonly Match[]): { before: number; behind: number } {
  const { current } = state.field(resultSearch);
  const start = current ? all.findIndex(({ result }) => result?.id === current.id) : -1;
  if (!current || start < 0) {
    const { from, to } = state.selection.main;
    const before = all.findIndex(match => (match.result ? match.at >= from : match.to > from));
    const behind = all.findIndex(match => match.at >= to);
    return {
      before: before < 0 ? all.length : before,
      behind: behind < 0 ? all.length : behind,
    };
  }
  // The result may have changed since, and have no match there any more.
  let before = start;
  const isBefore = (result: ResultMatch | null | undefined) =>
    result?.id === current.id && (result.part - current.part || result.from - current.from) < 0;
  while (isBefore(all[before]?.result)) before++;
  const there = all[before]?.result;
  return { before, behind: there && isSame(there, current) ? before + 1 : before };
}

const isSame = (a: ResultMatch, b: ResultMatch) =>
  a.id === b.id && a.part === b.part && a.from === b.from && a.to === b.to;
