// The rules of a session in this browser, pure: what happens is an input, what is to be done is an
// action. Its table is the server's, `rdit_ext/session/transition.py`; here Python is a worker that
// is started anew rather than restarted, and what waits for a start that fails is refused.
//
//   Python               none --Start--> starting --pythonReady--> ready
//                          ^                |startFailed              |pythonGone
//                          +----------------+-------------------------+
//                        any --restartAsked, stopTimedOut--> starting
//   a job (run, reset)   queued --> waiting for Python --> sent --> ended
//                        queued or waiting --interruptAsked, restartAsked, pythonGone--> cancelled
import type { Cause, ExecuteRequest, RunRequest, SessionState } from "../../protocol";
import type { Cut } from "./run";

type RunOf = Omit<RunRequest, "type"> | Omit<ExecuteRequest, "type">;

/// A run, or a clearing of the namespace, which takes its turn in the same queue.
export type Job = { readonly kind: "run"; readonly request: RunOf } | { readonly kind: "reset" };

/// A session at one moment. `shown` and `reason` are those of its `session` event.
export interface State {
  readonly python: "none" | "starting" | "ready";
  readonly current: Job | null;
  readonly isSent: boolean;
  readonly queue: readonly Job[];
  readonly shown: SessionState;
  readonly reason: string;
  /// Why Python is started anew; told again when it is ready.
  readonly news: string;
}

export const initial: State = {
  python: "none",
  current: null,
  isSent: false,
  queue: [],
  shown: "idle",
  reason: "",
  news: "",
};

export type Input =
  | { type: "submitted"; job: Job }
  /// The user interrupts the current run, and cancels those that are queued.
  | { type: "interruptAsked" }
  | { type: "restartAsked" }
  /// A run without shared memory has not ended in time after an interrupt.
  | { type: "stopTimedOut" }
  | { type: "pythonReady" }
  | { type: "startFailed"; reason: string }
  /// The worker has crashed.
  | { type: "pythonGone"; reason: string }
  /// The job that was sent has ended.
  | { type: "jobEnded" };

export type Action =
  /// Publish a `session` event of this state.
  | { type: "report"; state: State }
  /// Start a worker. Then: pythonReady or startFailed.
  | { type: "start" }
  /// Terminate the worker: nothing more comes of it.
  | { type: "terminate" }
  /// Send this run to the worker, or have it clear the namespace. Then: jobEnded.
  | { type: "send"; job: Job }
  /// Interrupt the run that was sent.
  | { type: "signal" }
  /// End the run that was sent, in place of the worker.
  | { type: "bury"; status: "interrupted" | "died"; error: Cut }
  /// End a job that was never sent: as the user wants, or for there is no Python.
  | { type: "cancel"; job: Job; why: Why }
  | { type: "refuse"; job: Job };

/// Why a job was not sent, for people and for programs.
export type Why = { readonly reason: string; readonly cause: Cause };

type Step = [State, Action[]];

/// The state after this input, and what is to be done, in this order.
export function transition(state: State, input: Input): Step {
  switch (input.type) {
    case "submitted": {
      if (!state.current) return begin(state, input.job);
      const next = { ...state, queue: [...state.queue, input.job] };
      return [next, [{ type: "report", state: next }]];
    }
    case "interruptAsked": {
      const [next, actions] = cancelUnsent(state, interrupted);
      const isRunning = next.isSent && next.current?.kind === "run";
      return [next, isRunning ? [...actions, { type: "signal" }] : actions];
    }
    case "restartAsked": {
      const cut = died("Python was restarted while this statement ran.");
      const why = notBegun("Python was restarted.", "kernel-restarted");
      const [next, actions] = cancelUnsent(state, why, true);
      return startAnew(next, actions, "died", cut, "Python was restarted: all names are gone.");
    }
    case "stopTimedOut":
      if (!state.isSent) return [state, []];
      return startAnew(
        state,
        [],
        "interrupted",
        stopped,
        "Stopped. Python was started anew: all names are gone.",
      );
    case "pythonReady":
      return goOn({ ...state, python: "ready" });
    case "startFailed": {
      const reason = `Python could not be started in this browser: ${input.reason}`;
      const jobs = state.current ? [state.current, ...state.queue] : state.queue;
      const [next, actions] = show(noJobs({ ...state, python: "none" }), [], "dead", reason);
      return [next, [...actions, ...jobs.map((job): Action => ({ type: "refuse", job }))]];
    }
    case "pythonGone": {
      const error = died(`Python has ended in this browser: ${input.reason}`);
      const actions: Action[] = state.isSent ? [{ type: "bury", status: "died", error }] : [];
      // Queued runs were meant for the namespace that is lost now.
      const why = notBegun(error.message, "kernel-died");
      for (const job of state.queue) actions.push({ type: "cancel", job, why });
      actions.push({ type: "terminate" });
      const next = noJobs({ ...state, python: "none" });
      return show(next, actions, "dead", `Python has ended: ${input.reason}`);
    }
    case "jobEnded": {
      if (!state.isSent) return [state, []];
      const isReset = state.current?.kind === "reset";
      const [next, actions] = isReset ? show(state, [], "reset") : ([state, []] as Step);
      return then(next, actions);
    }
    default:
      input satisfies never;
      return [state, []];
  }
}

