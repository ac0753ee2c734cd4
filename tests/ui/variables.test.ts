// The panel of variables without its elements: which rows are asked for, what is opened, where rows stand.
import { describe, expect, it } from "vitest";
import type { Variable } from "../../labextension/src/protocol";
import { keyOf, pathOf } from "../../labextension/src/panels/opened";
import {
  bytesText,
  ROW_HEIGHT,
  VariablesModel,
  Window,
} from "../../labextension/src/panels/variables_model";

const name = (text: string, rest: Partial<Variable> = {}): Variable => ({
  name: text,
  type: "list",
  opens: true,
  ...rest,
});

const item = (above: string, index: number, rest: Partial<Variable> = {}): Variable => ({
  name: String(index),
  type: "int",
  depth: 1,
  path: [
    { kind: "name", name: above },
    { kind: "item", name: String(index), index },
  ],
  ...rest,
});

/// A model with an answer.
function model(variables: Variable[], offset = 0, total = variables.length) {
  const made = new VariablesModel();
  made.take({ offset }, { variables, total, names: total });
  return made;
}

describe("what is asked for", () => {
  it("is what is in view, and as much before and behind it", () => {
    const asked = new VariablesModel();
    expect(asked.params(0, 20)).toMatchObject({ offset: 0, limit: 60, sort: "name" });
    expect(asked.params(500, 20)).toMatchObject({ offset: 480, limit: 60 });
    expect(asked.params(0, 5_000)).toMatchObject({ limit: 2_000 });
  });

  it("has filter, order and what is opened", () => {
    const asked = model([name("xs"), name("ys")]);
    asked.words = "x";
    asked.sortBy("size");
    asked.toggleKind("modules");
    asked.toggle(asked.row(0)!);
    expect(asked.params(0, 1)).toMatchObject({
      words: "x",
      sort: "size",
      descending: true,
      modules: true,
      opened: [[{ kind: "name", name: "xs" }]],
    });
    asked.sortBy("size");
    asked.toggleKind("modules");
    expect(asked.params(0, 1).descending).toBe(false);
    expect(asked.params(0, 1).modules).toBeUndefined();
  });

  it("is asked again where rows in view are not known", () => {
    const asked = model([name("a"), name("b")], 10, 100);
    expect(asked.covers(10, 2)).toBe(true);
    expect(asked.covers(9, 2)).toBe(false);
    expect(asked.covers(11, 2)).toBe(false);
    expect(model([], 0, 0).covers(0, 20)).toBe(true);
  });
});

describe("what is opened", () => {
  it("stays so by its name, wherever it stands", () => {
    const opened = model([name("b"), name("a")]);
    expect(opened.toggle(opened.row(0)!)).toBe(true);
    opened.take({ offset: 0 }, { variables: [name("a"), name("b")], total: 2, names: 2 });
    expect(opened.isOpened(opened.row(1)!)).toBe(true);
    expect(opened.isOpened(opened.row(0)!)).toBe(false);
    // The name is gone for a while.
    opened.take({ offset: 0 }, { variables: [], total: 0, names: 0 });
    expect(opened.params(0, 1).opened).toHaveLength(1);
  });

  it("is closed with what is opened below it, and no more than that", () => {
    const rows = [name("x"), item("x", 1, { opens: true }), name("x1")];
    const opened = model(rows);
    for (const row of rows) opened.toggle(row);
    expect(opened.params(0, 1).opened).toHaveLength(3);
    opened.toggle(rows[0]!);
    expect(opened.params(0, 1).opened).toEqual([[{ kind: "name", name: "x1" }]]);
  });

  it("is not what has nothing below it, or a name that no question may have", () => {
    const opened = model([name("a", { opens: false }), name("x".repeat(1_001))]);
    expect(opened.toggle(opened.row(0)!)).toBe(false);
    expect(opened.toggle(opened.row(1)!)).toBe(false);
    expect(opened.params(0, 1).opened).toEqual([]);
  });

  it("is known by the text of a key, and by the place of an item", () => {
    const key = (index: number) => keyOf([{ kind: "key", name: "'a'", index }]);
    expect(key(1)).toBe(key(2));
    expect(keyOf(pathOf(item("x", 1)))).not.toBe(keyOf(pathOf(item("x", 2))));
  });
});

describe("the chosen row", () => {
  it("is the same one after an answer in which it stands elsewhere", () => {
    const chosen = model([name("b"), name("c")]);
    chosen.choose(1);
    chosen.take(
      { offset: 0 },
      { variables: [name("a"), name("b"), name("c")], total: 3, names: 3 },
    );
    expect(chosen.active).toBe(2);
  });

  it("keeps its place if it is gone, and ends at the last", () => {
    const chosen = model([name("a"), name("b"), name("c")]);
    chosen.choose(1);
    chosen.take({ offset: 0 }, { variables: [name("a"), name("c")], total: 2, names: 2 });
    expect(chosen.active).toBe(1);
    chosen.take({ offset: 0 }, { variables: [name("a")], total: 1, names: 1 });
    expect(chosen.active).toBe(0);
    chosen.take({ offset: 0 }, { variables: [], total: 0, names: 0 });
    expect(chosen.active).toBe(-1);
  });

  it("has the row that holds it", () => {
    const chosen = model([name("x"), item("x", 0), item("x", 1), name("y")]);
    expect([0, 1, 2, 3].map(index => chosen.parent(index))).toEqual([-1, 0, 0, -1]);
  });
});

describe("rows in view", () => {
  it("are those at the scroll position", () => {
    const window = new Window(ROW_HEIGHT * 10 + 5, ROW_HEIGHT * 4, 100);
    expect(window.height).toBe(ROW_HEIGHT * 100);
    expect([window.first, window.count]).toEqual([10, 5]);
    expect(window.top(10)).toBe(ROW_HEIGHT * 10);
    expect(window.top(12)).toBe(ROW_HEIGHT * 12);
    expect(new Window(0, 100, 0)).toMatchObject({ first: 0, height: 0 });
  });

  it.each([1_000, 1_000_000, 30_000_000])("of %i reach from the first to the last", total => {
    const view = 600;
    const { height } = new Window(0, view, total);
    expect(height).toBeLessThanOrEqual(8_000_000);
    expect(new Window(0, view, total).first).toBe(0);
    const end = new Window(height - view, view, total);
    expect(end.first + end.count).toBeGreaterThanOrEqual(total);
    // The last row ends where the scrolled element does.
    expect(end.top(total - 1) + ROW_HEIGHT).toBeCloseTo(height, 0);
    for (const row of [0, 1, Math.floor(total / 3), total - 1]) {
      const at = Window.scrollTo(row, height / 2, view, total);
      const shown = new Window(at, view, total);
      const top = shown.top(row) - at;
      expect(top).toBeGreaterThanOrEqual(-1);
      expect(top + ROW_HEIGHT).toBeLessThanOrEqual(view + 1);
      expect(Window.scrollTo(row, at, view, total)).toBeCloseTo(at, 3);
    }
  });
});

it.each([
  [undefined, ""],
  [0, "0 B"],
  [88, "88 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [8_000_056, "8.0 MB"],
  [12_345_678, "12 MB"],
  [999_900, "1.0 MB"],
  [3e15, "3000 TB"],
])("%s bytes are written as %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
