// The run in progress in this browser: how far it is, by its own events, and the events that end it
// when its worker cannot. The server's twin is `rdit_ext/session/run.py`.
import type { Error as ErrorOutput, Event } from "../../protocol";
import {
  applyProgress,
  type ProgressStore,
  type StatementProgress,
  type Step,
} from "../../results/progress";

/// Why a run ended from outside.
export type Cut = Pick<ErrorOutput, "name" | "message" | "text">;

/// One run, and how far it is.
export class BrowserRun {
  private readonly since = performance.now();
  private readonly statements = new Map<number, StatementProgress>();
  private readonly store: ProgressStore = {
    plan: (_run, statements) => {
      for (const statement of statements) this.statements.set(statement.nodeIndex, statement);
    },
    change: (_run, nodeIndex, step: Step) => {
      const statement = this.statements.get(nodeIndex);
      if (statement) this.statements.set(nodeIndex, { ...statement, ...step(statement) });
    },
    end: () => {}, // nothing is asked of it any more
    clear: () => {}, // a worker sends no snapshot
  };

  constructor(readonly id: string) {}

  /// Follows an event, if it is of this run.
  observe(event: Event): void {
    if ("run" in event && event.run === this.id) applyProgress(this.store, event, 0);
  }

  /// The events that end it: the statement that runs gets the error as its last output, those after
  /// it the status `cancelled`.
  endEvents(status: "interrupted" | "died", error: Cut): Event[] {
    const run = this.id;
    const elapsed = (performance.now() - this.since) / 1000;
    const events: Event[] = [];
    for (const { nodeIndex, status: was } of this.statements.values())
      if (was === "queued") events.push({ type: "status", run, nodeIndex, status: "cancelled" });
      else if (was === "running")
        events.push(
          { type: "output", run, nodeIndex, output: { type: "error", frames: [], ...error } },
          {
            type: "status",
            run,
            nodeIndex,
            status: status === "died" ? "error" : status,
            elapsed,
          },
        );
    return [...events, { type: "done", run, status, elapsed, reason: error.message }];
  }
}
