// Watched expressions without their elements, and when a panel asks.
import { describe, expect, it, vi } from "vitest";
import { Asker } from "../../labextension/src/panels/asker";
import { readWatches, WatchModel } from "../../labextension/src/panels/watch_model";

const value = (expression: string, rest = {}) => ({
  expression,
  rows: [{ name: expression, type: "int", value: "1" }],
  total: 1,
  ...rest,
});

describe("what is watched", () => {
  it("is added once, changed in its place, and removed", () => {
    const model = new WatchModel();
    expect(model.add("  len(xs)\n")).toBe(true);
    expect(model.add("len(xs)")).toBe(false);
    expect(model.add("   ")).toBe(false);
    expect(model.add("x" + "y".repeat(1_000))).toBe(false);
    expect(model.add("f(\n    1,\n)")).toBe(true);
    expect(model.expressions).toEqual(["len(xs)", "f( 1, )"]);
    expect(model.replace(0, "xs[0]")).toBe(true);
    expect(model.replace(0, "f( 1, )")).toBe(false);
    expect(model.replace(1, "")).toBe(true);
    expect(model.expressions).toEqual(["xs[0]"]);
    expect(model.remove(7)).toBe(false);
  });

  it("is no more than a question may have", () => {
    const model = new WatchModel();
    for (let index = 0; index < 30; index++) model.add(`x${index}`);
    expect(model.params().expressions).toHaveLength(25);
  });

  it("is kept, and nothing that is not of ours", () => {
    expect(readWatches('["a", 1, "b", "a"]').expressions).toEqual(["a", "b"]);
    for (const text of [null, "", "{", '{"a": 1}', "7"])
      expect(readWatches(text).expressions).toEqual([]);
  });

  it("keeps its values during a run, and forgets that of what was changed", () => {
    const model = readWatches('["a", "b"]');
    expect(model.take({ values: [value("a"), value("b"), value("c")] })).toBe(true);
    expect(model.take({ values: [], busy: true })).toBe(false);
    expect(model.isOld).toBe(true);
    expect(model.valueOf("a")?.rows?.[0]?.value).toBe("1");
    expect(model.valueOf("c")).toBeUndefined();
    model.replace(0, "a + 1");
    expect(model.valueOf("a")).toBeUndefined();
    model.take({ values: [value("a + 1", { rows: [], error: "NameError: a" })] });
    expect(model.isOld).toBe(false);
    expect(model.valueOf("a + 1")?.error).toBe("NameError: a");
  });

  it("opens by its expression, and is closed when that goes", () => {
    const model = readWatches('["a"]');
    expect(model.toggle({ name: "a", type: "list", opens: true })).toBe(true);
    expect(model.params().opened).toEqual([[{ kind: "name", name: "a" }]]);
    model.remove(0);
    expect(model.params().opened).toEqual([]);
  });
});

describe("a panel", () => {
  const asker = (isSeen = () => true) => {
    const asked: { resolve(): void }[] = [];
    const ask = () => new Promise<void>(resolve => asked.push({ resolve }));
    return { asked, asker: new Asker(ask, isSeen) };
  };
  const settled = () => new Promise(resolve => setTimeout(resolve));

  it("has one question at a time, and one after it however often it was wanted", async () => {
    const { asked, asker: one } = asker();
    for (let turn = 0; turn < 3; turn++) one.now();
    expect(asked).toHaveLength(1);
    asked[0]!.resolve();
    await settled();
    expect(asked).toHaveLength(2);
    asked[1]!.resolve();
    await settled();
    expect(asked).toHaveLength(2);
  });

  it("asks nothing while it is not seen, and no more when it is gone", async () => {
    let isSeen = false;
    const { asked, asker: one } = asker(() => isSeen);
    one.now();
    expect(asked).toHaveLength(0);
    isSeen = true;
    one.now();
    one.now();
    one.destroy();
    asked[0]!.resolve();
    await settled();
    one.now();
    one.soon(0);
    await settled();
    expect(asked).toHaveLength(1);
  });

  it("asks as soon as the most urgent wants", () => {
    vi.useFakeTimers();
    const { asked, asker: one } = asker();
    one.soon(100);
    one.soon(20);
    one.soon(500);
    vi.advanceTimersByTime(25);
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(asked).toHaveLength(1);
    vi.useRealTimers();
  });
});
