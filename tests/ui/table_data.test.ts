// What a grid knows of its table, and asks for: without an element.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TableRowsParams, TableRowsResult } from "../../labextension/src/protocol";
import { TableData, type InView } from "../../labextension/src/results/grid/table_data";
import {
  filteredBy,
  filterOf,
  plain,
  searched,
  searchedFor,
  sortedBy,
} from "../../labextension/src/results/grid/view";
import type { Table } from "../../labextension/src/results/table";

const columns = (start: number, count: number, rows: number, text: string) =>
  Array.from({ length: count }, (_, at) => ({
    name: `c${start + at}`,
    type: "int64",
    isNumber: true,
    texts: Array.from({ length: rows }, () => text),
    missing: [],
  }));
const answer = (
  { start = 0, count = 0, columnStart = 0, columnCount = 0 }: TableRowsParams,
  text = "new",
  total = 1000,
): TableRowsResult => ({
  found: true,
  total,
  page: { start, columnStart, columns: columns(columnStart, columnCount, count, text), labels: [] },
});
const table: Table = {
  id: "t",
  kind: "DataFrame",
  library: "pandas",
  rows: 1000,
  columns: 50,
  levels: [],
  page: { start: 0, columnStart: 0, columns: columns(0, 5, 40, "first"), labels: [] },
};
const inView = (row: number, column = 0): InView => ({
  seen: [row, row + 10],
  rows: [row, row + 10],
  columns: [column, column + 5],
});

