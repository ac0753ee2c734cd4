import { describe, expect, it } from "vitest";
import { gapSpaced, padBelow, stack } from "../../labextension/src/editor/geometry";
import type { Content } from "../../labextension/src/editor/content";
import type { Output } from "../../labextension/src/protocol";
import { estimateHeight } from "../../labextension/src/results/estimate";
import { applyEvents, Results } from "../../labextension/src/results/results";
import { capsOf, fitFigure } from "../../labextension/src/results/caps";
import { countLines, keepsLines } from "../../labextension/src/results/wrapping";

const line = 20;

describe("spaced", () => {
  const spaced = (offsets: number[], heights: number[], code: number) =>
    stack("spaced", offsets, heights, code, line);

  it("needs no room for a result as high as its code", () => {
    expect(spaced([0], [60], 60)).toEqual({ tops: [0], spacer: 0 });
  });
  it("makes room for a higher one, and a gap", () => {
    expect(spaced([0], [100], 60)).toEqual({ tops: [0], spacer: 40 + gapSpaced });
  });
  it("stacks results of statements that share a line", () => {
    expect(spaced([0, 0], [20, 40], 20)).toEqual({ tops: [0, 20], spacer: 40 + gapSpaced });
  });
  it("keeps a later result at its own line where there is room", () => {
    expect(spaced([0, 40], [20, 20], 60)).toEqual({ tops: [0, 40], spacer: 0 });
  });
  it("gives no room to what has no height", () => {
    expect(spaced([0, 0], [0, 20], 20)).toEqual({ tops: [0, 0], spacer: 0 });
  });
});

describe("below", () => {
  const below = (heights: number[], code: number) =>
    stack(
      "below",
      heights.map(() => 0),
      heights,
      code,
      line,
    );
  const { before, after } = padBelow;

  it("puts a result under its code", () => {
    expect(below([50], 60)).toEqual({ tops: [60 + before], spacer: before + 50 + after });
  });
  it("puts results of a shared line under each other", () => {
    expect(below([20, 30], 20)).toEqual({
      tops: [20 + before, 40 + 2 * before],
      spacer: 50 + 2 * before + after,
    });
  });
  it("puts a clock alone at the end of the code", () => {
    expect(below([0], 60)).toEqual({ tops: [40], spacer: 0 });
  });
});

describe("an estimate", () => {
  const caps = { cap: 8 * line, figureCap: 15 * line };
  const metrics = { lineHeight: line, columns: 40, width: 400, ...caps };
  const of = (...outputs: Output[]) => estimateHeight(shown(...outputs), metrics);
  const shown = (...outputs: Output[]): Content => {
    const run = "r";
    const results = applyEvents(Results.empty, [
      {
        type: "plan",
        run,
        statements: [{ nodeIndex: 0, lineStart: 1, lineEnd: 1, isExpr: true, source: "x" }],
      },
      ...outputs.map(output => ({ type: "output" as const, run, nodeIndex: 0, output })),
    ]);
    const outcome = results.get(run, 0)!;
    return { ...outcome, outcome, isEarlier: false };
  };
  const bundle = (data: Record<string, unknown>, metadata = {}): Output => ({
    type: "display",
    text: "x\n",
    data,
    metadata,
  });

  it("counts lines, and those that wrap", () => {
    expect(of({ type: "stdout", text: "a\nb\n" })).toBe(2 * line);
    expect(of({ type: "stdout", text: "x".repeat(41) })).toBe(2 * line);
    expect(countLines("", 40)).toBe(1);
  });
  it("never wraps a table, however wide", () => {
    const columns = (count: number, row: number) =>
      Array.from({ length: count }, (_, at) => String(at * row * 37).padStart(8)).join("");
    const rows = Array.from({ length: 5 }, (_, row) => `${row}${columns(40, row)}`);
    expect(keepsLines(rows.join("\n"))).toBe(true);
    expect(keepsLines(`${rows.join("\n")}\n\n[5 rows x 40 columns]`)).toBe(true);
    // In linear time: as a loop prints that goes on.
    expect(keepsLines(`first\n${".".repeat(190_000)}`)).toBe(false);
    const numbers = Array.from({ length: 6 }, (_, row) =>
      Array.from({ length: 60 }, (_, at) => `${at * row}`.padStart(3)).join(","),
    );
    expect(keepsLines(numbers.map(each => each.replaceAll(",", ", ")).join("\n"))).toBe(true);
    const line = "─".repeat(180);
    expect(keepsLines(`┌${line}┐\n│ a${" ".repeat(178)}│\n└${line}┘`)).toBe(true);
    const words = "some words that one reads as they come, in a line too long for a window";
    const prose = [0, 1, 2, 3, 4].map(at => `${words.slice(at * 7)} `.repeat(4).slice(0, 200 + at));
    expect(keepsLines(prose.join("\n"))).toBe(false);
    expect(keepsLines("x".repeat(500))).toBe(false);
  });
  it("knows that of much text the head is shown, unless it is shown whole", () => {
    const text: Output = { type: "stdout", text: "a\n".repeat(1e5) };
    expect(of(text)).toBe(caps.cap);
    expect(of({ ...text, text: "a\n".repeat(5) }, { type: "stderr", text: "b\n".repeat(5) })).toBe(
      caps.cap,
    );
    expect(estimateHeight(shown(text), metrics, true)).toBe(1e5 * line);
  });
  it("lets a figure be higher than text, and shows one that is too high at a smaller size", () => {
    const figure = (height: number) => bundle({ "image/png": "AAAA" }, { width: 100, height });
    expect(of(figure(200))).toBe(200);
    expect(of(figure(900))).toBe(caps.figureCap);
    expect(of({ type: "stdout", text: "a caption\n" }, figure(900))).toBe(line + 4 + 11 * line);
    expect(estimateHeight(shown(figure(900)), metrics, true)).toBe(900);
  });
  it("takes the size of an image from its metadata or its first bytes", () => {
    const png = "iVBORw0KGgoAAAANSUhEUgAAASwAAADICAYAAABS39xVAAAAAXNSR0IArs4c6QAAAARnQU1BAACx";
    expect(of(bundle({ "image/png": png }))).toBe(200);
    expect(of(bundle({ "image/png": png }, { width: 150, height: 100 }))).toBe(100);
    expect(of(bundle({ "image/png": png }, { "image/png": { width: 600 } }))).toBe(400 * (2 / 3));
  });
  it("counts the rows of a table", () => {
    expect(of(bundle({ "text/html": "<table><tr></tr><tr></tr><tr></tr></table>" }))).toBe(
      3 * line,
    );
  });
});

describe("the cap of a result", () => {
  it("is a quarter of the editor, for figures two fifths, in whole lines", () => {
    expect(capsOf(800, 20, 0)).toEqual({ cap: 200, figureCap: 320 });
    expect(capsOf(819, 20, 0)).toEqual({ cap: 200, figureCap: 320 });
  });
  it("leaves some lines in a low editor", () => {
    expect(capsOf(100, 20, 0)).toEqual({ cap: 120, figureCap: 200 });
  });
  it("is what the user has set", () => {
    expect(capsOf(800, 20, 5)).toEqual({ cap: 100, figureCap: 320 });
    expect(capsOf(800, 20, 100)).toEqual({ cap: 2000, figureCap: 2000 });
  });
  it("shrinks a figure as long as it can be read, and shows the head of a higher one", () => {
    expect(fitFigure(640, 480, 240)).toEqual({ width: 320, height: 240, isHead: false });
    expect(fitFigure(200, 3000, 240)).toEqual({ width: 200, height: 240, isHead: true });
  });
});
