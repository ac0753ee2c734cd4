// Draws the part of a grid that is in view: widths of columns, the row of heads, and rows of labels and cells. What
// it is given it only reads. Elements are used again, and one that is as it should be is not written to: a scroll
// draws with each frame.

import type { TableColumn } from "../../protocol";
import type { Table } from "../table";
import { element, setAttribute, setText } from "./dom";
import type { Pages } from "./pages";
import type { Place, Selection } from "./selection";
import { fits, type Widths } from "./widths";
import type { View } from "./view";

export interface Drawn {
  /// With it the ids of cells begin.
  readonly id: string;
  readonly table: Table;
  readonly view: View;
  readonly heads: ReadonlyMap<number, TableColumn>;
  readonly pages: Pages;
  readonly selection: Selection;
  /// The first column that is drawn, and the one after the last.
  readonly left: number;
  readonly right: number;
  readonly widths: Widths;
  /// Level by level.
  readonly labelWidths: readonly number[];
  readonly font: string;
  /// Labels stay in view while cells are scrolled to the right.
  readonly isSticky: boolean;
}

/// The id of a cell, for `aria-activedescendant`.
export const idOf = (grid: string, { row, column }: Place): string =>
  `${grid}-${row < 0 ? "head" : row}-${column}`;

export function drawWidths(group: HTMLElement, widths: readonly number[]): void {
  while (group.childElementCount > widths.length) group.lastChild!.remove();
  widths.forEach((width, at) => {
    const column = (group.children[at] ??
      group.appendChild(document.createElement("col"))) as HTMLElement;
    column.style.width = `${width}px`;
  });
}

export function drawHead(row: HTMLElement, drawn: Drawn): void {
  const { table, left, right } = drawn;
  const levels = table.levels.length;
  const count = levels + right - left;
  while (row.childElementCount > count) row.lastChild!.remove();
  while (row.childElementCount < count) row.append(document.createElement("th"));
  // What was the head of a column may be that of a level now.
  for (const cell of [...row.children].slice(0, levels)) {
    for (const name of ["aria-sort", "id", "data-column", "data-active"])
      cell.removeAttribute(name);
    if (cell.firstElementChild) cell.replaceChildren();
  }
  drawLabels(row, table.levels, drawn);
  for (let at = left; at < right; at++)
    drawColumnHead(row.children[levels + at - left] as HTMLElement, at, drawn);
}

function drawColumnHead(cell: HTMLElement, at: number, drawn: Drawn): void {
  const { sort, filters } = drawn.view;
  const { active } = drawn.selection;
  const head = drawn.heads.get(at);
  const order = sort?.column !== at ? "" : sort.descending ? "descending" : "ascending";
  const isFiltered = filters.some(({ column }) => column === at);
  setAttribute(cell, "data-active", active?.row === -1 && active.column === at ? "" : null);
  const shown = `${at} ${head?.name} ${head?.type} ${order} ${isFiltered}`;
  if (cell.dataset.shown === shown && cell.dataset.column === String(at)) return;
  cell.dataset.shown = shown;
  cell.dataset.column = String(at);
  cell.className = head?.isNumber ? "rdit-grid-number" : "";
  cell.style.left = "";
  cell.id = idOf(drawn.id, { row: -1, column: at });
  cell.setAttribute("aria-colindex", String(drawn.table.levels.length + at + 1));
  setAttribute(cell, "aria-sort", order || "none");
  const name = head?.name ?? "…";
  cell.title = name.length > 20 ? name : "";
  const menu = element("button", "rdit-grid-open", {
    type: "button",
    tabindex: "-1",
    title: "Profile and filter",
    "aria-label": `Profile and filter of ${name}${isFiltered ? ", filtered" : ""}`,
  });
  if (isFiltered) menu.dataset.filtered = "";
  const hidden = { "aria-hidden": "true" };
  const top = element("div", "rdit-grid-title", {}, element("span", "rdit-grid-name", {}, name));
  const arrow = order === "ascending" ? "↑" : "↓";
  if (order) top.append(element("span", "rdit-grid-sort", hidden, arrow));
  cell.replaceChildren(
    top,
    element("small", "rdit-grid-type", {}, head?.type ?? ""),
    menu,
    element("span", "rdit-grid-edge", hidden),
  );
}