/// A table's data with what has been asked, in order; `answer` gives the oldest question its answer.
function opened() {
  const asked: TableRowsParams[] = [];
  const waiting: ((given: unknown) => void)[] = [];
  const told = { said: 0, came: 0, shown: 0, errors: [] as string[] };
  let seen: InView | null = inView(0);
  const data = new TableData(
    table,
    {
      query: (_, params) => {
        asked.push(params as TableRowsParams);
        return new Promise(resolve => waiting.push(resolve as (given: unknown) => void));
      },
      say: text => told.errors.push(text),
    },
    {
      inView: () => seen,
      say: () => told.said++,
      came: () => {
        told.came++;
        if (seen) data.ask(seen);
      },
      shown: () => told.shown++,
    },
  );
  return {
    data,
    asked,
    told,
    look(at: InView | null) {
      seen = at;
      if (at) data.ask(at);
    },
    async answer(given: unknown) {
      waiting.shift()!(given);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the data of a table", () => {
  it("asks for what is in view and not known, one question at a time", async () => {
    const { asked, look, answer: give, data, told } = opened();
    look(inView(20));
    expect(asked).toEqual([]);
    look(inView(500));
    look(inView(700));
    expect(asked.map(({ start }) => start)).toEqual([500]);
    await give(answer(asked[0]!));
    // The rows that are in view by now.
    expect(asked.map(({ start }) => start)).toEqual([500, 700]);
    await give(answer(asked[1]!));
    expect(data.pages.cell(705, 3)?.text).toBe("new");
    expect([asked.length, told.came]).toEqual([2, 2]);
  });

  it("asks for columns beside the view once nothing moves, and again only after a movement", async () => {
    const { asked, look, answer: give, data } = opened();
    look(inView(200));
    await give(answer(asked[0]!));
    expect(asked.length).toBe(1);
    data.mayFill = true;
    look(inView(200));
    expect(asked[1]).toMatchObject({ start: 200, columnStart: 5, columnCount: 15 });
    await give({ found: true, error: "No." });
    look(inView(200));
    expect(asked.length).toBe(2);
    expect(data.said).toEqual([]);
  });

  it("keeps its view until the rows of another have come", async () => {
    const { asked, answer: give, data, told } = opened();
    const view = sortedBy(plain, 3);
    void data.show(view);
    expect([data.view, data.wanted]).toEqual([plain, view]);
    await give(answer(asked[0]!, "sorted"));
    expect([data.view, told.shown]).toEqual([view, 1]);
    expect(data.pages.cell(0, 0)?.text).toBe("sorted");
    void data.show(sortedBy(view, 3));
    await give({ found: true, error: "These cannot be compared." });
    expect([data.view, data.wanted, told.errors]).toEqual([
      view,
      view,
      ["These cannot be compared."],
    ]);
  });

  it("takes no rows of a view that is no longer shown", async () => {
    const { asked, look, answer: give, data } = opened();
    look(inView(500));
    void data.show(sortedBy(plain, 0));
    void data.show(sortedBy(plain, 1));
    const [rows, first, second] = asked;
    await give(answer(rows!, "old"));
    await give(answer(first!, "first"));
    await give(answer(second!, "second"));
    expect(data.view.sort?.column).toBe(1);
    expect(data.pages.cell(0, 0)?.text).toBe("second");
    expect(data.pages.cell(500, 0)).toBeNull();
  });

  it("says what fails, and asks no more than once a second", async () => {
    const { asked, look, answer: give, data, told } = opened();
    look(inView(500));
    await give(null);
    expect(data.said).toEqual(["The kernel does not answer."]);
    expect([asked.length, told.came]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.length).toBe(2);
    await give({ ...answer(asked[1]!), changed: true });
    expect(data.said).toEqual(["changed since it was shown"]);
    look(inView(900));
    await give({ found: false });
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked.length).toBe(3);
    expect(data.said.at(-1)).toBe("the kernel no longer has the other rows");
    void data.show(sortedBy(plain, 0));
    expect(asked.length).toBe(3);
  });

  it("asks for nothing where it has no place, and for nobody at its end", async () => {
    const { asked, look, answer: give, data, told } = opened();
    look(inView(500));
    look(null);
    await give(null);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.length).toBe(1);
    void data.show(sortedBy(plain, 0));
    expect(asked[1]).toMatchObject({ columnStart: 0, columnCount: 20 });
    data.end();
    await give(answer(asked[1]!));
    expect(told.shown).toBe(0);
  });

  it("shows its view anew where rows were added or removed", async () => {
    const { asked, look, answer: give, data, told } = opened();
    look(inView(500));
    await give(answer(asked[0]!, "new", 900));
    expect(asked[1]).toMatchObject({ start: 0, count: 100 });
    await give(answer(asked[1]!, "new", 900));
    expect([data.rows, told.shown]).toEqual([900, 1]);
  });

  it("says that it waits only when that takes long", async () => {
    const { asked, look, answer: give, data, told } = opened();
    look(inView(500));
    await vi.advanceTimersByTimeAsync(200);
    expect(data.said).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect([data.said, told.said]).toEqual([["computing…"], 1]);
    await give(answer(asked[0]!));
    expect(data.said).toEqual([]);
  });
});

describe("a view", () => {
  it("is sorted upwards, downwards, and not", () => {
    const up = sortedBy(plain, 2);
    const down = sortedBy(up, 2);
    expect([up.sort, down.sort, sortedBy(down, 2).sort]).toEqual([
      { column: 2, descending: false },
      { column: 2, descending: true },
      null,
    ]);
    expect(sortedBy(down, 1).sort).toEqual({ column: 1, descending: false });
  });

  it("has one filter a column, and one text that is searched for", () => {
    const few = searchedFor(filteredBy(plain, 1, { operator: "missing" }), "x");
    expect([filterOf(few, 1)?.operator, filterOf(few, 0), searched(few)]).toEqual([
      "missing",
      null,
      "x",
    ]);
    const other = filteredBy(searchedFor(few, "y"), 1, { operator: "=", value: "3" });
    expect(other.filters).toHaveLength(2);
    expect([filterOf(other, 1)?.value, searched(other)]).toEqual(["3", "y"]);
    expect(filteredBy(searchedFor(other, ""), 1, null)).toEqual(plain);
  });
});
