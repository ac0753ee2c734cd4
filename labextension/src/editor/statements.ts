// The state field of results and of the statements they belong to. A batch of events arrives as one
// effect.

import {
  RangeSet,
  StateEffect,
  StateField,
  type ChangeDesc,
  type EditorState,
  type Text,
  type Transaction,
} from "@codemirror/state";
import type { Event } from "../protocol";
import { applyEvents, Results } from "../results/results";
import { anchorPlan, type Sent } from "./anchor_plan";
import { Detached, mapAnchors, type Anchor, type Span } from "./anchors";

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
        value = {
          ...none,
          results: value.results.cleared(),
          sent: value.sent,
          dirty: [{ from: 0, to: tr.newDoc.length }],
          // What other fields know of a result goes by its id: none may have it again.
          nextId: value.nextId,
        };
    }
    return value;
  },
});

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
    tr.isUserEvent("format"),
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
