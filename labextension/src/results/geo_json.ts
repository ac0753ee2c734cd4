// GeoJSON (RFC 7946): the outline of its geometries, without a map below, and all of it as a tree.

import { jsonTree } from "./json_tree";
import type { Rendered } from "./mime";

/// Its MIME type.
export const GEO = "application/geo+json";

type Point = readonly [number, number];
/// Positions that are joined: a single one is a point; a ring encloses an area.
type Shape = { points: Point[]; isRing: boolean };

/// More positions than this are not drawn.
const most = 50_000;
const width = 320;
const highest = 240;

/// Shows GeoJSON. `about`: its metadata.
export function geoJson(value: unknown, about: unknown): Rendered {
  const dom = document.createElement("div");
  const shapes: Shape[] = [];
  collect(value, shapes);
  const outline = draw(shapes);
  if (outline) dom.append(outline);
  dom.append(jsonTree(value, { ...(about as object), expanded: false }).dom);
  return { dom, dispose() {} };
}

function collect(value: unknown, shapes: Shape[]): void {
  if (typeof value !== "object" || value === null) return;
  const geo = value as Record<string, unknown>;
  for (const key of ["features", "geometries"])
    if (Array.isArray(geo[key])) for (const child of geo[key]) collect(child, shapes);
  if (geo.geometry) collect(geo.geometry, shapes);
  if (Array.isArray(geo.coordinates))
    take(geo.coordinates, shapes, /Polygon$/.test(String(geo.type)), geo.type === "MultiPoint");
}

function take(value: unknown[], shapes: Shape[], isRing: boolean, isLoose: boolean): void {
  if (isPoint(value)) shapes.push({ points: [value], isRing: false });
  else if (!isLoose && value.length && value.every(isPoint)) shapes.push({ points: value, isRing });
  else for (const child of value) if (Array.isArray(child)) take(child, shapes, isRing, isLoose);
}

function isPoint(value: unknown): value is Point {
  return Array.isArray(value) && Number.isFinite(value[0]) && Number.isFinite(value[1]);
}

function draw(shapes: readonly Shape[]): SVGElement | null {
  const count = shapes.reduce((sum, { points }) => sum + points.length, 0);
  if (!count || count > most) return null;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { points } of shapes)
    for (const [x, y] of points) {
      [west, east] = [Math.min(west, x), Math.max(east, x)];
      [south, north] = [Math.min(south, y), Math.max(north, y)];
    }
  // A degree of longitude is shorter away from the equator.
  const squeeze = Math.max(0.1, Math.cos((((south + north) / 2) * Math.PI) / 180));
  const scale = Math.min(
    (width - 12) / ((east - west) * squeeze || 1e-9),
    (highest - 12) / (north - south || 1e-9),
  );
  const isSpot = east === west && north === south;
  const place = ([x, y]: Point) =>
    isSpot
      ? [width / 2, 20]
      : [6 + (x - west) * squeeze * scale, 6 + (north - y) * scale].map(at =>
          Number(at.toFixed(1)),
        );
  const height = isSpot ? 40 : Math.ceil((north - south) * scale + 12);
  const svg = element("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  svg.setAttribute("class", "rdit-geo");
  const shown = shapes.length === 1 ? "1 shape" : `${shapes.length} shapes`;
  svg.setAttribute("aria-label", `Outline of ${shown}`);
  const rings = shapes.filter(({ isRing }) => isRing);
  const path = (points: Point[]) => `M${points.map(point => place(point).join(" ")).join("L")}`;
  // One path, in which a ring within another is a hole.
  if (rings.length)
    svg.append(
      element("path", {
        d: rings.map(ring => `${path(ring.points)}Z`).join(""),
        class: "rdit-geo-area",
      }),
    );
  for (const { points, isRing } of shapes) {
    if (isRing) continue;
    const [cx, cy] = place(points[0]!) as [number, number];
    svg.append(
      points.length > 1
        ? element("path", { d: path(points), class: "rdit-geo-line" })
        : element("circle", { cx, cy, r: 3.5, class: "rdit-geo-point" }),
    );
  }
  return svg;
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
