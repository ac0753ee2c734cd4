// Figures that a widget's code draws by plotly.js, as plotly's FigureWidget does, in the look of the page as those that
// come as data have it. The build of plotly.js in the widget's module sets `window.Plotly`, and the module calls the
// functions of that object: so its figures are met there. What is changed is the template of the drawn element; it is
// drawn anew by `redraw`, which no widget tells its kernel of.

import type { PlotlyLook } from "../../../results/plotly_look";

/// Runs in the frame before any module. It is serialized with toString, so it must not refer to anything outside.
export function themeFigures(look: PlotlyLook): void {
  type Tree = Record<string, unknown>;
  interface Drawn extends HTMLElement {
    layout?: Tree;
  }
  type Place = Drawn | string;
  interface Plotly {
    [name: string]: (place: Place, ...given: unknown[]) => Promise<unknown>;
  }

  let isDark = false;
  /// By template of ours: the one in whose place it is.
  const ours = new WeakMap<object, { readonly own: unknown; readonly isDark: boolean }>();
  const redraws = new WeakMap<Element, (place: Place) => Promise<unknown>>();
  const elementOf = (place: Place) =>
    typeof place === "string" ? (document.getElementById(place) as Drawn | null) : place;
  const ourOf = (layout: Tree) => ours.get(Object(layout.template));
  const ownOf = (layout: Tree) => {
    const our = ourOf(layout);
    return our ? our.own : layout.template;
  };
  const templateFor = (layout: Tree): unknown => {
    const own = ownOf(layout);
    if (!look.isOpen(own, layout)) return own;
    const template = look.themed(own, isDark);
    ours.set(template, { own, isDark });
    return template;
  };
  const isPlain = (value: unknown): value is Tree =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const dressed = (layout: unknown): Tree => {
    const given = isPlain(layout) ? layout : {};
    // A copy: what is given may be the widget's own state.
    return { ...given, template: templateFor(given) };
  };

  /// Draws a figure anew whose template is not the one that it should have.
  const follow = async (drawn: Drawn) => {
    const { layout } = drawn;
    const redraw = redraws.get(drawn);
    if (!layout || !redraw) return;
    const our = ourOf(layout);
    if (look.isOpen(ownOf(layout), layout) ? our?.isDark === isDark : !our) return;
    layout.template = templateFor(layout);
    await redraw(drawn);
  };

  const meet = (plotly: Plotly) => {
    const { redraw } = plotly;
    if (!redraw) return;
    const replace = (
      name: string,
      by: (act: Plotly[string], place: Place, given: unknown[]) => Promise<unknown>,
    ) => {
      const act = plotly[name];
      if (act) plotly[name] = (place, ...given) => by(act, place, given);
    };
    for (const name of ["newPlot", "react"])
      replace(name, (act, place, [data, layout, ...more]) => {
        const drawn = elementOf(place);
        if (drawn) redraws.set(drawn, redraw);
        return isPlain(data)
          ? act(place, { ...data, layout: dressed(data.layout) }, layout, ...more)
          : act(place, data, dressed(layout), ...more);
      });
    for (const name of ["relayout", "update", "animate"])
      replace(name, async (act, place, given) => {
        const drawn = elementOf(place);
        const changes = given[name === "relayout" ? 0 : 1];
        const keys = isPlain(changes) ? Object.keys(changes) : [String(changes)];
        // A part of it may be changed, which is a change of the figure's own one.
        if (drawn?.layout && keys.some(key => key.startsWith("template")))
          drawn.layout.template = ownOf(drawn.layout);
        const result = await act(place, ...given);
        if (drawn) await follow(drawn);
        return result;
      });
  };

  let met: Plotly | undefined;
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: () => met,
    set(plotly: Plotly) {
      if (plotly && plotly !== met) meet(plotly);
      met = plotly;
    },
  });
  addEventListener("message", ({ source, data }) => {
    if (source !== parent || data?.isDark === undefined) return;
    isDark = data.isDark;
    for (const drawn of document.querySelectorAll<Drawn>(".js-plotly-plot")) void follow(drawn);
  });
}
