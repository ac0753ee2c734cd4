// plotly's FigureWidget tells its kernel what plotly.js has made of a figure: there it is what `figure.data[0]` says of
// what the script has not set. Colours that are the page's (figures.ts) are told as those of the figure's own template.

import { chartColors } from "../../../results/plotly_look";
import type { State } from "./history";

const { ink, faint, clear, land, lake } = chartColors;
const told = ["_js2py_traceDeltas", "_js2py_layoutDelta", "_js2py_widget_layoutDelta"];
const pages = new Set<unknown>(
  [{ clear }, ink, faint, land, lake].flatMap(colors => Object.values<string>(colors)),
);

/// What the frame of a figure has set, as the kernel may have it. `get`: of the model.
export function withoutTheme(set: State, get: (key: string) => unknown): State {
  if (!told.some(key => key in set)) return set;
  const layout = get("_widget_layout");
  const own = (layout as { template?: { layout?: Look } } | undefined)?.template?.layout ?? {};
  /// `place`: where the value stands in the layout of a template; undefined where it is of a trace.
  const cleaned = (value: unknown, place: unknown): unknown => {
    if (Array.isArray(value)) return value.map(item => cleaned(item, undefined));
    if (!isTree(value)) return pages.has(value) ? (textOf(place) ?? general(value, own)) : value;
    const entries = Object.entries(value).filter(([key]) => key !== "template");
    return Object.fromEntries(
      entries.map(([key, item]) => [
        key,
        cleaned(item, key === "layout_delta" ? own : at(place, key)),
      ]),
    );
  };
  return Object.fromEntries(
    Object.entries(set).map(([key, value]) => [
      key,
      told.includes(key) ? cleaned(value, undefined) : value,
    ]),
  );
}

/// Of `xaxis2` the template says it as of `xaxis`.
const at = (place: unknown, key: string) =>
  isTree(place) ? (place[key] ?? place[key.replace(/\d+$/, "")]) : undefined;

const textOf = (place: unknown) => (typeof place === "string" ? place : undefined);

/// What plotly.js takes for a colour where the template says nothing: of grounds that of the paper, of text its ink, of
/// lines that of the grid.
function general(color: unknown, own: Look): unknown {
  if (color === clear) return own.paper_bgcolor ?? "#fff";
  if (Object.values(ink).includes(color as never)) return own.font?.color ?? "#444";
  if (Object.values(faint).includes(color as never)) return own.xaxis?.gridcolor ?? "#eee";
  return color;
}

interface Look {
  readonly paper_bgcolor?: string;
  readonly font?: { readonly color?: string };
  readonly xaxis?: { readonly gridcolor?: string };
}

const isTree = (value: unknown): value is State =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
