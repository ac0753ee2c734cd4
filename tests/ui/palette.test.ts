// What typed letters find in the palette.
import { describe, expect, it } from "vitest";
import { fuzzy } from "../../labextension/src/panels/fuzzy";

const TITLES = [
  "Run Statement and Advance",
  "Run Statement",
  "Run from the Top to Here",
  "Run All Statements",
  "Interrupt Kernel",
  "Restart Kernel…",
  "Restart Kernel and Run All Statements…",
  "Save",
  "Settings…",
  "Show All Commands",
];
const find = (query: string) =>
  TITLES.map(title => ({ title, fit: fuzzy(query, title) }))
    .filter(({ fit }) => fit)
    .sort((a, b) => b.fit!.score - a.fit!.score)
    .map(({ title }) => title);

describe("fuzzy", () => {
  it.each([
    ["rs", "Run Statement"],
    ["run st", "Run Statement"],
    ["runa", "Run All Statements"],
    ["all run", "Run All Statements"],
    ["rk", "Restart Kernel…"],
    ["restart all", "Restart Kernel and Run All Statements…"],
    ["save", "Save"],
    ["set", "Settings…"],
    ["INTERRUPT", "Interrupt Kernel"],
    ["top here", "Run from the Top to Here"],
  ])("finds by %s first of all %s", (query, title) => expect(find(query)[0]).toBe(title));

  it("finds everything by nothing, and nothing by what is not there", () => {
    expect(find("")).toHaveLength(TITLES.length);
    expect(find("  ")).toHaveLength(TITLES.length);
    for (const query of ["xyz", "savee", "run xyz", "evas"]) expect(find(query)).toEqual([]);
  });

  it("marks the letters that fit, each once, in order", () => {
    const marked = (query: string, text: string) =>
      fuzzy(query, text)!.marks.map(([from, to]) => text.slice(from, to));
    expect(marked("rs", "Run Statement")).toEqual(["R", "S"]);
    expect(marked("state run", "Run Statement")).toEqual(["Run", "State"]);
    expect(marked("run run", "Run Statement")).toEqual(["Run"]);
    expect(marked("", "Run Statement")).toEqual([]);
  });

  it("takes letters beside each other, where it can choose", () => {
    expect(fuzzy("all", "xaxlxl all")!.marks).toEqual([[7, 10]]);
  });

  it("is not confused by letters whose lower case is longer, or in two units", () => {
    expect(fuzzy("x", "İİx")!.marks).toEqual([[2, 3]]);
    expect(fuzzy("go", "🚀 Go")!.marks).toEqual([[3, 5]]);
  });
});
