// Results: outputs and status of every statement, reduced from the events of runs. Pure and
// immutable: no DOM, no editor, no backend. An event without effect returns the same object, and
// unchanged parts are shared between values.

import type {
  CountedLoop,
  Display,
  Done,
  Event,
  Output,
  Result,
  RunStatus,
  Stderr,
  Stdout,
} from "../protocol";
import { executed, noHistory, withoutForgotten, type Execution, type History } from "./history";
import { applyProgress, type ProgressStore, type StatementProgress, type Step } from "./progress";
import { isSetup, joined, type Scripted } from "./scripts";
import { emptyScreen, write, type Screen } from "./terminal";

/// Text of one stream, as a terminal would show it.
export interface TextPart {
  readonly type: "stdout" | "stderr";
  readonly text: string;
  readonly screen: Screen;
}

/// A truncation: this number of bytes was left out here.
export interface CutPart {
  readonly type: "truncated";
  readonly bytes: number;
  /// The last lines so far of the omitted text, while more is written; replaced by the next output.
  readonly tail?: string;
}

/// One output of a statement, in order.
export type Part = Exclude<Output, Stdout | Stderr> | TextPart | CutPart;

/// The state of one statement of one run, and what it shows.
export interface Outcome extends StatementProgress {
  readonly parts: readonly Part[];
  /// The next output replaces those before it (`clear` with `wait`).
  readonly isClearing: boolean;
  /// How far its loop is, if that is known.
  readonly loop?: CountedLoop | null | undefined;
}

/// One run: the outcomes of its statements in order; null for those that were dropped.
export interface Run {
  readonly id: string;
  readonly outcomes: readonly (Outcome | null)[];
  /// Null while the run is in progress.
  readonly status: RunStatus | null;
  readonly elapsed: number;
  readonly reason: string;
  /// Maps a nodeIndex to an index in `outcomes`.
  readonly places: ReadonlyMap<number, number>;
  /// Number of outcomes that are not null.
  readonly kept: number;
}

/// The runs and their outcomes.
export class Results {
  private constructor(
    readonly runs: ReadonlyMap<string, Run>,
    /// The runs that may contain a display with this id, so that an `update` does not search all
    /// statements.
    private readonly displays: ReadonlyMap<string, ReadonlySet<string>>,
    /// What ran, also of results that are no more.
    readonly history: History,
    /// Outputs with scripts, also those that are no more: what they set up is there for others.
    readonly scripted: readonly Scripted[],
  ) {}

  static readonly empty = new Results(new Map(), new Map(), noHistory, []);

  static make(
    runs: ReadonlyMap<string, Run>,
    displays: ReadonlyMap<string, ReadonlySet<string>>,
    history: History,
    scripted: readonly Scripted[],
  ): Results {
    return runs.size || displays.size || history !== noHistory || scripted.length
      ? new Results(runs, displays, history, scripted)
      : Results.empty;
  }

  /// Nothing to show; what ran is still known.
  cleared(): Results {
    return Results.make(new Map(), new Map(), this.history, this.scripted);
  }

  get(run: string, nodeIndex: number): Outcome | null {
    const found = this.runs.get(run);
    const place = found?.places.get(nodeIndex);
    return place === undefined ? null : found!.outcomes[place];
  }

  /// The runs that may contain a display with this id.
  runsShowing(displayId: string): ReadonlySet<string> {
    return this.displays.get(displayId) ?? noRuns;
  }

  /// Returns the results without these outcomes, which no anchor refers to any more.
  forget(outcomes: Iterable<{ run: string; nodeIndex: number }>): Results {
    const draft = new Draft(this);
    for (const { run, nodeIndex } of outcomes) draft.forget(run, nodeIndex);
    return draft.finish();
  }

  /** @internal */
  get parts(): [ReadonlyMap<string, Run>, ReadonlyMap<string, ReadonlySet<string>>] {
    return [this.runs, this.displays];
  }
}

const noRuns: ReadonlySet<string> = new Set();

/// Returns the results after an event. `at`: its arrival, in milliseconds.
export function applyEvent(results: Results, event: Event, at = 0): Results {
  return applyEvents(results, [event], at);
}

/// Returns the results after a batch of events. Each list that changes is copied once per batch.
export function applyEvents(results: Results, events: readonly Event[], at = 0): Results {
  const draft = new Draft(results);
  for (const event of events) apply(draft, event, at);
  return draft.finish();
}

