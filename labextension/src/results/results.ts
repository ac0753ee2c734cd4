// Results: the outputs and the status of every statement, as the events of runs have told them.
// Pure and immutable: no DOM, no editor, no backend. An event that changes nothing gives the same
// object back, and what an event does not touch is shared with the value before it.

import type {
  Display,
  Error as ErrorOutput,
  Event,
  Output,
  PlannedStatement,
  Result,
  RunStatus,
  Status,
} from "../protocol";
import { emptyScreen, write, type Screen } from "./terminal";

/// Text of one stream, as a terminal shows it.
export interface TextPart {
  readonly type: "stdout" | "stderr";
  readonly text: string;
  readonly screen: Screen;
}

/// So many bytes were left out here.
export interface CutPart {
  readonly type: "truncated";
  readonly bytes: number;
  /// The end of what was written so far, while more is written; it stands for what comes after.
  readonly tail?: string;
}

/// One piece of what a statement put out, in order.
export type Part = TextPart | Result | Display | ErrorOutput | CutPart;

/// A line that a statement waits for.
export interface InputWanted {
  readonly prompt: string;
  readonly password: boolean;
}

/// What became of one statement of one run, so far. Its lines are those of the text that was sent.
export interface Outcome {
  readonly run: string;
  readonly nodeIndex: number;
  readonly lineStart: number;
  readonly lineEnd: number;
  readonly isExpr: boolean;
  readonly source: string;
  readonly status: Status;
  /// In seconds; null while it has not ended.
  readonly elapsed: number | null;
  /// When it began, in milliseconds by the clock of whoever applied the event; 0 if it has not.
  readonly startedAt: number;
  readonly parts: readonly Part[];
  readonly input: InputWanted | null;
  /// The next output drops those before it (`clear` with `wait`).
  readonly isClearing: boolean;
}

/// One run: the outcomes of its statements in order, null where one was forgotten.
export interface Run {
  readonly id: string;
  readonly outcomes: readonly (Outcome | null)[];
  /// Null while the run is under way.
  readonly status: RunStatus | null;
  readonly elapsed: number;
  readonly reason: string;
  /// From nodeIndex to the place in `outcomes`.
  readonly places: ReadonlyMap<number, number>;
  /// How many outcomes are not forgotten.
  readonly kept: number;
}

export class Results {
  private constructor(
    readonly runs: ReadonlyMap<string, Run>,
    /// Where the displays with an id may stand: `update` must not search a thousand statements.
    private readonly displays: ReadonlyMap<string, ReadonlySet<string>>,
  ) {}

  static readonly empty = new Results(new Map(), new Map());

  static make(
    runs: ReadonlyMap<string, Run>,
    displays: ReadonlyMap<string, ReadonlySet<string>>,
  ): Results {
    return runs.size || displays.size ? new Results(runs, displays) : Results.empty;
  }

  get(run: string, nodeIndex: number): Outcome | null {
    const found = this.runs.get(run);
    const place = found?.places.get(nodeIndex);
    return place === undefined ? null : found!.outcomes[place];
  }

  /// The runs that have a display with this id.
  runsShowing(displayId: string): ReadonlySet<string> {
    return this.displays.get(displayId) ?? noRuns;
  }

