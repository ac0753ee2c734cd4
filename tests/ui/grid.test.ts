// The pure parts of a grid: its pages, scroll positions, selection, widths, text and code.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TableColumn, TablePage, TableRowsParams } from "../../labextension/src/protocol";
import { asCode } from "../../labextension/src/results/grid/code";
import { Hold } from "../../labextension/src/results/grid/hold";
import { Pages, pageRows } from "../../labextension/src/results/grid/pages";
import { sizeOf, viewOf } from "../../labextension/src/results/grid/said";
import { Scroll } from "../../labextension/src/results/grid/scroll";
import { Selection } from "../../labextension/src/results/grid/selection";
import { headLines, rowsInView } from "../../labextension/src/results/grid/sizes";
import { columnsOf, KeptStates, type GridState } from "../../labextension/src/results/grid/state";
import {
  allRows,
  selectedText,
  someRows,
  tabSeparated,
} from "../../labextension/src/results/grid/texts";
import type { View } from "../../labextension/src/results/grid/view";
import { Widths } from "../../labextension/src/results/grid/widths";
import { tableOf, tableType, withoutTable, type Table } from "../../labextension/src/results/table";

const column = (name: string, texts: string[], missing: number[] = []): TableColumn => ({
  name,
  type: "int64",
  isNumber: true,
  key: `'${name}'`,
  texts,
  missing,
});

/// Cells "row:column".
function page(start: number, columnStart: number, rows: number, columns: number): TablePage {
  const at = Array.from({ length: rows }, (_, row) => start + row);
  return {
    start,
    columnStart,
    columns: Array.from({ length: columns }, (_, index) =>
      column(
        `c${columnStart + index}`,
        at.map(row => `${row}:${columnStart + index}`),
        [1],
      ),
    ),
    labels: [at.map(row => `r${row}`)],
  };
}

describe("pages", () => {
  it("has the cells and labels that were added, and asks for the others in view", () => {
    const pages = new Pages(1000, 50);
    expect(pages.wanted(0, 30, 0, 5)).toEqual({
      start: 0,
      count: pageRows,
      columnStart: 0,
      columnCount: 5,
    });
    pages.add(page(0, 0, 40, 20));
    // The first screen is a part of a page.
    expect(pages.wanted(0, 40, 0, 20)).toBeNull();
    expect(pages.wanted(0, 41, 0, 20)).toMatchObject({ start: 0, columnStart: 0 });
    expect(pages.wanted(0, 40, 0, 21)).toMatchObject({ start: 0, columnStart: 20 });
    expect(pages.cell(3, 4)).toEqual({ text: "3:4", isMissing: false });
    expect(pages.cell(1, 4)).toEqual({ text: "1:4", isMissing: true });
    expect(pages.cell(41, 4)).toBeNull();
    expect(pages.texts([0, 1], [4, 5])).toEqual([
      ["0:4", "0:5"],
      ["", ""],
    ]);
    expect(pages.texts([39, 40], [4, 4])).toBeNull();
    expect(pages.labels(39, 30)).toEqual(["r39"]);
    expect(pages.labels(40, 0)).toBeNull();
  });

  it("takes several pages at once, and never the smaller for the larger", () => {
    const pages = new Pages(1000, 45);
    pages.add(page(100, 20, 200, 25));
    expect(pages.cell(250, 44)!.text).toBe("250:44");
    expect(pages.wanted(100, 300, 20, 45)).toBeNull();
    pages.add(page(100, 20, 10, 5));
    expect(pages.cell(150, 30)!.text).toBe("150:30");
  });

  it("asks once for all pages of rows in view, of the columns that lack one", () => {
    const pages = new Pages(1e6, 50);
    expect(pages.wanted(5_090, 5_120, 3, 9)).toEqual({
      start: 5000,
      count: 2 * pageRows,
      columnStart: 3,
      columnCount: 6,
    });
    pages.add(page(5000, 3, 200, 6));
    expect(pages.wanted(5_090, 5_120, 3, 9)).toBeNull();
    // The columns on both sides, those that are known left out.
    expect(pages.wanted(5_090, 5_120, 0, 20)).toMatchObject({ columnStart: 0, columnCount: 3 });
    pages.add(page(5000, 0, 200, 3));
    expect(pages.wanted(5_090, 5_120, 0, 20)).toMatchObject({ columnStart: 9, columnCount: 11 });
    expect(pages.wanted(5_190, 5_210, 0, 9)).toMatchObject({ start: 5200, count: pageRows });
    expect(pages.labels(5_100, 0)).toEqual(["r5100"]);
    expect(pages.labels(5_200, 0, 9)).toBeNull();
    expect(pages.hasAny(5_190, 5_210, 8, 12)).toBe(true);
    expect(pages.hasAny(5_200, 5_210, 0, 9)).toBe(false);
    expect(pages.hasAny(5_190, 5_200, 9, 12)).toBe(false);
  });

  it("has labels of rows of which only other columns than the first are known", () => {
    const pages = new Pages(1000, 50);
    pages.add(page(300, 7, 100, 2));
    expect(pages.labels(310, 5, 9)).toEqual(["r310"]);
    expect(pages.labels(310, 9, 12)).toBeNull();
    // Of the first column fewer rows may be known.
    pages.add(page(300, 0, 40, 1));
    expect(pages.labels(350, 5, 9)).toEqual(["r350"]);
    expect(pages.labels(310, 9, 12)).toEqual(["r310"]);
  });

  it("keeps what was used last", () => {
    const pages = new Pages(1e6, 20);
    pages.add(page(0, 0, 100, 20));
    for (let start = 100; start < 100 * 220; start += 100) {
      pages.wanted(0, 10, 0, 20);
      pages.add(page(start, 0, 100, 20));
    }
    expect(pages.cell(5, 0)!.text).toBe("5:0");
    expect(pages.cell(105, 0)).toBeNull();
  });
});

