// plotly's FigureWidget tells its kernel what plotly.js has made of a figure: there it is what `figure.data[0]` says of
// what the script has not set. Colours that are the page's (figures.ts) are told as those of the figure's own template.

import { chartColors } from "../../../results/plotly_look";
import type { State } from "./history";

const { ink, faint, clear } = chartColors;
const told = ["_js2py_traceDeltas", "_js2py_layoutDelta", "_js2py_widget_layoutDelta"];

/// What the frame of a figure has set, as the kernel may have it. `get`: of the model.
export function withoutTheme(set: State, get: (key: string) => unknown): State {
  if (!told.some(key => key in set)) return set;
  const layout = get("_widget_layout");
  const template = (layout as { template?: { layout?: Look } } | undefined)?.template?.layout;
  const paper = template?.paper_bgcolor ?? "#fff";
  const own = new Map<unknown, unknown>([
    [clear, paper],
    ...[ink.dark, ink.light].map(color => [color, template?.font?.color ?? "#444"] as const),
    ...[faint.dark, faint.light].map(
      color => [color, template?.xaxis?.gridcolor ?? "#eee"] as const,
    ),
  ]);
  const cleaned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(cleaned);
    if (!isTree(value)) return own.get(value) ?? value;
    const entries = Object.entries(value).filter(([key]) => key !== "template");
    return Object.fromEntries(entries.map(([key, item]) => [key, cleaned(item)]));
  };
  return Object.fromEntries(
    Object.entries(set).map(([key, value]) => [key, told.includes(key) ? cleaned(value) : value]),
  );
}

interface Look {
  readonly paper_bgcolor?: string;
  readonly font?: { readonly color?: string };
  readonly xaxis?: { readonly gridcolor?: string };
}

const isTree = (value: unknown): value is State =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