function apply(draft: Draft, event: Event, at: number): void {
  switch (event.type) {
    case "status":
      draft.record(event);
      return applyProgress(draft, event, at);
    case "plan":
    case "input":
    case "done":
    case "attached":
      return applyProgress(draft, event, at);
    case "output": {
      const { output } = event;
      draft.keepScript(event.run, event.nodeIndex, output);
      draft.edit(event.run, event.nodeIndex, outcome => withOutput(outcome, output));
      if (output.type === "display" && output.displayId) draft.show(output.displayId, event.run);
      return;
    }
    case "update":
      return draft.update(event.displayId, {
        text: event.text ?? "",
        data: event.data ?? {},
        metadata: event.metadata ?? {},
      });
    case "clear":
      return draft.edit(event.run, event.nodeIndex, outcome =>
        event.wait ? changed(outcome, { isClearing: outcome.parts.length > 0 }) : cleared(outcome),
      );
    case "truncated":
      return draft.edit(event.run, event.nodeIndex, outcome =>
        withCut(outcome, event.bytes, event.tail),
      );
    case "session":
      return draft.record(event);
    case "error":
    case "answer":
      return;
    case "heat":
      // Where its time goes is the editor's (editor/heat.ts).
      return draft.edit(event.run, event.nodeIndex, outcome =>
        changed(outcome, { loop: event.loop }),
      );
    default:
      // Ignore event types that a newer server may send.
      event satisfies never;
  }
}

/// Returns the outcome with these properties; the same one if it has them.
function changed(outcome: Outcome, change: Partial<Outcome>): Outcome {
  for (const key of Object.keys(change) as (keyof Outcome)[])
    if (outcome[key] !== change[key]) return { ...outcome, ...change };
  return outcome;
}

function cleared(outcome: Outcome): Outcome {
  return outcome.parts.length || outcome.isClearing
    ? { ...outcome, parts: [], isClearing: false }
    : outcome;
}

function withPart(outcome: Outcome, part: Part): Outcome {
  return { ...outcome, parts: [...withoutTail(outcome), part], isClearing: false };
}

/// The outputs without the tail of a truncation, which the next output replaces.
function withoutTail(outcome: Outcome): readonly Part[] {
  const { parts } = withPendingClear(outcome);
  const last = parts[parts.length - 1];
  if (last?.type !== "truncated" || !last.tail) return parts;
  const cut: CutPart = { type: "truncated", bytes: last.bytes };
  return [...parts.slice(0, -1), ...(cut.bytes ? [cut] : [])];
}

/// Consecutive truncations become one.
function withCut(outcome: Outcome, bytes: number, tail = ""): Outcome {
  const { parts } = withPendingClear(outcome);
  const last = parts[parts.length - 1];
  const cut = (bytes: number): CutPart =>
    tail ? { type: "truncated", bytes, tail } : { type: "truncated", bytes };
  if (last?.type !== "truncated") return withPart(outcome, cut(bytes));
  return { ...outcome, parts: [...parts.slice(0, -1), cut(last.bytes + bytes)], isClearing: false };
}

function withPendingClear(outcome: Outcome): Outcome {
  return outcome.isClearing ? cleared(outcome) : outcome;
}

function withOutput(outcome: Outcome, output: Output): Outcome {
  if (output.type !== "stdout" && output.type !== "stderr") {
    const { parts } = withPendingClear(outcome);
    const last = parts[parts.length - 1];
    const data = isBundle(last) && isBundle(output) && joined(last.data, output.data);
    return data
      ? { ...outcome, parts: [...parts.slice(0, -1), { ...last, data }], isClearing: false }
      : withPart(outcome, output);
  }
  if (!output.text) return outcome;
  const parts = withoutTail(outcome);
  const last = parts[parts.length - 1];
  const continues = last?.type === output.type;
  const screen = write(continues ? last.screen : emptyScreen, output.text);
  const part: TextPart = { type: output.type, text: screen.text, screen };
  return {
    ...outcome,
    parts: continues ? [...parts.slice(0, -1), part] : [...parts, part],
    isClearing: false,
  };
}

const isBundle = (part: Part | Output | undefined): part is Display | Result =>
  part?.type === "display" || part?.type === "result";

/// So many outputs that may set something up for later ones are kept.
const mostScripted = 200;

/// So many executions are kept before those are sought that no result is of any more.
const mostExecutions = 30_000;

/// A mutable draft of results: copies each object at its first change.
class Draft implements ProgressStore {
  private runs: Map<string, Run> | null = null;
  private displays: Map<string, ReadonlySet<string>> | null = null;
  private history: (History & { executions: Execution[] }) | null = null;
  private scripted: readonly Scripted[] | null = null;
  private readonly owned = new Set<Run>();

  constructor(private readonly base: Results) {}

  finish(): Results {
    if (!this.runs && !this.displays && !this.history && !this.scripted) return this.base;
    const [runs, displays] = this.base.parts;
    let history = this.history ?? this.base.history;
    const { executions } = history;
    if (executions.length > mostExecutions && executions.length > 2 * (history.least ?? 0)) {
      const kept = withoutForgotten(
        executions,
        ({ run, nodeIndex }) => !!this.find(run, nodeIndex),
      );
      history = { ...history, executions: kept, least: kept.length };
    }
    return Results.make(
      this.runs ?? runs,
      this.displays ?? displays,
      history.epoch || history.executions.length ? history : noHistory,
      this.scripted ?? this.base.scripted,
    );
  }