describe("scrolling", () => {
  it("is the browser's where all rows fit into an element", () => {
    const scroll = new Scroll(1000, 20);
    expect(scroll.height).toBe(20_000);
    scroll.follow(515, 200);
    expect([scroll.top, scroll.place(25)]).toEqual([515, 500]);
  });

  it("reaches each row of a billion, and moves by as much as the wheel does", () => {
    const [room, rows] = [200, 1e9];
    const scroll = new Scroll(rows, 20);
    expect(scroll.height).toBeLessThan(17_000_000);
    // By the bar.
    scroll.follow(scroll.height - room, room);
    expect(scroll.top).toBe(rows * 20 - room);
    const middle = scroll.go((rows / 2) * 20, room);
    scroll.follow(middle + 40, room);
    expect(scroll.top).toBe((rows / 2) * 20 + 40);
    // What is in view stands where it is seen.
    expect(scroll.place(rows / 2 + 2) - (middle + 40)).toBe(0);
    expect(scroll.go(1e30, room)).toBe(scroll.height - room);
    expect(scroll.go(-5, room)).toBe(0);
  });

  it("shows a row by the least movement", () => {
    const scroll = new Scroll(1000, 20);
    expect(scroll.show(5, 200)).toBe(0);
    expect(scroll.show(10, 200)).toBe(20);
    expect(scroll.show(500, 200)).toBe(501 * 20 - 200);
    expect(scroll.show(495, 200)).toBe(501 * 20 - 200);
    expect(scroll.show(3, 200)).toBe(60);
  });
});

