// The session's state as toolbar and status bar show it, reduced from its events. Pure; results are
// a model of their own.
import type { Cause, Event, KernelModel, PlannedStatement, SessionState } from "../protocol";

/// The state of a session. Immutable.
export interface Session {
  readonly state: SessionState | "connecting";
  readonly kernel: KernelModel | null;
  readonly reason: string;
  /// Number of queued runs.
  readonly queue: number;
  /// The running statement. `since`: when this page heard of its start, in milliseconds since the
  /// epoch.
  readonly running: (PlannedStatement & { readonly since: number }) | null;
  readonly isAsking: boolean;
  /// Set if the last run ended because the kernel died.
  readonly death: Death | null;
  readonly plans: ReadonlyMap<string, ReadonlyMap<number, PlannedStatement>>;
}

export interface Death {
  readonly run: string;
  readonly reason: string;
  readonly statement: PlannedStatement | null;
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
  isAsking: false,
  death: null,
  plans: new Map(),
};

/// Whether there is something to interrupt: a run, or a kernel that starts.
export const isActive = ({ state, running }: Session) =>
  state === "busy" || state === "starting" || state === "restarting" || running !== null;

/// The session's state after an event. `now`: milliseconds since the epoch.
export function reduceStatus(session: Session, event: Event, now: number): Session {
  switch (event.type) {
    case "session": {
      const { state, kernel, reason = "", queue = 0 } = event;
      const isOver = state !== "busy";
      return {
        ...session,
        state,
        kernel,
        reason,
        queue,
        ...(isOver && { running: null, isAsking: false }),
      };
    }
    case "plan":
      return {
        ...session,
        death: null,
        plans: new Map(session.plans).set(
          event.run,
          new Map(event.statements.map(statement => [statement.nodeIndex, statement])),
        ),
      };
    case "status": {
      const isRunning = event.status === "running";
      const statement = session.plans.get(event.run)?.get(event.nodeIndex);
      if (isRunning && statement) return { ...session, running: { ...statement, since: now } };
      if (session.running?.nodeIndex !== event.nodeIndex) return session;
      return { ...session, running: null, isAsking: false };
    }
    case "output": {
      if (event.output.type !== "error" || event.output.name !== "KernelDied") return session;
      const statement = session.plans.get(event.run)?.get(event.nodeIndex);
      return {
        ...session,
        death: { run: event.run, reason: event.output.message, statement: statement ?? null },
      };
    }
    case "input":
      return { ...session, isAsking: event.waiting ?? true };
    case "done": {
      const plans = new Map(session.plans);
      plans.delete(event.run);
      const death =
        event.status === "died" && !neverWas.has(event.cause!)
          ? {
              run: event.run,
              reason: event.reason || session.death?.reason || "",
              statement: session.death?.statement ?? session.running,
            }
          : session.death;
      return { ...session, plans, death, running: null, isAsking: false };
    }
    case "attached":
      return event.snapshot ? noSession : session;
    default:
      return session;
  }
}
