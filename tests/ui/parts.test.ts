/// <reference types="vite/client" />
// What each kind of output comes to without a screen.
import { describe, expect, it } from "vitest";
import type { Event, Output } from "../../labextension/src/protocol";
import { kindOf, kinds, sameParts } from "../../labextension/src/results/parts";
import { wordsOf } from "../../labextension/src/results/parts/words";
import { gistOf, lengthOf } from "../../labextension/src/results/gist";
import { applyEvents, Results, type Part } from "../../labextension/src/results/results";

const files = import.meta.glob<string>("../runs/*.jsonl", {
  query: "?raw",
  import: "default",
  eager: true,
});
const metrics = { lineHeight: 20, columns: 80, width: 600, cap: 200, figureCap: 320 };

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

const all = Object.values(files).flatMap(file =>
  partsOf(
    file
      .split("\n")
      .filter(Boolean)
      .map(line => JSON.parse(line) as Event),
  ),
);
const cut: Part = { type: "truncated", bytes: 12, tail: "end" };
const error: Output = { type: "error", name: "E", message: "why", text: "E: why\n", frames: [] };
const value = (data: Record<string, unknown>, text = "x\n", metadata = {}): Output => ({
  type: "result",
  text,
  data,
  metadata,
});

const image = (plain: string, metadata: Record<string, unknown>) =>
  value({ "text/plain": plain, "image/png": "AAAA" }, "x\n", metadata);
const frame = (rows: number, columns: number) =>
  `<table class="dataframe"><thead><tr><th></th>${"<th>a</th>".repeat(columns)}</tr></thead><tbody>` +
  `${`<tr><th>0</th>${"<td>1</td>".repeat(columns)}</tr>`.repeat(rows)}</tbody></table>`;
const whole = "   a  b\n0  1  2\n..\n\n[5000 rows x 12 columns]";

describe("a folded result", () => {
  it.each<[string, Part[]]>([
    ["", []],
    ["hello", [partOf({ type: "stdout", text: "hello\n" })]],
    ["one …", [partOf({ type: "stdout", text: "\n one\ntwo\n" })]],
    ["E: why", [partOf(error)]],
    ["E: why …", [partOf({ ...error, message: "why\nand how" })]],
    ["A title …", [partOf(value({ "text/markdown": "# A title\n\nSome text" }))]],
    [
      "3 outputs: E: why, hello, DataFrame 2 × 3",
      [
        partOf({ type: "stdout", text: "hello\n" }),
        partOf(value({ "text/html": frame(2, 3) })),
        partOf(error),
      ],
    ],
    ["hello", [partOf({ type: "stdout", text: "hello\n" }), cut]],
    [
      "2 outputs: hello, empty",
      [partOf({ type: "stdout", text: "hello\n" }), partOf(value({ "text/plain": "" }, ""))],
    ],
    [
      "hello",
      [
        partOf({ type: "stdout", text: "hello\n" }),
        partOf({ type: "display", displayId: "later", text: "", data: {}, metadata: {} }),
      ],
    ],
    ["x^2", [partOf(value({ "text/latex": "x^2", "text/plain": "<A object at 0>" }))]],
    ["text/html", [partOf(value({ "text/html": { no: "text" } }, ""))]],
  ])("says %j", (gist, parts) => {
    expect(gistOf(parts)).toBe(gist);
  });

  it("tells how long text is, and nothing where all is not text", () => {
    const printed = partOf({ type: "stdout", text: "a line\n".repeat(1200) });
    const plain = partOf(value({ "text/plain": "[1,\n 2]" }, "[1,\n 2]"));
    expect(lengthOf([printed])).toBe(" 1,200 lines");
    expect(lengthOf([printed, plain])).toBe(" 1,202 lines");
    expect(lengthOf([printed, cut])).toBe("");
    expect(lengthOf([partOf(value({ "text/html": "<p>a</p>", "text/plain": "a" }, "a"))])).toBe("");
    expect(lengthOf([])).toBe("");
    expect(lengthOf([partOf({ type: "stdout", text: "one\n" })])).toBe(" 1 line");
    const list = { ...plain, metadata: { "text/plain": { type: "list", length: 2000 } } } as Part;
    expect(lengthOf([list])).toBe(" 2,000 items");
    expect(lengthOf([printed, list])).toBe(" 1,202 lines");
  });

  it("says something of every output of the runs of tests/runs", () => {
    for (const part of all)
      if (
        kindOf(part).isVisible(part) &&
        part.type !== "truncated" &&
        wordsOf(part).gist(part).trim()
      )
        expect(gistOf([part]), JSON.stringify(part)).not.toBe("");
  });
});

describe("every output of the runs of tests/runs", () => {
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
      const output = wordsOf(part).export(part);
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
  ["Figure", partOf(value({ "text/plain": "<Figure size 640x480>", "image/png": "AAAA" }))],
  ["Image 30 × 20", partOf(image("<PIL.PngImageFile>", { width: 30, height: 20 }))],
  ["a picture of mine", partOf(image("a picture of mine", {}))],
  ["Table 2 × 1", partOf(value({ "text/html": "<tr><td></td></tr><tr><td></td></tr>" }))],
  ["DataFrame 2 × 3", partOf(value({ "text/html": frame(2, 3) }))],
  ["DataFrame 5000 × 12", partOf(value({ "text/html": frame(2, 3), "text/plain": whole }))],
  [
    "DataFrame 300 × 2",
    partOf(value({ "text/html": `<small>shape: (300, 2)</small>${frame(2, 2)}` })),
  ],
  [
    "list of 5000: [ 0, 1,\n 2, 3]",
    partOf(
      value({ "text/plain": "[ 0,  1,\n  2,  3]" }, "x\n", {
        "text/plain": { type: "list", length: 5000 },
      }),
    ),
  ],
  ["Series 2, int64", partOf(value({ "text/plain": "0    1\n1    2\nName: x, dtype: int64" }))],
  ["Series 99, float64", partOf(value({ "text/plain": "0  1\n..\nLength: 99, dtype: float64" }))],
  ["A title\n\nSome text", partOf(value({ "text/markdown": "\n# A title\n\nSome text" }))],
  ["x", partOf(value({ "text/html": "<b>x</b>" }))],
  ["HTML", partOf(value({ "text/html": "<b>x</b>", "text/plain": "<folium.Map at 0x7f>" }))],
  [
    "Figure",
    partOf(
      value({ "text/html": "<script>Plotly.newPlot()</script>", "text/plain": "<plotly at 0x7f>" }),
    ),
  ],
  ["a/b", partOf(value({ "a/b": 1 }, ""))],
  ["", cut],
])("is told as %j", (gist, part) => {
  expect(wordsOf(part).gist(part)).toBe(gist);
});

it("shows nothing for the place of a later update, and something for any other", () => {
  const isVisible = (part: Part) => kindOf(part).isVisible(part);
  const place = { type: "display", text: "", data: { "text/plain": "" }, metadata: {} } as const;
  expect(isVisible(partOf({ ...place, displayId: "later" }))).toBe(false);
  expect(isVisible(partOf(place))).toBe(true);
  expect(isVisible(partOf(value({ "text/plain": "" }, "")))).toBe(true);
  expect(isVisible(partOf(value({ "text/html": "<hr>" }, "")))).toBe(true);
  expect(isVisible(partOf({ ...error, text: "" }))).toBe(true);
  expect(isVisible(cut)).toBe(true);
});

it("exports what is missing as a line of text, and its end", () => {
  expect(wordsOf(cut).export(cut)).toEqual({
    type: "stderr",
    text: "[12 bytes were left out here]\nend",
  });
});
