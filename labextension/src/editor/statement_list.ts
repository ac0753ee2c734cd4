// The statements of the text as results/freshness.ts wants them: those with a result by their anchors,
// the others by the syntax tree. Of text that ran the runtime has said what it reads and binds; what
// other text does is found here, and kept by the text.

import { language } from "@codemirror/language";
import { Text, type EditorState } from "@codemirror/state";
import type { TextStatement } from "../results/freshness";
import type { Execution, History, NamesOf } from "../results/history";
import type { Anchor, Span } from "./anchors";
import { statementsIn } from "./statement_lines";
import { namesOfSource, type SourceNames } from "./language/source_names";
import { keyOf } from "./stale";
import { eachGroup, statementsField, type Group, type Statements } from "./statements";

/// A statement, and where it stands. `anchor`: of its result; null if it has none.
export interface ListedStatement extends TextStatement, Span {
  readonly anchor: Anchor | null;
}

const PARSE_MS = 20;
const NOTHING: SourceNames = { reads: [], binds: [], later: [] };
// A script has about as many texts as statements; those of a long session are dropped together.
const mostSources = 20_000;
const known = new Map<string, SourceNames>();

function sourceNames(state: EditorState, source: string): SourceNames {
  const parser = state.facet(language)?.parser;
  if (!parser || !source.trim()) return NOTHING;
  let found = known.get(source);
  if (!found) {
    if (known.size > mostSources) known.clear();
    known.set(source, (found = namesOfSource(parser, Text.of(source.split("\n")))));
  }
  return found;
}

/// The executions by run and index, each the last of its statement.
function executionsOf({ executions }: History): Map<string, Execution> {
  return new Map(executions.map(ran => [keyOf(ran), ran]));
}

const normal = (source: string) => source.replace(/\r\n?/g, "\n");

/// The statements of the text, in order. `isWhole`: also what those read and bind that no result has
/// to do with.
export function listStatements(state: EditorState, isWhole = false): ListedStatement[] {
  const value = state.field(statementsField);
  const { results, anchors } = value;
  const { doc } = state;
  const groups: Group[] = [];
  eachGroup(anchors, 0, doc.length, group => groups.push(group));
  const lists = new Lister(state, value, isWhole ? null : namesRead(results.history));
  let at = 0;
  for (const group of groups) {
    lists.addNew(at, group.from);
    lists.addGroup(group);
    at = group.to + 1;
  }
  // Below the last result nothing can make one stale.
  if (isWhole) lists.addNew(at, doc.length);
  return lists.finish();
}

/// The names that executions read: no others matter to marks. Null: all.
function namesRead({ executions }: History): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const { reads } of executions) for (const name of reads) names.add(name);
  return names.has("*") ? null : names;
}

class Lister {
  private readonly found: ListedStatement[] = [];
  private readonly executions: Map<string, Execution>;
  /// Executions of statements without an anchor, by source: of results that were cleared.
  private readonly loose = new Map<string, Execution>();

  constructor(
    private readonly state: EditorState,
    private readonly value: Statements,
    private readonly wanted: ReadonlySet<string> | null,
  ) {
    this.executions = executionsOf(value.results.history);
    const standing = new Set<Execution | null>();
    for (const cursor = value.anchors.iter(); cursor.value; cursor.next())
      standing.add(this.lastOf(cursor.value));
    for (const ran of this.executions.values())
      if (!standing.has(ran)) this.loose.set(normal(ran.source), ran);
  }

  /// The last execution of an anchor's statement: not that of a run that was cancelled before it.
  private lastOf(anchor: Anchor): Execution | null {
    const { executions } = this;
    const { earlier } = anchor;
    return executions.get(keyOf(anchor)) ?? (earlier && executions.get(keyOf(earlier))) ?? null;
  }

  addGroup({ members }: Group): void {
    const { state, value } = this;
    for (const { anchor, from, to } of members) {
      const ran = this.lastOf(anchor);
      const isEdited = anchor.isStale || (ran !== null && normal(ran.source) !== anchor.source);
      const planned = value.results.get(anchor.run, anchor.nodeIndex);
      const names =
        anchor.isStale || !planned
          ? this.namesOf(state.sliceDoc(from, to))
          : { reads: planned.reads ?? [], binds: planned.binds ?? [] };
      this.push(from, to, anchor, ran, isEdited, names);
    }
  }

  /// Adds the statements between results.
  addNew(from: number, to: number): void {
    const { state } = this;
    if (from >= to || !/^[^\s#]/m.test(state.sliceDoc(from, to))) return;
    for (const span of statementsIn(state, from, to, PARSE_MS)) {
      if (span.from < from || span.to > to) continue;
      const source = state.sliceDoc(span.from, span.to);
      const ran = this.loose.get(source) ?? null;
      if (ran) this.loose.delete(source);
      this.push(span.from, span.to, null, ran, false, this.namesOf(source));
    }
  }

  private push(
    from: number,
    to: number,
    anchor: Anchor | null,
    ran: Execution | null,
    isEdited: boolean,
    { reads, binds }: NamesOf,
  ) {
    const line = this.state.doc.lineAt(from).number;
    this.found.push({ from, to, line, anchor, ran, isEdited, reads, binds });
  }

  private namesOf(source: string): SourceNames {
    const { wanted } = this;
    if (wanted && !/\*|\b(exec|eval|globals)\b/.test(source)) {
      const words = source.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
      if (!words.some(word => wanted.has(word))) return NOTHING;
    }
    return sourceNames(this.state, source);
  }

  /// With what the functions read that new statements call.
  finish(): ListedStatement[] {
    const { state, found } = this;
    if (this.wanted) return found;
    const later = new Map<string, readonly string[]>();
    for (const { from, to } of found) {
      const source = state.sliceDoc(from, to);
      if (!/\b(def|class|lambda)\b/.test(source)) continue;
      const names = sourceNames(state, source);
      for (const name of names.binds) later.set(name, names.later);
    }
    return found.map(statement => {
      if (statement.ran && !statement.isEdited) return statement;
      const reads = new Set(statement.reads);
      // A set that grows is walked to its end.
      for (const name of reads) for (const each of later.get(name) ?? []) reads.add(each);
      return { ...statement, reads: [...reads] };
    });
  }
}