  /// Results without these outcomes: nothing shows them any more.
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

/// The results after one event. `at` is when it came, in milliseconds.
export function applyEvent(results: Results, event: Event, at = 0): Results {
  return applyEvents(results, [event], at);
}

/// The results after several events: each touched list is copied once, however many events there are.
export function applyEvents(results: Results, events: readonly Event[], at = 0): Results {
  const draft = new Draft(results);
  for (const event of events) apply(draft, event, at);
  return draft.finish();
}

function apply(draft: Draft, event: Event, at: number): void {
  switch (event.type) {
    case "plan":
      return draft.plan(event.run, event.statements);
    case "status":
      return draft.change(event.run, event.nodeIndex, outcome =>
        withStatus(outcome, event.status, event.elapsed ?? null, at),
      );
    case "output": {
      const { output } = event;
      draft.change(event.run, event.nodeIndex, outcome => withOutput(outcome, output));
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
      return draft.change(event.run, event.nodeIndex, outcome =>
        event.wait ? changed(outcome, { isClearing: outcome.parts.length > 0 }) : cleared(outcome),
      );
    case "input":
      return draft.change(event.run, event.nodeIndex, outcome =>
        event.waiting === false
          ? changed(outcome, { input: null })
          : changed(outcome, {
              input: { prompt: event.prompt ?? "", password: event.password ?? false },
            }),
      );
    case "truncated":
      return draft.change(event.run, event.nodeIndex, outcome =>
        withCut(outcome, event.bytes, event.tail),
      );
    case "done":
      return draft.done(event.run, event.status, event.elapsed, event.reason ?? "");
    case "attached":
      return event.snapshot ? draft.clear() : undefined;
    case "session":
    case "error":
    case "complete":
    case "inspect":
    case "variables":
      return;
    default: {
      // A newer server may send more than we know; that must not stop the rest.
      const unknown: never = event;
      void unknown;
    }
  }
}

function changed(outcome: Outcome, change: Partial<Outcome>): Outcome {
  for (const key of Object.keys(change) as (keyof Outcome)[])
    if (outcome[key] !== change[key]) return { ...outcome, ...change };
  return outcome;
}

function withStatus(outcome: Outcome, status: Status, elapsed: number | null, at: number): Outcome {
  return changed(outcome, {
    status,
    elapsed,
    startedAt: status === "running" && outcome.status !== "running" ? at : outcome.startedAt,
    input: status === "running" ? outcome.input : null,
  });
}

function cleared(outcome: Outcome): Outcome {
  return outcome.parts.length || outcome.isClearing
    ? { ...outcome, parts: [], isClearing: false }
    : outcome;
}

function withPart(outcome: Outcome, part: Part): Outcome {
  return { ...outcome, parts: [...withoutTail(outcome), part], isClearing: false };
}

/// The outputs before a new one: a cut's tail stood for that.
function withoutTail(outcome: Outcome): readonly Part[] {
  const { parts } = withPendingClear(outcome);
  const last = parts[parts.length - 1];
  if (last?.type !== "truncated" || !last.tail) return parts;
  const cut: CutPart = { type: "truncated", bytes: last.bytes };
  return [...parts.slice(0, -1), ...(cut.bytes ? [cut] : [])];
}

/// What is left out little by little, while a statement writes on, is one cut.
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
  if (output.type !== "stdout" && output.type !== "stderr") return withPart(outcome, output);
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

function planned(run: string, statement: PlannedStatement): Outcome {
  return {
    run,
    ...statement,
    status: "queued",
    elapsed: null,
    startedAt: 0,
    parts: [],
    input: null,
    isClearing: false,
  };
}

/// Results under change: copies what it writes to, once.
class Draft {
  private runs: Map<string, Run> | null = null;
  private displays: Map<string, ReadonlySet<string>> | null = null;
  private readonly owned = new Set<Run>();

  constructor(private readonly base: Results) {}

  finish(): Results {
    if (!this.runs && !this.displays) return this.base;
    const [runs, displays] = this.base.parts;
    return Results.make(this.runs ?? runs, this.displays ?? displays);
  }

  clear(): void {
    if (this.base === Results.empty && !this.runs) return;
    this.runs = new Map();
    this.displays = new Map();
  }

  plan(id: string, statements: readonly PlannedStatement[]): void {
    const run: Run = {
      id,
      outcomes: statements.map(statement => planned(id, statement)),
      status: null,
      elapsed: 0,
      reason: "",
      places: new Map(statements.map((statement, place) => [statement.nodeIndex, place])),
      kept: statements.length,
    };
    this.owned.add(run);
    this.writableRuns().set(id, run);
  }

  change(id: string, nodeIndex: number, by: (outcome: Outcome) => Outcome): void {
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

  done(id: string, status: RunStatus, elapsed: number, reason: string): void {
    const run = this.read().get(id);
    if (!run || run.status !== null) return;
    // The runtime tells the end of each statement itself; should it have died, none is left waiting.
    run.outcomes.forEach((outcome, place) => {
      if (outcome?.status === "queued")
        this.put(this.read().get(id)!, place, changed(outcome, { status: "cancelled" }));
      else if (outcome?.status === "running")
        this.put(
          this.read().get(id)!,
          place,
          changed(outcome, { status: endOf(status), input: null }),
        );
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

function endOf(status: RunStatus): Status {
  return status === "died" ? "error" : status;
}
