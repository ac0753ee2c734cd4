// How a state of an anywidget has come to be, as its frames are told.
import { describe, expect, it, vi } from "vitest";
import { History } from "../../labextension/src/page/widgets/anywidget/history";

describe("the history of a state", () => {
  const now = () => ({ n: 9 });

  it("gives the state it began with, and each change", () => {
    const history = new History(now);
    history.add({ n: 1 }, () => true);
    history.add({ n: 2 }, () => true);
    expect(history.past).toEqual({ state: { n: 9 }, changes: [{ n: 1 }, { n: 2 }] });
  });

  it("is the latest state where nothing heard the changes", () => {
    let state = { n: 1 };
    const history = new History(() => state);
    history.isPlain = true;
    history.add((state = { n: 2 }), () => true);
    expect(history.past).toEqual({ state: { n: 2 }, changes: [] });
  });

  it("is joined by what a frame has made of a part of it", () => {
    const history = new History(now);
    history.add({ n: 1 }, () => true);
    const { count } = history;
    history.add({ n: 2 }, () => true);
    history.join({ n: 1, made: true }, count);
    expect(history.past).toEqual({ state: { n: 1, made: true }, changes: [{ n: 2 }] });
    // An answer that comes late, after all was joined.
    history.join();
    history.join({ n: 0 }, count);
    expect(history.past).toEqual({ state: { n: 9 }, changes: [] });
  });

  it("asks a frame now and then, and does not grow without an answer", () => {
    const history = new History(now);
    const ask = vi.fn(() => true);
    let most = 0;
    for (let n = 0; n < 10_000; n++) {
      history.add({ n }, ask);
      most = Math.max(most, history.past.changes.length);
    }
    expect(ask.mock.calls.length).toBeGreaterThan(10);
    expect(most).toBeLessThan(2_000);
    const alone = new History(now);
    for (let n = 0; n < 1_000; n++) alone.add({ n }, () => false);
    expect(alone.past.changes.length).toBeLessThan(500);
  });
});
