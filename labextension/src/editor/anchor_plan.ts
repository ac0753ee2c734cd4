// The anchors for a run's plan. The plan names lines of the text that was sent: they are mapped
// through the edits since. For a run that another client has sent, statements are found by their
// source.

import type { ChangeDesc, Range, RangeSet, Text } from "@codemirror/state";
import type { Plan, PlannedStatement } from "../protocol";
import { Anchor, isStatement, isStale, type Span } from "./anchors";
import { contentOf } from "./content";
import type { Statements } from "./statements";

/// A run that was sent and whose plan has not arrived.
export interface Sent {
  /// The document that was sent, and the composed edits since.
  readonly doc: Text;
  readonly changes: ChangeDesc | null;
  /// Lines of the statements it probably runs, shown as queued until the plan tells which.
  readonly marks: readonly Span[];
}

/// Creates the anchors for a plan, replacing those of earlier runs on the same lines.
export function anchorPlan(value: Statements, doc: Text, plan: Plan): Statements {
  const sent = value.sent.get(plan.run);
  const before = sent ? new Map<number, Placed>() : anchorsOf(value.anchors, plan.run);
  const locate = sent ? throughEdits(sent, doc) : bySource(doc);
  let { nextId } = value;
  const add: Range<Anchor>[] = [];
  const lost: { anchor: Anchor; texts: string[] }[] = [];
  const gone = new Set<Anchor>();
  const reused = new Set<Anchor>();
  const here = new Set(Array.from(before.values(), ({ anchor }) => anchor));

  for (const statement of plan.statements) {
    // After a reconnect a plan may arrive a second time: keep the anchors that exist.
    if (before.has(statement.nodeIndex)) continue;
    const span = locate(statement);
    const source = statement.source.replace(/\r\n?/g, "\n");
    if (!span) {
      const anchor = new Anchor(
        nextId++,
        plan.run,
        statement.nodeIndex,
        source,
        source,
        false,
        null,
      );
      lost.push({ anchor, texts: [source] });
      continue;
    }
    const same = value.anchors.size ? takeOver(value.anchors, span, here, gone, reused) : null;
    const anchor = new Anchor(
      same ? same.id : nextId++,
      plan.run,
      statement.nodeIndex,
      source,
      span.executed,
      false,
      same ? (contentOf(value.results, same)?.outcome ?? null) : null,
    );
    add.push(anchor.with({ isStale: isStale(doc, anchor, span) }).range(span.from, span.to));
  }

  const anchors = value.anchors.update({
    filter: (_from, _to, anchor) => !gone.has(anchor),
    add,
    sort: true,
  });
  const sentLeft = new Map(value.sent);
  sentLeft.delete(plan.run);
  const dirty = [{ from: 0, to: doc.length }];
  return {
    results: value.results.forget(gone),
    anchors,
    detached: value.detached.with(lost),
    sent: sentLeft,
    dirty: plan.statements.length > 30 ? dirty : spansOf(add, value.anchors, gone),
    nextId,
  };
}

/// Finds the anchor that this statement replaces, and whose id (and so element and height) it
/// keeps. All anchors that touch `span` are added to `gone`.
function takeOver(
  anchors: RangeSet<Anchor>,
  span: Span,
  here: ReadonlySet<Anchor>,
  gone: Set<Anchor>,
  reused: Set<Anchor>,
): Anchor | null {
  let same: Anchor | null = null;
  anchors.between(span.from, span.to, (from, _to, anchor) => {
    if (here.has(anchor)) return;
    gone.add(anchor);
    if (from !== span.from || reused.has(anchor)) return;
    if (!same || anchor.nodeIndex < same.nodeIndex) same = anchor;
  });
  if (same) reused.add(same);
  return same;
}

interface Placed extends Span {
  readonly anchor: Anchor;
}

function anchorsOf(anchors: RangeSet<Anchor>, run: string): Map<number, Placed> {
  const found = new Map<number, Placed>();
  for (const cursor = anchors.iter(); cursor.value; cursor.next())
    if (cursor.value.run === run)
      found.set(cursor.value.nodeIndex, {
        anchor: cursor.value,
        from: cursor.from,
        to: cursor.to,
      });
  return found;
}

function spansOf(
  added: readonly Range<Anchor>[],
  anchors: RangeSet<Anchor>,
  gone: ReadonlySet<Anchor>,
): Span[] {
  const spans: Span[] = added.map(({ from, to }) => ({ from, to }));
  for (const { from, to } of spans.slice())
    anchors.between(from, to, (from, to, anchor) => {
      if (gone.has(anchor)) spans.push({ from, to });
    });
  return spans;
}

type Locate = (statement: PlannedStatement) => (Span & { executed: string }) | null;

/// Locates a statement of a run that was sent from here: its lines in the sent text, mapped through
/// the edits since.
function throughEdits({ doc: old, changes }: Sent, doc: Text): Locate {
  return ({ lineStart, lineEnd }) => {
    const from = old.line(Math.min(lineStart, old.lines)).from;
    const to = old.line(Math.min(lineEnd, old.lines)).to;
    const executed = old.sliceString(from, to);
    if (!changes) return { from, to, executed };
    const start = changes.mapPos(from, 1);
    const end = changes.mapPos(to, -1);
    if (start >= end) return null;
    return { from: doc.lineAt(start).from, to: doc.lineAt(end).to, executed };
  };
}

/// Locates a statement that another client ran, or that ran before this page was loaded: the lines
/// with its source, nearest to the line the plan names.
function bySource(doc: Text): Locate {
  let lines: Map<string, number[]> | null = null;
  const taken = new Set<number>();
  const key = (text: string) => text.replace(/\s*(;\s*)?(#.*)?$/, "");
  const read = (line: number, source: string): (Span & { executed: string }) | null => {
    if (line < 1 || line > doc.lines) return null;
    const first = doc.line(line);
    const last = doc.lineAt(Math.min(doc.length, first.from + source.length));
    const text = doc.sliceString(first.from, last.to);
    return isStatement(text, source) ? { from: first.from, to: last.to, executed: text } : null;
  };
  return statement => {
    const source = statement.source.replace(/\r\n?/g, "\n");
    const first = statement.lineStart;
    let found = taken.has(first) ? null : read(first, source);
    if (!found && statement.lineEnd <= doc.lines) {
      // `a = 1; b`: the lines hold several statements.
      const text = doc.sliceString(doc.line(first).from, doc.line(statement.lineEnd).to);
      if (text.includes(source) && text.includes(";"))
        return {
          from: doc.line(first).from,
          to: doc.line(statement.lineEnd).to,
          executed: text,
        };
    }
    if (!found) {
      if (!lines) {
        lines = new Map();
        let number = 0;
        for (const text of doc.iterLines()) {
          number++;
          const list = lines.get(key(text));
          if (list) list.push(number);
          else lines.set(key(text), [number]);
        }
      }
      const candidates = lines.get(key(source.split("\n", 1)[0])) ?? [];
      let least = Infinity;
      for (const number of candidates) {
        const distance = Math.abs(number - first);
        if (distance >= least || taken.has(number)) continue;
        const span = read(number, source);
        if (!span) continue;
        found = span;
        least = distance;
      }
    }
    if (found) taken.add(doc.lineAt(found.from).number);
    return found;
  };
}
