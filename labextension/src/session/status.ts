// The session's state as toolbar and status bar show it, reduced from its events. Pure; results are
// a model of their own.
import type { Cause, Event, KernelModel, SessionState } from "../protocol";
import { applyProgress, type ProgressStore, type StatementProgress } from "../results/progress";

/// The state of a session. Immutable.
export interface Session {
  readonly state: SessionState | "connecting";
  readonly kernel: KernelModel | null;
  readonly reason: string;
  /// Number of queued runs.
  readonly queue: number;
  /// The running statement. `startedAt`: when this page heard of its start, in milliseconds since
  /// the epoch.
  readonly running: StatementProgress | null;
  /// Set if the last run ended because the kernel died.
  readonly death: Death | null;
  /// The statements of the runs in progress, as they were planned.
  readonly plans: ReadonlyMap<string, ReadonlyMap<number, StatementProgress>>;
}

export interface Death {
  readonly reason: string;
  /// None if it died between statements.
  readonly statement?: StatementProgress | null;
}

/// Causes for which a run had no kernel at all: nothing died, and the session's own state explains
/// it.
const neverWas: ReadonlySet<Cause> = new Set<Cause>([
  "kernel-unavailable",
  "kernel-silent",
  "kernel-blocked",
  "port-taken",
  "no-gateways",
]);

export const noSession: Session = {
  state: "connecting",
  kernel: null,
  reason: "",
  queue: 0,
  running: null,
  death: null,
  plans: new Map(),
};

/// Whether there is something to interrupt: a run, or a kernel that starts.
export const isActive = ({ state, running }: Session) =>
  state === "busy" || state === "starting" || state === "restarting" || running !== null;

/// Whether the running statement waits for input.
export const isAsking = ({ running }: Session) => running?.input != null;

/// The session's state after an event. `now`: milliseconds since the epoch.
export function reduceStatus(session: Session, event: Event, now: number): Session {
  switch (event.type) {
    case "session": {
      const { state, kernel, reason = "", queue = 0 } = event;
      const running = state === "busy" ? session.running : null;
      return { ...session, state, kernel, reason, queue, running };
    }
    case "output": {
      const { run, nodeIndex, output } = event;
      if (output.type !== "error" || output.name !== "KernelDied") return session;
      return {
        ...session,
        death: { reason: output.message, statement: find(session, run, nodeIndex) },
      };
    }
    default:
      return afterProgress(session, event, now);
  }
}

/// Of all statements it keeps the one that runs; of the others their plan, to know it by.
function afterProgress(session: Session, event: Event, now: number): Session {
  let next = session;
  const store: ProgressStore = {
    plan(run, statements) {
      const plan = new Map(statements.map(statement => [statement.nodeIndex, statement]));
      next = { ...session, death: null, plans: new Map(session.plans).set(run, plan) };
    },
    change(run, nodeIndex, step) {
      const before = find(session, run, nodeIndex);
      if (!before) return;
      const after = { ...before, ...step(before) };
      if (after.status === "running") next = { ...session, running: after };
      else if (before === session.running) next = { ...session, running: null };
    },
    end({ run, status, cause, reason }) {
      const { running } = session;
      let { death } = session;
      if (status === "died" && !neverWas.has(cause!))
        death = {
          reason: reason || death?.reason || "",
          statement: death?.statement ?? running,
        };
      const plans = new Map(session.plans);
      plans.delete(run);
      next = { ...session, plans, death, running: null };
    },
    clear() {
      next = noSession;
    },
  };
  applyProgress(store, event, now);
  return next;
}

function find({ running, plans }: Session, run: string, nodeIndex: number) {
  return running?.run === run && running.nodeIndex === nodeIndex
    ? running
    : plans.get(run)?.get(nodeIndex);
}
