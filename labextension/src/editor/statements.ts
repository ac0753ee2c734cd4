// The state field of results and of the statements they belong to. A batch of events arrives as one
// effect. A run's plan names the lines of its statements in the text that was sent; they are mapped
// through the edits made since.

import {
  RangeSet,
  StateEffect,
  StateField,
  type ChangeDesc,
  type EditorState,
  type Range,
  type Text,
  type Transaction,
} from "@codemirror/state";
import type { Event, Plan, PlannedStatement, Status } from "../protocol";
import { kindOf } from "../results/parts";
import { isSilentlyInterrupted, type Shown } from "../results/render";
import { applyEvents, Results, type Outcome } from "../results/results";
import { Anchor, Detached, isStatement, isStale, mapAnchors, type Span } from "./anchors";

/// A run that was sent and whose plan has not arrived.
interface Sent {
  /// The document that was sent, and the composed edits since.
  readonly doc: Text;
  readonly changes: ChangeDesc | null;
  /// Lines of the statements it probably runs, shown as queued until the plan tells which.
  readonly marks: readonly Span[];
}

/// Everything the editor knows of runs. Immutable.
export interface Statements {
  readonly results: Results;
  readonly anchors: RangeSet<Anchor>;
  readonly detached: Detached;
  readonly sent: ReadonlyMap<string, Sent>;
  /// Ranges in which the last update changed anchors.
  readonly dirty: readonly Span[];
  readonly nextId: number;
}

/// A run is sent with this transaction. `marks` are positions in the document before it, which is
/// the document sent.
export const runSent = StateEffect.define<{
  run: string;
  marks: readonly Span[];
  /// The whole script.
  isWhole?: boolean;
}>();

/// Events arrived. `at`: when, in milliseconds since the epoch.
export const eventsArrived = StateEffect.define<{ events: readonly Event[]; at: number }>();

/// Drops all results. Runs whose plan is still to come are kept.
export const resultsCleared = StateEffect.define<null>();

const none: Statements = {
  results: Results.empty,
  anchors: RangeSet.empty,
  detached: Detached.none,
  sent: new Map(),
  dirty: [],
  nextId: 1,
};

export const statementsField = StateField.define<Statements>({
  create: () => none,
  update(value, tr) {
    if (tr.docChanged) value = afterEdit(value, tr);
    for (const effect of tr.effects) {
      if (effect.is(runSent)) value = afterSend(value, tr, effect.value);
      else if (effect.is(eventsArrived))
        value = afterEvents(value, tr.newDoc, effect.value.events, effect.value.at);
      else if (effect.is(resultsCleared))
        value = { ...none, sent: value.sent, dirty: [{ from: 0, to: tr.newDoc.length }] };
    }
    return value;
  },
});

/// What an anchor shows now, except its line numbers.
export type Content = Pick<Shown, "outcome" | "status" | "startedAt" | "input" | "isEarlier">;

/// The content to show for an anchor: the earlier run's outcome until this run has an output or
/// ends. Null if the outcome is not known.
export function contentOf(results: Results, anchor: Anchor): Content | null {
  const outcome = results.get(anchor.run, anchor.nodeIndex);
  if (!outcome) return null;
  const { earlier } = anchor;
  const { status, startedAt, input } = outcome;
  return earlier && !speaks(outcome)
    ? { outcome: earlier, status, startedAt, input, isEarlier: true }
    : { outcome, status, startedAt, input, isEarlier: false };
}

/// Whether there is anything to show for the statement.
export function isVisible(content: Content): boolean {
  return content.status === "running" || hasBody(content);
}

/// Whether the result takes up height. The clock of a running statement does not: it stands on a
/// line that exists.
export function hasBody(content: Content): boolean {
  return (
    content.input !== null ||
    isSilentlyInterrupted(content) ||
    content.outcome.parts.some(part => kindOf(part).isVisible(part))
  );
}

// A statement that is queued, or was cancelled before it began, leaves the previous result in
// place.
function speaks(outcome: Outcome): boolean {
  const { status } = outcome;
  return (
    outcome.parts.length > 0 || status === "ok" || status === "error" || status === "interrupted"
  );
}

/// Anchors that share lines, in the order of their statements: the results of `a = 1; b` are
/// stacked.
export interface Group extends Span {
  readonly members: readonly { anchor: Anchor; from: number; to: number }[];
}

