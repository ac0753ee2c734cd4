// Which MIME types are charts, drawn by charts.ts, and how high these are.

import type { MimeBundle } from "./mime";

/// What draws it.
export type Library = "plotly" | "vega";

/// The type of a bundle that is a chart; null if none is.
export function chartIn(data: MimeBundle): string | null {
  return Object.keys(data).find(type => libraryOf(type)) ?? null;
}

/// The library for a MIME type; null if it is no chart.
export function libraryOf(mimeType: string): Library | null {
  const [, name] =
    /^application\/vnd\.(plotly|vega(?:lite)?)\.v[\d.]+[.+]json$/.exec(mimeType) ?? [];
  return name === "plotly" ? name : name ? "vega" : null;
}

/// How high its author made it, in CSS pixels; null where that is not said.
export function chartHeight(data: MimeBundle): number | null {
  const type = chartIn(data);
  if (type === null) return null;
  const chart = data[type] as {
    height?: unknown;
    layout?: { height?: unknown };
    config?: { view?: { continuousHeight?: unknown } };
  } | null;
  const height =
    libraryOf(type) === "plotly"
      ? chart?.layout?.height
      : (chart?.height ?? chart?.config?.view?.continuousHeight);
  return typeof height === "number" ? height : null;
}