function show(state: State, actions: Action[], shown: SessionState, reason = ""): Step {
  const next = { ...state, shown, reason };
  return [next, [...actions, { type: "report", state: next }]];
}

function noJobs(state: State): State {
  return { ...state, current: null, isSent: false, queue: [], news: "" };
}

function begin(state: State, job: Job): Step {
  const next = { ...state, current: job, isSent: false };
  if (next.python !== "none") return goOn(next);
  if (job.kind === "run") return start(next, []);
  // There is no namespace that could be cleared.
  return then(...show(next, [], "reset"));
}

function start(state: State, actions: Action[]): Step {
  const [next, told] = show(
    { ...state, python: "starting" },
    actions,
    "starting",
    "Python is being loaded.",
  );
  return [next, [...told, { type: "start" }]];
}

/// Sends the job that waits, if Python is ready.
function goOn(state: State): Step {
  const { python, current: job, news } = state;
  if (python !== "ready") return [state, []];
  if (!job) return show({ ...state, news: "" }, [], "idle", news);
  const sent = { ...state, isSent: true, news: "" };
  const [next, actions] = job.kind === "run" ? show(sent, [], "busy") : ([sent, []] as Step);
  return [next, [...actions, { type: "send", job }]];
}

/// Lets go of the current job and begins the next one; with none in the queue, rests.
function then(state: State, actions: Action[]): Step {
  const [job, ...queue] = state.queue;
  const rest = { ...state, current: null, isSent: false, queue };
  const [next, more] = job
    ? begin(rest, job)
    : state.python === "starting"
      ? ([rest, []] as Step)
      : show(rest, [], "idle");
  return [next, [...actions, ...more]];
}

/// Ends all jobs that Python has not got; but a reset that waits goes on, unless `withReset`, for it
/// does no harm.
function cancelUnsent(state: State, why: Why, withReset = false): Step {
  const actions = state.queue.map((job): Action => ({ type: "cancel", job, why }));
  const next = { ...state, queue: [] };
  const { current: job, isSent } = state;
  if (!job || isSent || (job.kind === "reset" && !withReset)) return [next, actions];
  return then(next, [...actions, { type: "cancel", job, why }]);
}

function startAnew(
  state: State,
  actions: Action[],
  status: "interrupted" | "died",
  error: Cut,
  news: string,
): Step {
  if (state.isSent) actions = [...actions, { type: "bury", status, error }];
  actions = [...actions, { type: "terminate" }];
  const [job = null, ...queue] = state.queue;
  const rest = { ...state, current: job, isSent: false, queue, news };
  return start(...show(rest, actions, "restarting", news));
}

const interrupted: Why = { reason: "Interrupted before it began.", cause: "interrupted" };

const notBegun = (reason: string, cause: Cause): Why => ({
  reason: `${reason} This run had not begun.`,
  cause,
});

const died = (text: string): Cut => ({ name: "KernelDied", message: text, text: `${text}\n` });

const stopped: Cut = {
  name: "KeyboardInterrupt",
  message: "",
  text: "KeyboardInterrupt\n\nPython was started anew to stop this: all names are gone.\n",
};
