// The rules of a session in the browser. Its races are sequences of inputs; the server's are in
// tests/server/test_transition.py.
import { describe, expect, it } from "vitest";
import {
  initial,
  transition,
  type Action,
  type Input,
  type Job,
  type State,
} from "../../labextension/src/backends/pyodide/transition";

const run = (id: string): Job => ({ kind: "run", request: { run: id, script: "" } });
const [a, b, c] = ["a", "b", "c"].map(run) as [Job, Job, Job];
const reset: Job = { kind: "reset" };
const submit = (job: Job): Input => ({ type: "submitted", job });
const ready: Input = { type: "pythonReady" };
const ended: Input = { type: "jobEnded" };
const interrupt: Input = { type: "interruptAsked" };
const restart: Input = { type: "restartAsked" };
const gone: Input = { type: "pythonGone", reason: "no memory" };
const failed: Input = { type: "startFailed", reason: "no network" };

/// What is done after these inputs, in a few words.
function done(...inputs: Input[]): string[] {
  let state = initial;
  return inputs.flatMap(input => {
    const [next, actions] = transition(state, input);
    state = next;
    return actions.map(told);
  });
}

function told(action: Action): string {
  switch (action.type) {
    case "report": {
      const { shown, queue } = action.state;
      return queue.length ? `${shown} +${queue.length}` : shown;
    }
    case "send":
    case "cancel":
    case "refuse":
      return `${action.type} ${action.job.kind === "run" ? action.job.request.run : "reset"}`;
    case "bury":
      return `bury ${action.status}`;
    default:
      return action.type;
  }
}

describe("a session in the browser", () => {
  it("starts Python with the first run, and sends that when it is ready", () => {
    expect(done(submit(a), ready, ended)).toEqual(["starting", "start", "busy", "send a", "idle"]);
  });

  it("sends runs one after the other", () => {
    const inputs = [submit(a), ready, submit(b), submit(c), ended, ended, ended];
    expect(done(...inputs).slice(4)).toEqual([
      "busy +1",
      "busy +2",
      "busy +1",
      "send b",
      "busy",
      "send c",
      "idle",
    ]);
  });

  it("refuses all that wait for a start that fails, and the next run tries again", () => {
    expect(done(submit(a), submit(b), failed, submit(c)).slice(3)).toEqual([
      "dead",
      "refuse a",
      "refuse b",
      "starting",
      "start",
    ]);
  });

  it("takes back a run by an interrupt before Python is ready, and the next one is sent", () => {
    expect(done(submit(a), submit(b), interrupt, submit(c), ready).slice(3)).toEqual([
      "cancel b",
      "cancel a",
      "busy",
      "send c",
    ]);
  });

  it("cancels the queue by an interrupt, and signals the run that was sent each time", () => {
    expect(done(submit(a), ready, submit(b), interrupt, interrupt, ended).slice(5)).toEqual([
      "cancel b",
      "signal",
      "signal",
      "idle",
    ]);
  });

  it("starts Python anew where a run does not stop in time, and keeps what came after Stop", () => {
    const stop: Input = { type: "stopTimedOut" };
    expect(done(submit(a), ready, interrupt, submit(b), stop, ready).slice(6)).toEqual([
      "bury interrupted",
      "terminate",
      "restarting",
      "starting",
      "start",
      "busy",
      "send b",
    ]);
    expect(done(submit(a), ready, ended, stop).slice(5)).toEqual([]);
  });

  it("ends everything by a restart", () => {
    expect(done(submit(a), ready, submit(b), restart, ready).slice(5)).toEqual([
      "cancel b",
      "bury died",
      "terminate",
      "restarting",
      "starting",
      "start",
      "idle",
    ]);
  });

  it("can be restarted while it starts, and again", () => {
    const again = ["terminate", "restarting", "starting", "start"];
    expect(done(submit(a), restart, restart, submit(b), ready).slice(2)).toEqual([
      "cancel a",
      ...again,
      ...again,
      "busy",
      "send b",
    ]);
  });

  it("is dead after a crash, and the next run starts Python", () => {
    expect(done(submit(a), ready, submit(b), gone, submit(c)).slice(5)).toEqual([
      "bury died",
      "cancel b",
      "terminate",
      "dead",
      "starting",
      "start",
    ]);
  });

  it("has nothing to clear without Python, and clears it in its turn", () => {
    expect(done(submit(reset))).toEqual(["reset", "idle"]);
    expect(done(submit(a), submit(reset), ready, ended, ended).slice(4)).toEqual([
      "send a",
      "send reset",
      "reset",
      "idle",
    ]);
  });

  it("tells why it was started anew when it is ready", () => {
    const reports = [restart, ready].reduce<[State, string[]]>(
      ([state, told], input) => {
        const [next, actions] = transition(state, input);
        return [next, [...told, ...actions.map(x => (x.type === "report" ? x.state.reason : ""))]];
      },
      [initial, []],
    )[1];
    expect(reports.filter(reason => reason.includes("all names are gone"))).toHaveLength(2);
  });
});

/// Random, but the same each time: a linear congruential generator (Numerical Recipes).
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return sides => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

it.each(Array.from({ length: 100 }, (_, seed) => seed))(
  "ends every job once, and leaves none waiting for nothing (%i)",
  seed => {
    const roll = dice(seed);
    const ends = new Map<string, number>();
    let state = initial;
    let sent: Job | null = null;
    let hasWorker = false;
    let count = 0;
    const put = (input: Input) => {
      const [next, actions] = transition(state, input);
      state = next;
      if (input.type === "jobEnded" && sent?.kind === "run") end(sent.request.run);
      if (input.type === "jobEnded") sent = null;
      for (const action of actions) {
        const { type } = action;
        if (type === "start") {
          expect(hasWorker).toBe(false);
          hasWorker = true;
        } else if (type === "terminate") {
          hasWorker = false;
          sent = null;
        } else if (type === "send") {
          expect([hasWorker, sent]).toEqual([true, null]);
          sent = action.job;
        } else if (type === "signal") expect(sent?.kind).toBe("run");
        else if (type === "bury" && sent?.kind === "run") end(sent.request.run);
        else if ((type === "cancel" || type === "refuse") && action.job.kind === "run")
          end(action.job.request.run);
      }
    };
    const end = (id: string) => ends.set(id, (ends.get(id) ?? 0) + 1);
    const step = () => {
      const inputs: Input[] = [interrupt, restart];
      if (count < 20)
        inputs.push(submit(run(`${count++}`)), submit(run(`${count++}`)), submit(reset));
      if (state.python === "starting") inputs.push(ready, ready, ready, failed);
      if (state.python === "ready") inputs.push(gone);
      if (sent) inputs.push(ended, ended, ended, { type: "stopTimedOut" });
      const input = inputs[roll(inputs.length)]!;
      // The driver terminates a worker that could not start.
      if (input === failed) hasWorker = false;
      if (input.type === "submitted" && input.job.kind === "run")
        ends.set(input.job.request.run, 0);
      put(input);
    };
    for (let n = 0; n < 60; n++) step();
    for (let n = 0; n < 60 && (state.current || state.queue.length); n++)
      put(state.python === "starting" ? ready : ended);
    expect(state).toMatchObject({ current: null, isSent: false, queue: [] });
    expect([...ends.values()].every(times => times === 1)).toBe(true);
    expect(["idle", "dead", "starting"]).toContain(state.shown);
  },
);
