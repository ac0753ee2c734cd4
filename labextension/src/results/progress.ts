// How far runs are: what plan, status, input, done and a snapshot's beginning mean for statements,
// whoever keeps them. Pure, and without outputs: results.ts keeps those too.

import type { Done, Event, PlannedStatement, Status } from "../protocol";

/// An open `input()` request.
export interface InputWanted {
  readonly prompt: string;
  readonly password: boolean;
}

/// How far one statement of one run is. Its lines are those of the text that was sent. Immutable.
export interface StatementProgress extends Readonly<PlannedStatement> {
  readonly run: string;
  readonly status: Status;
  /// In seconds; null until it has ended.
  readonly elapsed: number | null;
  /// Its start in milliseconds, by the clock of the caller of `applyProgress`; 0 if it has not
  /// started.
  readonly startedAt: number;
  readonly input: InputWanted | null;
}

type Change = Partial<Pick<StatementProgress, "status" | "elapsed" | "startedAt" | "input">>;

/// Returns what an event changes of a statement.
export type Step = (statement: StatementProgress) => Change;

/// Keeps the statements of runs: all of them, or those that its owner needs.
export interface ProgressStore {
  /// A run begins, with these statements.
  plan(run: string, statements: readonly StatementProgress[]): void;
  /// Something happened to a statement, which the store may not have.
  change(run: string, nodeIndex: number, step: Step): void;
  /// A run ended; `step` ends any of its statements that is still open.
  end(done: Done, step: Step): void;
  /// A snapshot follows: it repeats what is still known.
  clear(): void;
}

/// Applies an event to a store, if it tells how far a run is. `at`: its arrival, in milliseconds.
export function applyProgress(store: ProgressStore, event: Event, at: number): void {
  switch (event.type) {
    case "plan":
      return store.plan(
        event.run,
        event.statements.map(statement => ({
          ...statement,
          run: event.run,
          status: "queued",
          elapsed: null,
          startedAt: 0,
          input: null,
        })),
      );
    case "status": {
      const { status, elapsed = null } = event;
      return store.change(event.run, event.nodeIndex, ({ startedAt }) =>
        status === "running"
          ? { status, elapsed, startedAt: startedAt || at }
          : { status, elapsed, input: null },
      );
    }
    case "input":
      return store.change(event.run, event.nodeIndex, () => ({
        input:
          event.waiting === false
            ? null
            : { prompt: event.prompt ?? "", password: event.password ?? false },
      }));
    case "done": {
      // The runtime ends each statement with an event. If it died before that, end those that are
      // left.
      const status = event.status === "died" ? "error" : event.status;
      const ends: Partial<Record<Status, Change>> = {
        queued: { status: "cancelled" },
        running: { status, input: null },
      };
      return store.end(event, before => ends[before.status] ?? {});
    }
    case "attached":
      if (event.snapshot) store.clear();
  }
}
