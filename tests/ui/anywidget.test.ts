// How a state of an anywidget has come to be, and what its frames and the models of the page tell each other.
import { describe, expect, it, vi } from "vitest";
import Backbone from "backbone";
import { FrameLink } from "../../labextension/src/page/widgets/anywidget/link";
import { withoutTheme } from "../../labextension/src/page/widgets/anywidget/figure_defaults";
import { chartColors, plotlyLook } from "../../labextension/src/results/plotly_look";
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

/// As the models of widgets are, which need a browser.
class Model extends Backbone.Model {
  saved = 0;
  constructor(
    state: object,
    readonly model_id: string,
  ) {
    super(state);
  }
  callbacks() {
    return {};
  }
  save_changes() {
    this.saved++;
  }
}

describe("what a frame and a model tell each other", () => {
  const setup = () => {
    const model = new Model({ n: 1 }, "a");
    const other = new Model({ m: 1 }, "b");
    const link = (posts: object[]) => {
      const made = new FrameLink(
        model as never,
        async id => {
          if (id !== "b") throw new Error(`no ${id}`);
          return other as never;
        },
        message => posts.push(message),
        {
          pastOf: ({ attributes }) => ({ state: { ...attributes }, changes: [] }),
          sent: state => state,
        },
      );
      made.start(true);
      return made;
    };
    const posts: object[] = [];
    return { model, other, link, posts, frame: link(posts) };
  };

  it("begins with the state, and goes on with each change", () => {
    const { model, posts } = setup();
    model.set({ n: 2 });
    expect(posts).toEqual([
      { start: "a", isFirst: true, state: { n: 1 }, changes: [] },
      { id: "a", told: 1, change: { n: 2 } },
    ]);
  });

  it("does not tell a frame what it set itself, but every other one", () => {
    const { model, link, posts, frame } = setup();
    const others: object[] = [];
    link(others);
    frame.receive({ id: "a", set: { n: 5 }, seen: 0 });
    frame.receive({ id: "a", save: true });
    expect(model.get("n")).toBe(5);
    expect(model.saved).toBe(1);
    expect(posts.length).toBe(1);
    expect(others.at(-1)).toEqual({ id: "a", told: 1, change: { n: 5 } });
  });

  it("tells it what became of what it set before it had seen another change", () => {
    const { model, posts, frame } = setup();
    model.set({ n: 7 });
    frame.receive({ id: "a", set: { n: 5 }, seen: 0 });
    expect(model.get("n")).toBe(5);
    expect(posts.at(-1)).toEqual({ id: "a", told: 2, change: { n: 5 } });
    frame.receive({ id: "a", set: { n: 6 }, seen: 2 });
    expect(posts.length).toBe(3);
  });

  it("tells it what others made of it at once", () => {
    const { model, posts, frame } = setup();
    model.on("change:n", () => model.set({ twice: 2 * model.get("n") }));
    frame.receive({ id: "a", set: { n: 4 }, seen: 0 });
    expect(posts.at(-1)).toEqual({ id: "a", told: 1, change: { twice: 8 } });
  });

  it("follows other models when it is asked to, and says where there is none", async () => {
    const { other, posts, frame } = setup();
    frame.receive({ id: "b", set: { m: 9 }, seen: 0 });
    expect(other.get("m")).toBe(1);
    frame.receive({ rditOpen: "b" });
    frame.receive({ rditOpen: "__proto__" });
    await vi.waitFor(() => expect(posts.length).toBe(3));
    expect(posts.slice(1)).toEqual([
      { opened: "b", state: { m: 1 }, changes: [] },
      { opened: "__proto__", fault: "Error: no __proto__" },
    ]);
    other.set({ m: 2 });
    expect(posts.at(-1)).toEqual({ id: "b", told: 1, change: { m: 2 } });
  });

  it("tells nothing once it has ended", () => {
    const { model, posts, frame } = setup();
    frame.stop();
    model.set({ n: 2 });
    frame.receive({ id: "a", set: { n: 3 }, seen: 0 });
    expect(posts.length).toBe(1);
    expect(model.get("n")).toBe(2);
  });
});

describe("a figure of plotly", () => {
  const look = plotlyLook(chartColors);
  const own = {
    layout: { paper_bgcolor: "white", plot_bgcolor: "#E5ECF6", font: { color: "#2a3f5f" } },
  };

  it("is in the page's colours unless its script has chosen", () => {
    expect(look.isOpen(own, {})).toBe(true);
    expect(look.isOpen(undefined, {})).toBe(true);
    expect(look.isOpen(own, { paper_bgcolor: "rgba(0, 0, 0, 0)" })).toBe(true);
    expect(look.isOpen(own, { paper_bgcolor: "white" })).toBe(false);
    expect(look.isOpen(own, { plot_bgcolor: "rgba(0,0,0,0.5)" })).toBe(false);
    expect(look.isOpen(own, { font: { color: "black" } })).toBe(false);
    expect(look.isOpen({ layout: { paper_bgcolor: "black" } }, {})).toBe(false);
  });

  it("tells the kernel nothing of the page's colours", () => {
    const themed = look.themed(own, true).layout as { paper_bgcolor: string; font: object };
    const x = new Float64Array([1]);
    const made = (font: object, line: string) => ({
      trace_deltas: [{ x, textfont: { size: 12, ...font }, marker: { line: { color: line } } }],
    });
    const set = {
      _js2py_traceDeltas: made(themed.font, themed.paper_bgcolor),
      _js2py_widget_layoutDelta: { layout_delta: { template: { layout: themed }, height: 360 } },
      _js2py_relayout: { relayout_data: { "font.color": "#d4d4d4" } },
    };
    expect(
      withoutTheme(set, key => (key === "_widget_layout" ? { template: own } : undefined)),
    ).toEqual({
      _js2py_traceDeltas: made(own.layout.font, "white"),
      _js2py_widget_layoutDelta: { layout_delta: { height: 360 } },
      _js2py_relayout: set._js2py_relayout,
    });
  });

  it("tells the kernel what the figure's own template says in that place", () => {
    const layout = {
      ...own.layout,
      xaxis: { gridcolor: "white", linecolor: "#111" },
      polar: { bgcolor: "#E5ECF6" },
      geo: { landcolor: "#E5ECF6", lakecolor: "white" },
    };
    const template = { ...own, layout };
    for (const isDark of [true, false]) {
      const themed = look.themed(template, isDark).layout as Record<string, object>;
      const { geo, polar, xaxis, paper_bgcolor, plot_bgcolor } = themed;
      const delta = { geo, polar: { bgcolor: "transparent" }, xaxis, xaxis2: xaxis, polar2: polar };
      const set = {
        _js2py_layoutDelta: { layout_delta: { ...delta, paper_bgcolor, plot_bgcolor } },
      };
      const told = withoutTheme(set, () => ({ template })) as typeof set;
      const { layout_delta } = told._js2py_layoutDelta;
      expect(layout_delta).toMatchObject({
        paper_bgcolor: "white",
        plot_bgcolor: "#E5ECF6",
        geo: layout.geo,
        polar: layout.polar,
        xaxis: layout.xaxis,
        xaxis2: layout.xaxis,
        polar2: layout.polar,
      });
    }
  });
});
