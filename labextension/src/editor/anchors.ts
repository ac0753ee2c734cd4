// Anchors: the ranges of the document that results belong to. An anchor covers the whole lines of
// the statement that ran, and is mapped through edits. The rules:
//  - An anchor is stale exactly while the text of its statement differs from the text that ran. So
//    undo makes it fresh again.
//  - An anchor whose text is deleted is detached and stored by its text. When the same text is
//    inserted again (undo, cut and paste, moved lines, a reload, a formatter), the result is
//    attached to it. So nothing here depends on the undo history, which JupyterLab replaces with
//    its own.

import {
  MapMode,
  RangeSet,
  RangeValue,
  type ChangeDesc,
  type Range,
  type Text,
} from "@codemirror/state";
import type { Outcome } from "../results/results";

type Change = Partial<Pick<Anchor, "isStale" | "layouts">>;

/// The range value that ties one statement's result to its lines.
export class Anchor extends RangeValue {
  constructor(
    /// Kept when the statement runs again, so that its DOM element and its height are reused.
    readonly id: number,
    readonly run: string,
    readonly nodeIndex: number,
    /// The source of the statement that ran.
    readonly source: string,
    /// The whole lines it stood on, as they were when it ran.
    readonly executed: string,
    readonly isStale: boolean,
    /// The outcome of the previous run, shown until this run has an output or ends.
    readonly earlier: Outcome | null,
    /// Other layouts of the lines that ran, by a formatter: the statement is the same.
    readonly layouts: readonly string[] = [],
  ) {
    super();
  }

  override eq(other: RangeValue): boolean {
    return this === other;
  }

  with({ isStale = this.isStale, layouts = this.layouts }: Change): Anchor {
    return isStale === this.isStale && layouts === this.layouts
      ? this
      : new Anchor(
          this.id,
          this.run,
          this.nodeIndex,
          this.source,
          this.executed,
          isStale,
          this.earlier,
          layouts,
        );
  }
}
// Mapping: an insertion at the start moves the range down, one at its end stays outside; `snap`
// then extends the range to whole lines. RangeSet.map drops a range that becomes empty.
Anchor.prototype.startSide = 1;
Anchor.prototype.endSide = -1;
Anchor.prototype.mapMode = MapMode.Simple;

/// A range of offsets in the document.
export interface Span {
  readonly from: number;
  readonly to: number;
}

/// A detached result, and the texts that attach it again.
interface Lost {
  readonly anchor: Anchor;
  readonly texts: readonly string[];
  /// Sequence number of the edit that detached it. The most recent is attached first.
  readonly turn: number;
}

const mostLost = 4000;
const mostBlank = 20;

/// The detached results: immutable, indexed by the first line of their texts.
export class Detached {
  private byFirstLine: Map<string, Lost[]> | null = null;

  private constructor(
    private readonly lost: readonly Lost[],
    private readonly turn: number,
  ) {}

  static readonly none = new Detached([], 0);

  get anchors(): readonly Anchor[] {
    return this.lost.map(({ anchor }) => anchor);
  }

  /// Length in lines of the longest text stored.
  get lines(): number {
    let most = 0;
    for (const { texts } of this.lost)
      for (const text of texts) most = Math.max(most, text.split("\n").length);
    return most;
  }

  with(gone: readonly { anchor: Anchor; texts: readonly string[] }[]): Detached {
    if (!gone.length) return this;
    const turn = this.turn + 1;
    const added = gone.map(({ anchor, texts }) => ({ anchor, texts, turn }));
    return new Detached([...this.lost, ...added].slice(-mostLost), turn);
  }

  without(anchors: ReadonlySet<Anchor>): Detached {
    return anchors.size
      ? new Detached(
          this.lost.filter(({ anchor }) => !anchors.has(anchor)),
          this.turn,
        )
      : this;
  }

  /// Detached results with a text that begins with this line, most recently detached first.
  at(line: string): readonly Lost[] {
    if (!this.lost.length) return this.lost;
    if (!this.byFirstLine) {
      this.byFirstLine = new Map();
      for (const lost of this.lost)
        for (const text of lost.texts) {
          const end = text.indexOf("\n");
          const first = end < 0 ? text : text.slice(0, end);
          const list = this.byFirstLine.get(first);
          if (!list) this.byFirstLine.set(first, [lost]);
          else if (!list.includes(lost)) list.push(lost);
        }
      for (const list of this.byFirstLine.values()) list.sort((a, b) => b.turn - a.turn);
    }
    return this.byFirstLine.get(line) ?? [];
  }
}