/// Draws the rows from `first` to the one before `end`.
export function drawRows(body: HTMLElement, first: number, end: number, drawn: Drawn): void {
  while (body.childElementCount > end - first) body.lastChild!.remove();
  for (let row = first; row < end; row++) {
    const dom = (body.children[row - first] ??
      body.appendChild(document.createElement("tr"))) as HTMLElement;
    drawRow(dom, row, drawn);
  }
}

function drawRow(dom: HTMLElement, row: number, drawn: Drawn): void {
  const { table, left, right, pages } = drawn;
  const levels = table.levels.length;
  const count = levels + right - left;
  setAttribute(dom, "aria-rowindex", String(row + 2));
  setAttribute(dom, "data-row", String(row));
  if (dom.childElementCount !== count) {
    dom.replaceChildren();
    for (let at = 0; at < count; at++)
      dom.append(at < levels ? element("th", "", { scope: "row" }) : document.createElement("td"));
  }
  drawLabels(dom, pages.labels(row, left, right) ?? [], drawn);
  for (let at = left; at < right; at++)
    drawCell(dom.children[levels + at - left] as HTMLElement, { row, column: at }, drawn);
}

/// Draws the labels of a row, or the names of their levels.
function drawLabels(row: HTMLElement, texts: readonly string[], drawn: Drawn): void {
  const { table, labelWidths, isSticky, font } = drawn;
  let from = 0;
  table.levels.forEach((_, level) => {
    const cell = row.children[level] as HTMLElement;
    const width = labelWidths[level] ?? 0;
    const text = texts[level] ?? "";
    const clipped = fits(text, width, font) ? "" : " rdit-grid-clipped";
    const name = `rdit-grid-label${isSticky ? " rdit-grid-sticky" : ""}${clipped}`;
    if (cell.className !== name) cell.className = name;
    const left = isSticky ? `${from}px` : "";
    if (cell.style.left !== left) cell.style.left = left;
    from += width;
    setAttribute(cell, "aria-colindex", String(level + 1));
    setText(cell, text);
  });
}

function drawCell(cell: HTMLElement, place: Place, drawn: Drawn): void {
  const { row, column } = place;
  const { active } = drawn.selection;
  const known = drawn.pages.cell(row, column);
  setText(cell, known?.text ?? "");
  const kind = !known ? "pending" : known.isMissing ? "missing" : known.text === "" ? "empty" : "";
  const number = drawn.heads.get(column)?.isNumber ? " rdit-grid-number" : "";
  const isClipped = known && !fits(known.text, drawn.widths.of(column), drawn.font);
  const clipped = isClipped ? " rdit-grid-clipped" : "";
  const name = `rdit-grid-cell${number}${kind && ` rdit-grid-${kind}`}${clipped}`;
  if (cell.className !== name) cell.className = name;
  if (cell.title) cell.title = "";
  setAttribute(cell, "id", idOf(drawn.id, place));
  setAttribute(cell, "data-column", String(column));
  setAttribute(cell, "aria-colindex", String(drawn.table.levels.length + column + 1));
  const isSelected = drawn.selection.has(row, column);
  setAttribute(cell, "aria-selected", String(isSelected));
  // That each cell has an attribute would make the focus, on which its style depends, change the style of each.
  setAttribute(cell, "data-selected", isSelected ? "" : null);
  setAttribute(cell, "data-active", active?.row === row && active.column === column ? "" : null);
}

/// Gives a cell whose text is cut, or has several lines, its text as a title.
export function tellWhole(target: Element): void {
  const cell = target.closest<HTMLElement>(".rdit-grid-cell, .rdit-grid-label");
  if (!cell || cell.title) return;
  const text = cell.textContent ?? "";
  if (cell.scrollWidth > cell.clientWidth || text.includes("\n")) cell.title = text;
}