  clear(): void {
    if (this.base === Results.empty && !this.runs && !this.history) return;
    this.runs = new Map();
    this.displays = new Map();
    this.history = { executions: [], epoch: 0 };
    this.scripted = [];
  }

  keepScript(id: string, nodeIndex: number, output: Output): void {
    const outcome = isBundle(output) && isSetup(output.data) && this.find(id, nodeIndex);
    if (!outcome) return;
    const place = `${outcome.parts.length} ${outcome.source}`;
    const scripted = (this.scripted ?? this.base.scripted).slice(1 - mostScripted);
    const at = scripted.findIndex(other => other.place === place);
    scripted[at < 0 ? scripted.length : at] = { place, data: (output as Display).data };
    this.scripted = scripted;
  }

  record(event: Event): void {
    const history = this.history ?? this.base.history;
    const news = executed(history, event, (run, nodeIndex) => this.find(run, nodeIndex));
    if (!news) return;
    const executions = this.history?.executions ?? history.executions.slice();
    this.history ??= { ...history, executions };
    if (!("execution" in news)) this.history = { ...this.history, ...news };
    else {
      if (news.isLast) executions.pop();
      executions.push(news.execution);
    }
  }

  plan(id: string, statements: readonly StatementProgress[]): void {
    const run: Run = {
      id,
      outcomes: statements.map(statement => ({ ...statement, parts: [], isClearing: false })),
      status: null,
      elapsed: 0,
      reason: "",
      places: new Map(statements.map((statement, place) => [statement.nodeIndex, place])),
      kept: statements.length,
    };
    this.owned.add(run);
    this.writableRuns().set(id, run);
  }

  change(id: string, nodeIndex: number, step: Step): void {
    this.edit(id, nodeIndex, outcome => changed(outcome, step(outcome)));
  }

  edit(id: string, nodeIndex: number, by: (outcome: Outcome) => Outcome): void {
    const run = this.read().get(id);
    const place = run?.places.get(nodeIndex);
    if (!run || place === undefined) return;
    const outcome = run.outcomes[place];
    if (outcome) this.put(run, place, by(outcome));
  }

  update(displayId: string, value: Pick<Display, "text" | "data" | "metadata">): void {
    const where = (this.displays ?? this.base.parts[1]).get(displayId);
    if (!where) return;
    const renew = (part: Part): Part =>
      part.type === "display" && part.displayId === displayId ? { ...part, ...value } : part;
    for (const id of where) {
      const run = this.read().get(id);
      run?.outcomes.forEach((outcome, place) => {
        if (!outcome) return;
        const parts = outcome.parts.map(renew);
        if (parts.some((part, index) => part !== outcome.parts[index]))
          this.put(this.read().get(id)!, place, { ...outcome, parts });
      });
    }
  }

  show(displayId: string, run: string): void {
    const displays = (this.displays ??= new Map(this.base.parts[1]));
    const before = displays.get(displayId);
    if (!before?.has(run)) displays.set(displayId, new Set(before).add(run));
  }

  end({ run: id, status, elapsed, reason = "" }: Done, step: Step): void {
    const run = this.read().get(id);
    if (!run || run.status !== null) return;
    run.outcomes.forEach((outcome, place) => {
      if (outcome) this.put(this.read().get(id)!, place, changed(outcome, step(outcome)));
    });
    this.own(this.read().get(id)!, { status, elapsed, reason });
  }

  forget(id: string, nodeIndex: number): void {
    const run = this.read().get(id);
    const place = run?.places.get(nodeIndex);
    if (!run || place === undefined || !run.outcomes[place]) return;
    this.put(run, place, null);
    const left = this.own(this.read().get(id)!, { kept: run.kept - 1 });
    if (left.kept > 0 || left.status === null) return;
    this.writableRuns().delete(id);
    for (const [displayId, where] of this.displays ?? this.base.parts[1]) {
      if (!where.has(id)) continue;
      const others = new Set(where);
      others.delete(id);
      const displays = (this.displays ??= new Map(this.base.parts[1]));
      if (others.size) displays.set(displayId, others);
      else displays.delete(displayId);
    }
  }

  private find(id: string, nodeIndex: number): Outcome | null {
    const run = this.read().get(id);
    return run?.outcomes[run.places.get(nodeIndex) ?? -1] ?? null;
  }

  private read(): ReadonlyMap<string, Run> {
    return this.runs ?? this.base.runs;
  }

  private writableRuns(): Map<string, Run> {
    return (this.runs ??= new Map(this.base.runs));
  }

  private put(run: Run, place: number, outcome: Outcome | null): void {
    if (run.outcomes[place] === outcome) return;
    const { outcomes } = this.own(run, {});
    (outcomes as (Outcome | null)[])[place] = outcome;
  }

  private own(run: Run, change: Partial<Run>): Run {
    if (this.owned.has(run)) return Object.assign(run, change);
    const copy: Run = { ...run, outcomes: run.outcomes.slice(), ...change };
    this.owned.add(copy);
    this.writableRuns().set(run.id, copy);
    return copy;
  }
}