/// The result of `mapAnchors` and `reattach`.
export interface Anchored {
  readonly anchors: RangeSet<Anchor>;
  readonly detached: Detached;
  /// Ranges of the new document in which anchors may have changed.
  readonly dirty: readonly Span[];
}

/// Maps the anchors through an edit: updates which are stale, detaches those whose text is deleted,
/// and attaches those whose text is back. The cost depends on the edit, not on the number of
/// results.
export function mapAnchors(
  anchors: RangeSet<Anchor>,
  detached: Detached,
  before: Text,
  doc: Text,
  changes: ChangeDesc,
  /// By a formatter, which changes no statement.
  isFormat = false,
): Anchored {
  let mapped = anchors.map(changes);
  const touched = new Map<Anchor, Span>();
  const dirty: Span[] = [];
  changes.iterChangedRanges((fromA, toA, fromB, toB) => {
    anchors.between(fromA, toA, (from, to, anchor) => {
      touched.set(anchor, { from, to });
    });
    dirty.push(around(doc, fromB, toB));
  });

  const redo = new Map<Anchor, Span>();
  for (const { from, to } of dirty)
    mapped.between(from, to, (from, to, anchor) => {
      redo.set(anchor, { from, to });
    });
  // A statement replaced as a whole by other text keeps its result, as a stale one. Whether
  // RangeSet.map keeps such a range depends on how the set stores it, so it is decided here.
  for (const [anchor, { from, to }] of touched) {
    if (redo.has(anchor)) continue;
    const span = { from: changes.mapPos(from, 1), to: changes.mapPos(to, -1) };
    if (span.from < span.to) redo.set(anchor, span);
  }

  const add: Range<Anchor>[] = [];
  const lost: { anchor: Anchor; texts: string[] }[] = [];
  const lose = (anchor: Anchor) => {
    const old = touched.get(anchor);
    const last = old ? before.sliceString(old.from, old.to) : anchor.executed;
    lost.push({
      anchor,
      texts: last === anchor.executed || !last.trim() ? [anchor.executed] : [last, anchor.executed],
    });
  };
  for (const [anchor, { from, to }] of redo) {
    const span = placeOf(doc, anchor, from, to);
    // A detached result's text may now match at the end of the old range too.
    dirty.push({ from, to });
    if (span) {
      const same = isFormat && !anchor.isStale ? withLayout(doc, anchor, span) : anchor;
      add.push(same.with({ isStale: isStale(doc, same, span) }).range(span.from, span.to));
    } else lose(anchor);
  }
  for (const anchor of touched.keys()) if (!redo.has(anchor)) lose(anchor);
  if (redo.size) {
    // Bound the filter to the touched ranges: the cost of an edit must not grow with the number of
    // results.
    let filterFrom = doc.length;
    let filterTo = 0;
    for (const { from, to } of redo.values()) {
      filterFrom = Math.min(filterFrom, from);
      filterTo = Math.max(filterTo, to);
    }
    mapped = mapped.update({
      filterFrom,
      filterTo,
      filter: (_from, _to, anchor) => !redo.has(anchor),
      add,
      sort: true,
    });
  }

  return reattach(mapped, detached.with(lost), doc, dirty);
}

/// Attaches detached results whose text is found in the `dirty` ranges.
export function reattach(
  anchors: RangeSet<Anchor>,
  detached: Detached,
  doc: Text,
  dirty: readonly Span[],
): Anchored {
  const back = new Set<Anchor>();
  const add: Range<Anchor>[] = [];
  const reach = detached.lines;
  if (reach) {
    const seen = new Set<number>();
    for (const span of dirty) {
      const last = doc.lineAt(span.to).number;
      for (let n = Math.max(1, doc.lineAt(span.from).number - reach + 1); n <= last; n++) {
        if (seen.has(n)) continue;
        seen.add(n);
        const line = doc.line(n);
        let taken = "";
        for (const { anchor, texts } of detached.at(line.text)) {
          if (back.has(anchor)) continue;
          // Statements that shared a line (`a = 1; b`) are attached together. Of other results with
          // equal text only one is: the next goes to the next copy of that text.
          if (taken && taken !== sharing(anchor)) continue;
          const text = texts.find(text => stands(doc, line.from, text));
          if (text === undefined) continue;
          const to = line.from + text.length;
          if (!taken && isTaken(anchors, line.from, to)) break;
          taken = sharing(anchor);
          back.add(anchor);
          const fresh = anchor.with({ isStale: isStale(doc, anchor, { from: line.from, to }) });
          add.push(fresh.range(line.from, to));
          if (anchor.executed.trim() === anchor.source.trim()) break;
        }
      }
    }
  }
  if (!add.length) return { anchors, detached, dirty };
  return {
    anchors: anchors.update({ add, sort: true }),
    detached: detached.without(back),
    dirty: [...dirty, ...add.map(({ from, to }) => ({ from, to }))],
  };
}

