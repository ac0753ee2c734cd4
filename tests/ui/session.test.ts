import { expect, it } from "vitest";
import type { Event, Output, SessionState } from "../../labextension/src/protocol";
import { isActive, isAsking, noSession, reduceStatus } from "../../labextension/src/session/status";
import { moduleNews } from "../../labextension/src/backends/reloads";
import { clock, duration } from "../../labextension/src/results/duration";

const kernel = { name: "python3", displayName: "Python 3", id: "k" };
const statement = (nodeIndex: number, line: number) => ({
  nodeIndex,
  lineStart: line,
  lineEnd: line,
  isExpr: true,
  source: "f()",
});
const runs = (nodeIndex: number, line: number, startedAt: number) => ({
  ...statement(nodeIndex, line),
  run: "r",
  status: "running",
  elapsed: null,
  startedAt,
  input: null,
});
const become = (state: SessionState, queue = 0): Event => ({
  type: "session",
  session: "s",
  state,
  kernel,
  queue,
});
const see = (...events: Event[]) =>
  events.reduce((session, event, n) => reduceStatus(session, event, 1000 * n), noSession);

const begun: Event[] = [
  become("busy"),
  { type: "plan", run: "r", statements: [statement(0, 1), statement(1, 4)] },
  { type: "status", run: "r", nodeIndex: 0, status: "running" },
  { type: "status", run: "r", nodeIndex: 0, status: "ok", elapsed: 0.1 },
  { type: "status", run: "r", nodeIndex: 1, status: "running" },
];

it("knows the statement that runs, and since when", () => {
  expect(see(...begun).running).toEqual(runs(1, 4, 4000));
});

it("is active from the start of a kernel to the end of the last run", () => {
  const states = ["starting", "busy", "restarting", "idle", "reset", "dead"] as const;
  expect(states.map(state => isActive(see(become(state))))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

it("says which statement the kernel died of", () => {
  const error: Output = {
    type: "error",
    name: "KernelDied",
    message: "It was killed.",
    text: "",
    frames: [],
  };
  const session = see(
    ...begun,
    { type: "output", run: "r", nodeIndex: 1, output: error },
    { type: "status", run: "r", nodeIndex: 1, status: "error" },
    { type: "done", run: "r", status: "died", elapsed: 1, reason: "It was killed." },
  );
  expect(session.death).toEqual({
    reason: "It was killed.",
    statement: runs(1, 4, 4000),
  });
  expect(session.running).toBe(null);
});

it("forgets a death when the next run begins", () => {
  const died: Event = { type: "done", run: "r", status: "died", elapsed: 1, reason: "gone" };
  const next: Event = { type: "plan", run: "r2", statements: [] };
  expect(see(...begun, died).death).toEqual({
    reason: "gone",
    statement: runs(1, 4, 4000),
  });
  expect(see(...begun, died, next).death).toBe(null);
});

it("knows that a statement waits for input until it is answered", () => {
  const asked: Event = { type: "input", run: "r", nodeIndex: 1 };
  expect(isAsking(see(...begun, asked))).toBe(true);
  expect(isAsking(see(...begun, asked, { ...asked, waiting: false }))).toBe(false);
  expect(isAsking(see(...begun, asked, become("idle")))).toBe(false);
});

it("begins anew with a snapshot", () => {
  const attached: Event = { type: "attached", log: "l", since: 0, seq: 9, snapshot: true };
  expect(see(...begun, attached)).toEqual(noSession);
});

it.each([
  [-1, "0 ms"],
  [0.0344, "34 ms"],
  [0.9996, "1.0 s"],
  [3.29, "3.2 s"],
  [9.999, "9.9 s"],
  [59.99, "59 s"],
  [125, "2 min 5 s"],
  [3725, "1 h 2 min"],
])("writes %d seconds as %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it("shows the time of what runs in steps of a tenth, then of a second", () => {
  expect([0.04, 0.567, 1.29, 9.99, 12.7].map(clock)).toEqual([
    "0 ms",
    "500 ms",
    "1.2 s",
    "9.9 s",
    "12 s",
  ]);
});

it("does not take a run that had no kernel for a death", () => {
  const plan: Event = { type: "plan", run: "r", statements: [] };
  const ended = (cause: "no-gateways" | "kernel-died"): Event => ({
    type: "done",
    run: "r",
    status: "died",
    elapsed: 0,
    reason: "why",
    cause,
  });
  const after = (event: Event) => reduceStatus(reduceStatus(noSession, plan, 0), event, 0).death;
  expect(after(ended("no-gateways"))).toBeNull();
  expect(after(ended("kernel-died"))).toMatchObject({ reason: "why" });
});

it("names the modules that were edited, unless that is no news", () => {
  const plan: Event = { type: "plan", run: "r", statements: [] };
  const edited: Event = { ...plan, reloaded: ["a", "b.c"], outdated: ["d"] };
  expect(moduleNews([plan, { ...plan, reloaded: [], outdated: [] }])).toEqual([]);
  expect(moduleNews([edited])).toEqual([
    { text: "Edited, loaded anew: a, b.c", isLoaded: true },
    { text: "Edited, needs a restart: d", isLoaded: false },
  ]);
  const attached: Event = { type: "attached", log: "l", since: 0, seq: 9, snapshot: true };
  expect(moduleNews([attached, edited])).toEqual([]);
});