/// Calls `visit` with each group of anchors that touches the range [from, to], in document order.
export function eachGroup(
  anchors: RangeSet<Anchor>,
  from: number,
  to: number,
  visit: (group: Group) => void,
): void {
  // Extend the range to the start of a group that begins before it.
  for (let again = true; again;) {
    again = false;
    anchors.between(from, from, (start, end) => {
      if (start < from && end >= from) {
        from = start;
        again = true;
      }
    });
  }
  let members: { anchor: Anchor; from: number; to: number }[] = [];
  let end = -1;
  const flush = () => {
    if (members.length > 1)
      members.sort((a, b) =>
        a.anchor.run === b.anchor.run
          ? a.anchor.nodeIndex - b.anchor.nodeIndex
          : a.from - b.from || a.anchor.id - b.anchor.id,
      );
    if (members.length) visit({ from: members[0].from, to: end, members });
    members = [];
  };
  // With a cursor, since `RangeSet.between` does not visit in order.
  for (const cursor = anchors.iter(from); cursor.value; cursor.next()) {
    if (cursor.from > to && cursor.from > end) break;
    if (cursor.from > end) {
      flush();
      end = cursor.to;
    }
    members.push({ anchor: cursor.value, from: cursor.from, to: cursor.to });
    end = Math.max(end, cursor.to);
  }
  flush();
}

/// The running statement, for a status bar: its current lines (from 1), and its start in
/// milliseconds. Null if none runs.
export function runningStatement(
  state: EditorState,
): { lineStart: number; lineEnd: number; since: number } | null {
  const { results, anchors } = state.field(statementsField);
  const running = new Set<string>();
  for (const run of results.runs.values()) if (run.status === null) running.add(run.id);
  if (!running.size) return null;
  const cursor = anchors.iter();
  for (; cursor.value; cursor.next()) {
    if (!running.has(cursor.value.run)) continue;
    const outcome = results.get(cursor.value.run, cursor.value.nodeIndex);
    if (outcome?.status === "running")
      return {
        lineStart: state.doc.lineAt(cursor.from).number,
        lineEnd: state.doc.lineAt(cursor.to).number,
        since: outcome.startedAt,
      };
  }
  return null;
}

function afterEdit(value: Statements, tr: Transaction): Statements {
  let { sent } = value;
  if (sent.size) {
    const moved = new Map<string, Sent>();
    for (const [run, { doc, changes, marks }] of sent)
      moved.set(run, {
        doc,
        changes: changes ? changes.composeDesc(tr.changes.desc) : tr.changes.desc,
        marks: mapMarks(marks, tr.changes),
      });
    sent = moved;
  }
  if (!value.anchors.size && !value.detached.anchors.length)
    return sent === value.sent ? value : { ...value, sent };
  const mapped = mapAnchors(
    value.anchors,
    value.detached,
    tr.startState.doc,
    tr.newDoc,
    tr.changes.desc,
  );
  return { ...value, sent, ...mapped };
}

function mapMarks(marks: readonly Span[], changes: ChangeDesc): Span[] {
  return marks
    .map(({ from, to }) => ({ from: changes.mapPos(from, 1), to: changes.mapPos(to, -1) }))
    .filter(({ from, to }) => from < to);
}

function afterSend(
  value: Statements,
  tr: Transaction,
  { run, marks }: { run: string; marks: readonly Span[] },
): Statements {
  const sent = new Map(value.sent);
  sent.set(run, {
    doc: tr.startState.doc,
    changes: tr.docChanged ? tr.changes.desc : null,
    marks: tr.docChanged ? mapMarks(marks, tr.changes) : marks,
  });
  return { ...value, sent, dirty: [] };
}

function afterEvents(
  value: Statements,
  doc: Text,
  events: readonly Event[],
  at: number,
): Statements {
  const dirty: Span[] = [];
  let first = 0;
  // A plan replaces anchors and keeps what they showed as `earlier`: apply the events before each
  // plan first.
  for (let i = 0; i < events.length; i++) {
    const event = events[i];
    if (event.type === "plan") {
      value = withResults(value, events.slice(first, i + 1), at);
      value = anchorPlan(value, doc, event);
      dirty.push(...value.dirty);
      first = i + 1;
    } else if (event.type === "attached" && event.snapshot) {
      // The snapshot holds every plan so far. For runs sent before it none may come: drop their
      // queued marks.
      const sent = Array.from(value.sent, ([run, was]): [string, Sent] => [
        run,
        { ...was, marks: [] },
      ]);
      if (sent.length) value = { ...value, sent: new Map(sent) };
    } else if (event.type === "done" || event.type === "error") {
      if (event.run && value.sent.has(event.run)) {
        const sent = new Map(value.sent);
        sent.delete(event.run);
        value = { ...value, sent };
      }
    }
  }
  value = withResults(value, events.slice(first), at);
  return dirty.length || value.dirty.length ? { ...value, dirty } : value;
}

function withResults(value: Statements, events: readonly Event[], at: number): Statements {
  const results = applyEvents(value.results, events, at);
  return results === value.results ? value : { ...value, results };
}

/// Creates the anchors for a plan, replacing those of earlier runs on the same lines.
function anchorPlan(value: Statements, doc: Text, plan: Plan): Statements {
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

/// The status to show for an anchor: "stale" if its statement was edited and does not run again.
export function markOf(anchor: Anchor, status: Status): Status | "stale" {
  return anchor.isStale && status !== "running" && status !== "queued" ? "stale" : status;
}