/// Whether the text at `span` differs from what ran. A trailing comment makes no difference; a
/// decorator added on the line above does.
export function isStale(doc: Text, anchor: Anchor, span: Span): boolean {
  const text = doc.sliceString(span.from, span.to);
  const isSame = text === anchor.executed || anchor.layouts.includes(text);
  if (!isSame && !isStatement(text, anchor.source)) return true;
  const above = span.from > 0 ? doc.lineAt(span.from - 1).text : "";
  return above.startsWith("@") && !text.startsWith("@");
}

function withLayout(doc: Text, anchor: Anchor, { from, to }: Span): Anchor {
  const text = doc.sliceString(from, to);
  const isKnown = text === anchor.executed || anchor.layouts.includes(text);
  return isKnown ? anchor : anchor.with({ layouts: [...anchor.layouts, text] });
}

/// Whether these lines are this statement, with at most a `;` and a comment after it.
export function isStatement(lines: string, source: string): boolean {
  return lines.startsWith(source) && /^[ \t]*;?[ \t]*(#[^\n]*)?$/.test(lines.slice(source.length));
}

/// The whole lines of an anchor's statement. Text typed before the statement on its line counts as
/// part of it until a line break separates them: if the range contains the executed lines as whole
/// lines, only those are the statement.
function placeOf(doc: Text, anchor: Anchor, from: number, to: number): Span | null {
  // Deleting a line usually removes the line break before it. The mapped range then begins at the
  // end of the previous line: start after the next line break.
  const { text, to: end } = doc.lineAt(from);
  const span = snap(doc, text && from === end && from < to ? from + 1 : from, to);
  if (!span || !isStale(doc, anchor, span)) return span;
  const { executed } = anchor;
  const at = `\n${doc.sliceString(span.from, span.to)}\n`.indexOf(`\n${executed}\n`);
  if (at < 0) return span;
  const part = snap(doc, span.from + at, span.from + at + executed.length);
  return part && !isStale(doc, anchor, part) ? part : span;
}

/// Extends a range to whole lines: drops blank lines at both ends, and adds following lines that
/// belong to the statement (indented, or `else`, `except`…). Null if all lines are blank.
export function snap(doc: Text, from: number, to: number): Span | null {
  let first = doc.lineAt(from);
  let last = doc.lineAt(Math.max(from, to));
  while (!first.text.trim() && first.number < last.number) first = doc.line(first.number + 1);
  while (!last.text.trim() && last.number > first.number) last = doc.line(last.number - 1);
  if (!first.text.trim()) return null;
  for (let n = last.number + 1; n <= doc.lines && n <= last.number + mostBlank; n++) {
    const { text } = doc.line(n);
    if (/^[ \t]*(#.*)?$/.test(text)) continue;
    if (!/^([ \t]|(elif|else|except|finally)\b)/.test(text)) break;
    last = doc.line(n);
  }
  return { from: first.from, to: last.to };
}

// The range to check after an edit: from the previous top-level line, whose statement may have
// grown by it, to the line after.
function around(doc: Text, from: number, to: number): Span {
  let first = doc.lineAt(from);
  const last = doc.lineAt(to);
  for (let n = 0; n < mostBlank && first.number > 1; n++) {
    first = doc.line(first.number - 1);
    if (/^[^\s#]/.test(first.text)) break;
  }
  return { from: first.from, to: last.number < doc.lines ? doc.line(last.number + 1).to : last.to };
}

function stands(doc: Text, from: number, text: string): boolean {
  const to = from + text.length;
  return to <= doc.length && doc.lineAt(to).to === to && doc.sliceString(from, to) === text;
}

function isTaken(anchors: RangeSet<Anchor>, from: number, to: number): boolean {
  let taken = false;
  anchors.between(from, to, () => {
    taken = true;
    return false;
  });
  return taken;
}

function sharing(anchor: Anchor): string {
  return `${anchor.run}\n${anchor.executed}`;
}