describe("selection", () => {
  it("is a rectangle between two cells, and none in the head", () => {
    const selection = new Selection();
    expect(selection.range).toBeNull();
    selection.go({ row: 5, column: 2 });
    selection.go({ row: 3, column: 4 }, true);
    expect(selection.range).toEqual({ rows: [3, 5], columns: [2, 4] });
    expect([selection.has(4, 3), selection.has(4, 5), selection.has(6, 3)]).toEqual([
      true,
      false,
      false,
    ]);
    selection.go({ row: -1, column: 4 });
    expect(selection.range).toBeNull();
  });

  it.each([
    ["ArrowDown", false, { row: 6, column: 2 }],
    ["ArrowDown", true, { row: 99, column: 2 }],
    ["ArrowUp", true, { row: 0, column: 2 }],
    ["PageUp", false, { row: 0, column: 2 }],
    ["PageDown", false, { row: 15, column: 2 }],
    ["End", false, { row: 5, column: 9 }],
    ["Home", true, { row: 0, column: 0 }],
    ["End", true, { row: 99, column: 9 }],
    ["x", false, null],
  ] as const)("moves by %s, with Ctrl: %s", (key, isFar, place) => {
    const selection = new Selection();
    selection.go({ row: 5, column: 2 });
    expect(selection.moved(key, 100, 10, 10, isFar)).toEqual(place);
  });

  it("goes into the head above the first row, and begins at the first cell", () => {
    const selection = new Selection();
    expect(selection.moved("ArrowDown", 100, 10, 10, false)).toEqual({ row: 0, column: 0 });
    expect(selection.moved("a", 100, 10, 10, false)).toBeNull();
    selection.go({ row: 0, column: 3 });
    expect(selection.moved("ArrowUp", 100, 10, 10, false)).toEqual({ row: -1, column: 3 });
    // No rows are left by a filter.
    expect(new Selection().moved("ArrowDown", 0, 10, 10, false)).toEqual({ row: -1, column: 0 });
  });
});

describe("widths", () => {
  it("finds the column at a distance, after the user has set one", () => {
    const widths = new Widths(10_000);
    const unknown = widths.of(0);
    expect(widths.at(unknown * 3 + 1)).toBe(3);
    widths.set(1, 200.4);
    expect([widths.of(1), widths.start(2), widths.at(unknown + 199)]).toEqual([
      200,
      unknown + 200,
      1,
    ]);
    expect(widths.whole).toBe(unknown * 9999 + 200);
    expect(widths.at(1e9)).toBe(9999);
    expect(widths.at(-1)).toBe(0);
    widths.set(1, 2);
    expect(widths.of(1)).toBeGreaterThan(20);
    expect([...widths.chosen.keys()]).toEqual([1]);
  });
});

