/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";
import type { Event, Output } from "../../labextension/src/protocol";
import {
  applyEvent,
  applyEvents,
  Results,
  type Part,
} from "../../labextension/src/results/results";

const files = import.meta.glob<string>(["../runs/*.jsonl", "../runs/sessions/*.jsonl"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const names = Object.keys(files);

function eventsOf(name: string): Event[] {
  return files[name]
    .split("\n")
    .filter(Boolean)
    .map(line => JSON.parse(line) as Event);
}

function asOutput(part: Part): unknown {
  return part.type === "stdout" || part.type === "stderr"
    ? { type: part.type, text: part.text }
    : part;
}

/// Outputs by statement, joined as the protocol says, in the simplest way.
function expected(events: Event[]): Map<number, unknown[]> {
  const outputs = new Map<number, Output[]>();
  const clearing = new Set<number>();
  for (const event of events) {
    if (event.type === "plan")
      for (const { nodeIndex } of event.statements) outputs.set(nodeIndex, []);
    else if (event.type === "clear") {
      if (event.wait) clearing.add(event.nodeIndex);
      else outputs.set(event.nodeIndex, []);
    } else if (event.type === "update") {
      for (const list of outputs.values())
        list.forEach((output, index) => {
          if (output.type === "display" && output.displayId === event.displayId)
            list[index] = {
              ...output,
              text: event.text ?? "",
              data: event.data ?? {},
              metadata: event.metadata ?? {},
            };
        });
    } else if (event.type === "output" || event.type === "truncated") {
      const added: unknown =
        event.type === "output" ? event.output : { type: "truncated", bytes: event.bytes };
      if (clearing.delete(event.nodeIndex)) outputs.set(event.nodeIndex, []);
      const list = outputs.get(event.nodeIndex) ?? [];
      const last = list[list.length - 1];
      if (
        event.type === "output" &&
        "text" in event.output &&
        last?.type === event.output.type &&
        /^std/.test(last.type)
      )
        list[list.length - 1] = { ...last, text: last.text + event.output.text } as Output;
      else list.push(added as Output);
    }
  }
  return outputs;
}

describe("the runs of tests/runs", () => {
  it("are there", () => expect(names.length).toBeGreaterThan(0));

  it.each(names)("%s", name => {
    const events = eventsOf(name);
    const atOnce = applyEvents(Results.empty, events);
    const one = events.reduce((results, event) => applyEvent(results, event), Results.empty);
    expect(one).toEqual(atOnce);
    const planned = events.filter(event => event.type === "plan").map(event => event.run);
    expect([...atOnce.runs.keys()]).toEqual(planned);
    for (const [id, run] of atOnce.runs) {
      const own = events.filter(event => "run" in event && event.run === id);
      const outputs = new Map(
        run.outcomes.map(outcome => [outcome!.nodeIndex, outcome!.parts.map(asOutput)]),
      );
      if (!JSON.stringify(own).match(/\\r|\\b|\\u001b/)) expect(outputs).toEqual(expected(own));
      const done = own.find(event => event.type === "done");
      if (!done) continue;
      expect(run.status).toBe(done.status);
      const open = run.outcomes.filter(outcome => ["queued", "running"].includes(outcome!.status));
      expect(open).toEqual([]);
    }
  });
});

const run = "r";
const plan = (count: number, id = run): Event => ({
  type: "plan",
  run: id,
  statements: Array.from({ length: count }, (_, nodeIndex) => ({
    nodeIndex,
    lineStart: nodeIndex + 1,
    lineEnd: nodeIndex + 1,
    isExpr: true,
    source: `f(${nodeIndex})`,
  })),
});
const output = (nodeIndex: number, output: Output, id = run): Event => ({
  type: "output",
  run: id,
  nodeIndex,
  output,
});
const stdout = (nodeIndex: number, text: string): Event =>
  output(nodeIndex, { type: "stdout", text });
const display = (nodeIndex: number, text: string, displayId?: string, id = run): Event =>
  output(
    nodeIndex,
    { type: "display", text, data: { "text/plain": text }, metadata: {}, displayId },
    id,
  );

function after(...events: Event[]): Results {
  return applyEvents(Results.empty, events);
}

function parts(results: Results, nodeIndex: number, id = run): unknown[] {
  return results.get(id, nodeIndex)!.parts.map(asOutput);
}

it("shows what is left out little by little as one cut", () => {
  const cut = (bytes: number): Event => ({ type: "truncated", run, nodeIndex: 0, bytes });
  const results = after(plan(1), stdout(0, "head"), cut(1), cut(40), stdout(0, "tail"), cut(2));
  expect(
    results.get(run, 0)!.parts.map(part => ("bytes" in part ? part.bytes : part.text)),
  ).toEqual(["head", 41, "tail", 2]);
});

describe("an event that changes nothing gives the same results", () => {
  const results = after(plan(2), { type: "status", run, nodeIndex: 0, status: "running" });
  it.each<[string, Event]>([
    ["a status it has", { type: "status", run, nodeIndex: 0, status: "running" }],
    ["a statement that is not there", stdout(7, "x")],
    ["an unknown run", { type: "done", run: "other", status: "ok", elapsed: 0 }],
    ["an unknown display", { type: "update", run, displayId: "d", data: {} }],
    ["clearing nothing", { type: "clear", run, nodeIndex: 0 }],
    ["clearing nothing later", { type: "clear", run, nodeIndex: 0, wait: true }],
    ["no input", { type: "input", run, nodeIndex: 0, waiting: false }],
    ["the session", { type: "session", session: "s", state: "busy", kernel: { name: "python3" } }],
    ["an event from the future", { type: "weather" } as unknown as Event],
  ])("%s", (_what, event) => {
    expect(applyEvent(results, event)).toBe(results);
  });

  it("an attachment without a snapshot, or to nothing", () => {
    const attached: Event = { type: "attached", log: "l", since: 0, seq: 1, snapshot: false };
    expect(applyEvent(results, attached)).toBe(results);
    expect(applyEvent(Results.empty, { ...attached, snapshot: true })).toBe(Results.empty);
  });
});

it("shares what an event does not touch, and leaves the results before it as they were", () => {
  const before = after(plan(3), stdout(0, "a"), stdout(1, "b"));
  const results = applyEvent(before, stdout(1, "c"));
  expect(results.get(run, 0)).toBe(before.get(run, 0));
  expect(results.get(run, 2)).toBe(before.get(run, 2));
  expect(parts(before, 1)).toEqual([{ type: "stdout", text: "b" }]);
  expect(parts(results, 1)).toEqual([{ type: "stdout", text: "bc" }]);
});

it("shows the end of what is cut until what it stood for comes", () => {
  const cut = (bytes: number, tail?: string): Event =>
    tail
      ? { type: "truncated", run, nodeIndex: 0, bytes, tail }
      : { type: "truncated", run, nodeIndex: 0, bytes };
  const events = [plan(1), stdout(0, "head"), cut(0, "a"), cut(3, "b")];
  const last = (...more: Event[]) =>
    after(...events, ...more)
      .get(run, 0)!
      .parts.slice(1);
  expect(last()).toEqual([{ type: "truncated", bytes: 3, tail: "b" }]);
  expect(last(cut(4), stdout(0, "end")).map(part => "bytes" in part && part)).toEqual([
    { type: "truncated", bytes: 7 },
    false,
  ]);
  const nothing = after(plan(1), stdout(0, "head"), cut(0, "a"), stdout(0, " end"));
  expect(parts(nothing, 0)).toEqual([{ type: "stdout", text: "head end" }]);
});

it("keeps the order of streams", () => {
  const results = after(
    plan(1),
    stdout(0, "a"),
    output(0, { type: "stderr", text: "b" }),
    stdout(0, "c"),
    { type: "truncated", run, nodeIndex: 0, bytes: 9 },
    stdout(0, "d"),
  );
  expect(parts(results, 0)).toEqual([
    { type: "stdout", text: "a" },
    { type: "stderr", text: "b" },
    { type: "stdout", text: "c" },
    { type: "truncated", bytes: 9 },
    { type: "stdout", text: "d" },
  ]);
});

it("updates a display wherever it stands, in any run", () => {
  const results = after(
    plan(2, "one"),
    display(0, "old", "d", "one"),
    display(1, "other", "e", "one"),
    plan(1),
    display(0, "old", "d"),
    {
      type: "update",
      run,
      displayId: "d",
      text: "new",
      data: { "text/plain": "new" },
      metadata: {},
    },
  );
  const texts = [parts(results, 0, "one"), parts(results, 1, "one"), parts(results, 0)].map(list =>
    list.map(part => (part as { text: string }).text),
  );
  expect(texts).toEqual([["new"], ["other"], ["new"]]);
});

it("clears at once, or when the next output comes", () => {
  const results = after(plan(2), stdout(0, "a"), stdout(1, "a"));
  const at = (nodeIndex: number, wait: boolean) =>
    applyEvent(results, { type: "clear", run, nodeIndex, wait });
  expect(parts(at(0, false), 0)).toEqual([]);
  expect(parts(at(1, true), 1)).toEqual([{ type: "stdout", text: "a" }]);
  expect(parts(applyEvent(at(1, true), stdout(1, "b")), 1)).toEqual([
    { type: "stdout", text: "b" },
  ]);
});

it("waits for input until it is answered or the statement ends", () => {
  const asked = after(
    plan(1),
    { type: "status", run, nodeIndex: 0, status: "running" },
    {
      type: "input",
      run,
      nodeIndex: 0,
      prompt: "Name? ",
    },
  );
  expect(asked.get(run, 0)!.input).toEqual({ prompt: "Name? ", password: false });
  const answered = applyEvent(asked, { type: "input", run, nodeIndex: 0, waiting: false });
  expect(answered.get(run, 0)!.input).toBeNull();
  const ended = applyEvent(asked, { type: "status", run, nodeIndex: 0, status: "interrupted" });
  expect(ended.get(run, 0)!.input).toBeNull();
});

it("remembers when a statement began", () => {
  const running: Event = { type: "status", run, nodeIndex: 0, status: "running" };
  const results = applyEvent(applyEvent(after(plan(1)), running, 5000), stdout(0, "x"), 9000);
  expect(results.get(run, 0)!.startedAt).toBe(5000);
});

it("leaves nothing running or waiting when a kernel has died", () => {
  const results = after(
    plan(3),
    { type: "status", run, nodeIndex: 0, status: "ok", elapsed: 1 },
    { type: "status", run, nodeIndex: 1, status: "running" },
    { type: "done", run, status: "died", elapsed: 2, reason: "killed" },
  );
  const statuses = results.runs.get(run)!.outcomes.map(outcome => outcome!.status);
  expect(statuses).toEqual(["ok", "error", "cancelled"]);
});

it("takes late output of a run that has ended", () => {
  const results = after(
    plan(1),
    { type: "done", run, status: "ok", elapsed: 1 },
    stdout(0, "late"),
  );
  expect(parts(results, 0)).toEqual([{ type: "stdout", text: "late" }]);
});

it("forgets outcomes, and a run that has ended when all of its are", () => {
  const results = after(plan(2), display(0, "d", "d"), {
    type: "done",
    run,
    status: "ok",
    elapsed: 1,
  });
  const half = results.forget([{ run, nodeIndex: 0 }]);
  expect([half.get(run, 0), half.get(run, 1)?.nodeIndex, half.runs.size]).toEqual([null, 1, 1]);
  expect(applyEvent(half, stdout(0, "late"))).toBe(half);
  expect(half.forget([{ run, nodeIndex: 1 }])).toEqual(Results.empty);
});

it("forgets everything before a snapshot", () => {
  const attached: Event = { type: "attached", log: "l", since: 0, seq: 9, snapshot: true };
  expect(applyEvent(after(plan(2)), attached)).toBe(Results.empty);
});

it("appends text to a statement a hundred thousand times", () => {
  const events = Array.from({ length: 100_000 }, (_, n) => stdout(0, `line ${n}\n`));
  const results = applyEvents(after(plan(1)), events);
  const [part] = parts(results, 0) as [{ text: string }];
  expect(part.text.length).toBe(1_088_890);
});
