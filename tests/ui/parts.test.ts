/// <reference types="vite/client" />
// What each kind of output comes to without a screen.
import { describe, expect, it } from "vitest";
import type { Event, Output } from "../../labextension/src/protocol";
import { kindOf, kinds, sameParts } from "../../labextension/src/results/parts";
import { applyEvents, Results, type Part } from "../../labextension/src/results/results";

const files = import.meta.glob<string>("../runs/*.jsonl", {
  query: "?raw",
  import: "default",
  eager: true,
});
const metrics = { lineHeight: 20, columns: 80, width: 600 };

function partsOf(events: Event[]): Part[] {
  const runs = [...applyEvents(Results.empty, events).runs.values()];
  return runs.flatMap(run => run.outcomes.flatMap(outcome => outcome!.parts));
}

function partOf(output: Output): Part {
  const run = "r";
  const statement = { nodeIndex: 0, lineStart: 1, lineEnd: 1, isExpr: true, source: "x" };
  const [part] = partsOf([
    { type: "plan", run, statements: [statement] },
    { type: "output", run, nodeIndex: 0, output },
  ]);
  return part!;
}

const cut: Part = { type: "truncated", bytes: 12, tail: "end" };
const error: Output = { type: "error", name: "E", message: "why", text: "E: why\n", frames: [] };
const value = (data: Record<string, unknown>, text = "x\n"): Output => ({
  type: "result",
  text,
  data,
  metadata: {},
});

describe("every output of the runs of tests/runs", () => {
  const all = Object.values(files).flatMap(file =>
    partsOf(
      file
        .split("\n")
        .filter(Boolean)
        .map(line => JSON.parse(line) as Event),
    ),
  );

  it("is of each kind", () => {
    const types = new Set(all.map(part => part.type));
    expect([...types].sort()).toEqual(Object.keys(kinds).sort());
  });

  it("looks like a copy of itself, and like no other", () => {
    expect(sameParts(all, structuredClone(all))).toBe(true);
    for (const part of all) {
      const other = { ...part, text: "other", bytes: -1 } as unknown as Part;
      expect(sameParts([part], [other]), JSON.stringify(part)).toBe(false);
    }
    expect(sameParts(all, all.slice(1))).toBe(false);
  });

  it("has a height where there is something to see", () => {
    for (const part of all)
      if (kindOf(part).isVisible(part))
        expect(kindOf(part).height(part, metrics)).toBeGreaterThan(0);
  });

  it("is exported as an output of the protocol", () => {
    for (const part of all) {
      const output = kindOf(part).export(part);
      expect(output).not.toHaveProperty("screen");
      expect(output.type).toBe(part.type === "truncated" ? "stderr" : part.type);
    }
  });
});

it.each<[string, Part]>([
  ["red", partOf({ type: "stdout", text: "\x1b[31mred\x1b[0m\n" })],
  ["E: why", partOf(error)],
  ["E", partOf({ ...error, message: "" })],
  ["x", partOf(value({ "text/plain": "x" }))],
  ["image", partOf(value({ "text/plain": "<Figure>", "image/png": "AAAA" }))],
  ["table, 1 row", partOf(value({ "text/html": "<table><tr></tr><tr></tr></table>" }))],
  ["table, 2 rows", partOf(value({ "text/html": "<tr></tr><tr></tr><tr></tr>" }))],
  ["x", partOf(value({ "text/html": "<b>x</b>" }))],
  ["", cut],
])("is told as %j", (gist, part) => {
  expect(kindOf(part).gist(part)).toBe(gist);
});

it("shows nothing for an empty value, and something for any other", () => {
  const isVisible = (part: Part) => kindOf(part).isVisible(part);
  expect(isVisible(partOf(value({ "text/plain": "" }, "")))).toBe(false);
  expect(isVisible(partOf(value({ "text/html": "<hr>" }, "")))).toBe(true);
  expect(isVisible(partOf({ ...error, text: "" }))).toBe(true);
  expect(isVisible(cut)).toBe(true);
});

it("exports what is missing as a line of text, and its end", () => {
  expect(kindOf(cut).export(cut)).toEqual({
    type: "stderr",
    text: "[12 bytes were left out here]\nend",
  });
});