describe("rows before", () => {
  const held = () => {
    const ended = vi.fn();
    return { ended, hold: new Hold(ended) };
  };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("stay until a cell that is gone to is known, for a moment at most", () => {
    const { ended, hold } = held();
    expect([hold.keeps(true, true), hold.keeps(false, true), hold.keeps(false, true)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(hold.keeps(true, true)).toBe(false);
    vi.runAllTimers();
    expect(ended).not.toHaveBeenCalled();
    hold.keeps(false, true);
    vi.runAllTimers();
    expect(ended).toHaveBeenCalledTimes(1);
    // Those that are unknown are drawn now: the next ones too, until some are known.
    expect([hold.keeps(false, true), hold.keeps(true, true), hold.keeps(false, true)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("do not stay for what is not asked", () => {
    const { hold } = held();
    expect([hold.keeps(false, false), hold.keeps(false, true)]).toEqual([false, false]);
  });

  it("follow what is scrolled, and tell that from where keys go", () => {
    const { hold } = held();
    hold.draw({ top: 40, left: 90 }, { top: 50, left: 100 });
    expect(hold.placeIn({ top: 500, left: 100 })).toEqual({ top: 490, left: 90 });
    expect(hold.isMoved({ top: 500, left: 100 })).toBe(false);
    hold.from = { top: 50, left: 100 };
    expect(hold.isMoved({ top: 50.4, left: 100 })).toBe(false);
    expect(hold.isMoved({ top: 52, left: 100 })).toBe(true);
  });
});

const table: Table = {
  id: "run.1",
  kind: "DataFrame",
  library: "pandas",
  rows: 50,
  columns: 2,
  levels: [""],
  page: {
    start: 0,
    columnStart: 0,
    columns: [column("a", ["1"]), column("b\nc", ["2"])],
    labels: [["0"]],
  },
};

it("is as high as its rows, or as whole ones fit", () => {
  expect(headLines(table)).toBe(3);
  expect(rowsInView(table, 20, 320, 80)).toBe(12);
  expect(rowsInView({ ...table, rows: 4 }, 20, 320, 80)).toBe(4);
  expect(rowsInView(table, 20, 10, 80)).toBe(3);
});

it("is in a bundle only for those who can ask", () => {
  const data = { "text/plain": "x", [tableType]: table };
  expect(tableOf(data)).toBe(table);
  expect(withoutTable(data)).toEqual({ "text/plain": "x" });
  expect(tableOf({ [tableType]: { error: "why" } })).toBeNull();
});

describe("what is kept of a grid", () => {
  const state = (row: number): GridState => ({
    columns: columnsOf(table),
    view: { sort: null, filters: [] },
    row,
    left: 0,
    active: null,
    widths: new Map(),
  });

  it("is for the next table in its place with the same columns", () => {
    const kept = new KeptStates();
    const [first, second] = [{ state: state(1) }, { state: state(2) }];
    kept.set("1 0", first);
    expect(kept.of("1 0", { ...table, id: "run.2", rows: 3 })?.row).toBe(1);
    expect(kept.of("1 1", table)).toBeNull();
    expect(kept.of("1 0", { ...table, columns: 3 })).toBeNull();
    kept.set("1 0", second);
    // The one before ends when the next is there.
    kept.end("1 0", first);
    expect(kept.of("1 0", table)?.row).toBe(2);
    kept.end("1 0", second);
    second.state = state(5);
    expect(kept.of("1 0", table)?.row).toBe(2);
  });
});

describe("text", () => {
  it("has tabs between cells, and quotes what has some", () => {
    expect(
      tabSeparated([
        ["a", "b\tc"],
        ['"', ""],
      ]),
    ).toBe('a\t"b\tc"\n""""\t');
  });

  it("comes in pieces, or not, and why", async () => {
    const asked = { id: "x", sort: null, filters: [] };
    const host = (...answers: unknown[]) => ({ query: async () => answers.shift() as never });
    const told: number[] = [];
    const pieces = await allRows(
      host(
        { found: true, text: "a\n", next: 1, total: 2 },
        { found: true, text: "b\n", next: 0, total: 2 },
      ),
      asked,
      false,
      100,
      rows => told.push(rows),
    );
    expect([pieces.join(""), told]).toEqual(["a\nb\n", [1, 2]]);
    const failing = (...answers: unknown[]) => allRows(host(...answers), asked, false, 3, () => {});
    await expect(failing(null)).rejects.toThrow("does not answer");
    await expect(failing({ found: false })).rejects.toThrow("no longer has this table");
    await expect(failing({ found: true, error: "No." })).rejects.toThrow("No.");
    await expect(failing({ found: true, text: "long" })).rejects.toThrow("too much");
  });
});

describe("what is said", () => {
  const filters = (...all: View["filters"][number][]): View => ({ sort: null, filters: all });

  it("is the size, and how many rows pass the filters", () => {
    const frame = { kind: "DataFrame", rows: 1000, columns: 1 };
    expect(sizeOf(frame, filters(), 1000)).toBe("1,000 rows × 1 column");
    const filter = { column: 0, operator: "missing" } as const;
    expect(sizeOf(frame, filters(filter), 1)).toBe("1 of 1,000 rows × 1 column");
    expect(sizeOf({ ...frame, kind: "Series" }, filters(), 1000)).toBe("1,000 rows");
    expect(sizeOf({ ...frame, hasMore: true }, filters(filter), 1)).toBe(
      "1 of the first 1,000 rows × 1 column",
    );
  });

  it("is the sort and the filters, by the names of their columns", () => {
    const view = filters(
      { operator: "contains", value: "x" },
      { column: 1, operator: "missing" },
      { column: 1, operator: "present" },
      { column: 2, operator: "contains", value: "y" },
      { column: 2, operator: "<=", value: "3" },
    );
    const said = viewOf({ ...view, sort: { column: 2, descending: true } }, at => `c${at}`);
    expect(said).toEqual([
      "sorted by c2, descending",
      "with “x”",
      "c1 missing",
      "c1 not missing",
      "c2 contains y",
      "c2 <= 3",
    ]);
    const [up] = viewOf({ sort: { column: 0, descending: false }, filters: [] }, String);
    expect(up).toBe("sorted by 0");
  });
});

describe("cells of a range", () => {
  const asked = { id: "x", sort: null, filters: [] };
  const failing = (answer: unknown) =>
    someRows({ query: async () => answer as never }, asked, [0, 0], [0, 1]);

  it("come in parts, of rows and of columns", async () => {
    const questions: number[][] = [];
    const text = await someRows(
      {
        query: async (_, params) => {
          const { start, count, columnStart, columnCount } =
            params as never as Required<TableRowsParams>;
          questions.push([start, count, columnStart, columnCount]);
          // No more than two rows at a time.
          return {
            found: true,
            page: page(start, columnStart, Math.min(2, count), columnCount),
          } as never;
        },
      },
      asked,
      [4, 6],
      [10, 1210],
    );
    expect(questions).toEqual([
      [4, 3, 10, 1000],
      [4, 2, 1010, 201],
      [6, 1, 10, 1000],
      [6, 1, 1010, 201],
    ]);
    const rows = text.split("\n").map(row => row.split("\t"));
    expect(rows.map(({ length }) => length)).toEqual([1201, 1201, 1201]);
    expect([rows[0]![0], rows[0]![1200], rows[1]![5], rows[2]![1000]]).toEqual([
      "4:10",
      "4:1210",
      "",
      "6:1010",
    ]);
  });

  it("come in full, where the view has cut one", async () => {
    const whole = "long ".repeat(200);
    const texts = [`${whole.slice(0, 499)}…`, "b"];
    const pages = new Pages(2, 1);
    pages.add({ ...page(0, 0, 2, 1), columns: [column("a", texts)] });
    const of = (row: number, answer: unknown) =>
      selectedText(
        {
          query: async (_, params) =>
            ((params as never as { isWhole: boolean }).isWhole ? answer : null) as never,
        },
        asked,
        { rows: [row, 1], columns: [0, 0] },
        pages,
      );
    const answer = {
      found: true,
      page: { ...page(0, 0, 2, 1), columns: [column("a", [whole, "b"])] },
    };
    expect(await of(0, answer)).toBe(`${whole}\nb`);
    expect(await of(1, null)).toBe("b");
    // When the kernel is gone.
    expect(await of(0, { found: false })).toBe(texts.join("\n"));
  });

  it("do not come, and why", async () => {
    await expect(failing(null)).rejects.toThrow("does not answer");
    await expect(failing({ found: false })).rejects.toThrow("no longer has this table");
    await expect(failing({ found: true, error: "No." })).rejects.toThrow("No.");
    await expect(failing({ found: true, page: page(0, 0, 1, 1) })).rejects.toThrow("other columns");
    await expect(failing({ found: true, page: page(0, 0, 0, 2) })).rejects.toThrow("other rows");
    await expect(someRows({ query: null! }, asked, [0, 200], [0, 999])).rejects.toThrow("too much");
  });
});

describe("as code", () => {
  const types = [
    { type: "int64", isNumber: true, key: "'a'", literal: "number" },
    { type: "str", isNumber: false, key: "'b c'", literal: "text" },
    { type: "bool", isNumber: false, key: "2", literal: "flag" },
    { type: "object", isNumber: false, key: null, literal: "text" },
    { type: "Date", isNumber: false, key: "'day'", literal: "" },
    { type: "datetime64[us]", isNumber: false, key: "'when'", literal: "text" },
    { type: "category", isNumber: false, key: "'kind'", literal: "" },
    { type: "object", isNumber: false, key: "'old'", literal: "number" },
    { type: "Float64", isNumber: true, key: "'null'", literal: "number" },
  ];
  const code = (source: string, view: Partial<View>, of = "pandas.DataFrame", imports = "") => {
    const [library, kind] = of.split(".") as [string, string];
    const whole = { sort: null, filters: [], ...view };
    return asCode({ library, kind }, source, whole, at => (types[at] as never) ?? null, imports);
  };
  const sort = { column: 0, descending: true };

  it.each([
    ["df", { sort }, `df.sort_values('a', ascending=False, kind="stable")`],
    ["df", { filters: [{ column: 1, operator: "=", value: 'x"y' }] }, `df[df['b c'] == 'x"y']`],
    [
      "a + b",
      { filters: [{ column: 0, operator: ">=", value: " 5 " }] },
      `(a + b).loc[lambda d: d['a'] >= 5]`,
    ],
    [
      "f(x).y",
      {
        filters: [
          { column: 2, operator: "=", value: "true" },
          { column: 0, operator: "missing" },
        ],
        sort: { column: 1, descending: false },
      },
      `f(x).y.loc[lambda d: (d[2] == True) & d['a'].isna()].sort_values('b c', kind="stable")`,
    ],
    [
      "df",
      { filters: [{ column: 0, operator: "contains", value: "A" }] },
      `df[df['a'].astype(str).str.contains("A", case=False, regex=False, na=False)]`,
    ],
    ["df", { filters: [{ column: 5, operator: "<", value: "2024" }] }, `df[df['when'] < "2024"]`],
    // Numbers for the kernel; not all are literals.
    ...[
      ["inf", 'float("inf")'],
      ["-Infinity", 'float("-Infinity")'],
      ["nan", 'float("nan")'],
      ["007", "7"],
      ["-0", "-0"],
      ["1__000", "1000"],
      ["1,234,567.8", "1234567.8"],
      ["-1'000", "-1000"],
      ["1,2", 'float("1,2")'],
      [".5", ".5"],
      ["1.", "1."],
      ["01.5e-3", "01.5e-3"],
      ["\u0663", 'float("\u0663")'],
    ].map(
      ([value, written]) =>
        [
          "df",
          { filters: [{ column: 0, operator: "<", value }] },
          `df[df['a'] < ${written}]`,
        ] as const,
    ),
    [
      "f({'a': (1, ')')})[0].g(x)",
      { sort },
      `f({'a': (1, ')')})[0].g(x).sort_values('a', ascending=False, kind="stable")`,
    ],
    ["-f(x)", { sort }, `(-f(x)).sort_values('a', ascending=False, kind="stable")`],
    ["f(x) + [1]", { sort }, `(f(x) + [1]).sort_values('a', ascending=False, kind="stable")`],
    // What is missing is unequal to nothing, as in the grid.
    [
      "df",
      { filters: [{ column: 5, operator: "!=", value: "2024" }] },
      `df[(df['when'] != "2024") & df['when'].notna()]`,
    ],
    ["df", { filters: [{ column: 8, operator: "!=", value: "5" }] }, `df[df['null'] != 5]`],
    ["df", { filters: [{ column: 7, operator: "=", value: "5" }] }, `df[df['old'] == 5]`],
    // No literal stands for it, or `str` says it in other words than its cell.
    ["df", { filters: [{ column: 6, operator: "=", value: "5" }] }, null],
    ["df", { filters: [{ column: 6, operator: "contains", value: "5" }] }, null],
    ["df", { filters: [{ column: 7, operator: "contains", value: "5" }] }, null],
    ["df", { filters: [{ column: 6, operator: "missing" }] }, `df[df['kind'].isna()]`],
    // What has no name in code, and what looks in all columns.
    ["df", { filters: [{ column: 3, operator: "missing" }] }, null],
    ["df", { filters: [{ column: null, operator: "contains", value: "x" }] }, null],
    ["df", { sort: { column: 3, descending: false } }, null],
    ["", { sort }, null],
    ["df", {}, null],
  ] as const)("of pandas: %s", (source, view, line) => {
    expect(code(source, view as Partial<View>)).toBe(line);
  });

  it.each([
    [[{ column: 0, operator: "!=", value: "5" }], `.filter("a != 5")`],
    [[{ column: 0, operator: "<", value: "-Infinity" }], `.filter("a < '-infinity'::DOUBLE")`],
    [
      [{ column: 1, operator: "=", value: `it's "x"` }],
      String.raw`.filter("\"b c\" COLLATE C = 'it''s \"x\"'")`,
    ],
    [[{ column: 1, operator: "missing" }], `.filter('"b c" IS NULL')`],
    [
      [{ column: 1, operator: "contains", value: "A'" }],
      String.raw`.filter("contains(lower(\"b c\" COLLATE C), lower('A'''))")`,
    ],
    [
      [
        { column: 0, operator: "contains", value: "1" },
        { column: 2, operator: "=", value: "1" },
      ],
      `.filter("contains(lower(a::VARCHAR), lower('1')) AND flag = true")`,
    ],
    [[{ column: 4, operator: ">=", value: " 2024-01-02 " }], `.filter("day >= '2024-01-02'")`],
    [[{ column: 5, operator: "=", value: "b" }], `.filter("kind::VARCHAR COLLATE C = 'b'")`],
    // What is no number in SQL, has no name or no order, or another text than its cells.
    [[{ column: 0, operator: "<", value: "nan" }], null],
    [[{ column: 3, operator: "missing" }], null],
    [[{ column: 4, operator: "<", value: "2024-01-02T10" }], null],
    [[{ column: 6, operator: "contains", value: "1" }], null],
    [[{ column: null, operator: "contains", value: "x" }], null],
  ] as const)("of DuckDB: %j", (filters, line) => {
    const columns: Record<number, { type: string; isNumber: boolean; key: string }> = {
      0: { type: "BIGINT", isNumber: true, key: "a" },
      1: { type: "VARCHAR", isNumber: false, key: '"b c"' },
      2: { type: "BOOLEAN", isNumber: false, key: "flag" },
      3: { type: "BIGINT", isNumber: true, key: "" },
      4: { type: "DATE", isNumber: false, key: "day" },
      5: { type: "ENUM('a', 'b')", isNumber: false, key: "kind" },
      6: { type: "INTEGER[]", isNumber: false, key: "list" },
    };
    const table = { library: "duckdb", kind: "DuckDBPyRelation" };
    const of = (view: Partial<View>) =>
      asCode(table, "rel", { sort: null, filters: [], ...view }, at => columns[at] as never);
    expect(of({ filters })).toBe(line && `rel${line}`);
    expect(of({ sort: { column: 5, descending: true } })).toBe(
      `rel.order("kind::VARCHAR COLLATE C DESC NULLS LAST")`,
    );
    expect(of({ sort: { column: 6, descending: true } })).toBeNull();
  });

  it("of a series, polars, and what has no writer", () => {
    expect(code("s", { sort }, "pandas.Series")).toBe(
      `s.sort_values(ascending=False, kind="stable")`,
    );
    const few = { filters: [{ column: 0, operator: ">", value: "5" }], sort } as Partial<View>;
    expect(code("df", few, "polars.DataFrame", "import polars as pl\n")).toBe(
      "df.filter(pl.col('a') > 5).sort('a', descending=True, nulls_last=True)",
    );
    expect(code("df", { filters: [{ column: 1, operator: "missing" }] }, "polars.DataFrame")).toBe(
      "df.filter(polars.col('b c').is_null())",
    );
    expect(
      code("df", { filters: [{ column: 4, operator: "<", value: "2024" }] }, "polars.DataFrame"),
    ).toBeNull();
    for (const column of [4, 6]) {
      const filters = [{ column, operator: "contains", value: "2" }] as const;
      expect(code("df", { filters }, "polars.DataFrame")).toBeNull();
    }
    expect(code("a", { sort }, "numpy.ndarray")).toBeNull();
  });
});
