// What the panel of variables shows: which part of the list is asked for, what is opened, and which row
// is chosen. Pure: no DOM, no kernel.

import type { Variable, VariablesParams, VariablesResult } from "../protocol";
import { keyOf, Opened, pathOf } from "./opened";

export type Sort = "name" | "type" | "size" | "bytes";
/// What is left out unless it is asked for.
export type Kind = "private" | "modules" | "functions";

export const ROW_HEIGHT = 24;
/// Browsers limit how high an element may be: Firefox to 17.9 million pixels.
/// https://bugzilla.mozilla.org/show_bug.cgi?id=1422862
const MOST_HEIGHT = 8_000_000;
// As the server limits it.
const MOST_ROWS = 2_000;

/// The height of the scrolled element, how far it scrolls, and how far the list goes for each pixel.
function scaleOf(viewHeight: number, total: number) {
  const whole = total * ROW_HEIGHT;
  const height = Math.min(whole, MOST_HEIGHT);
  const most = Math.max(1, height - viewHeight);
  return { height, most, ratio: whole > height ? (whole - viewHeight) / most : 1 };
}

/// The rows in view. Where the list is higher than an element may be, the scroll position is in
/// proportion.
export class Window {
  /// Of the scrolled element.
  readonly height: number;
  /// The first row in view, and how many there may be.
  readonly first: number;
  readonly count: number;
  /// How much of the first row, in pixels, is above the view.
  private readonly over: number;

  constructor(
    private readonly scrollTop: number,
    viewHeight: number,
    total: number,
  ) {
    const { height, most, ratio } = scaleOf(viewHeight, total);
    this.height = height;
    const at = Math.max(0, Math.min(scrollTop, most)) * ratio;
    this.first = Math.max(0, Math.min(Math.floor(at / ROW_HEIGHT), total - 1));
    this.over = at - this.first * ROW_HEIGHT;
    this.count = Math.ceil(viewHeight / ROW_HEIGHT) + 1;
  }

  /// Where a row stands in the scrolled element.
  top(row: number): number {
    return this.scrollTop - this.over + (row - this.first) * ROW_HEIGHT;
  }

  /// The scroll position that shows a row, near where it is now.
  static scrollTo(row: number, scrollTop: number, viewHeight: number, total: number): number {
    const { ratio } = scaleOf(viewHeight, total);
    const top = row * ROW_HEIGHT;
    const at = scrollTop * ratio;
    if (top < at) return top / ratio;
    if (top + ROW_HEIGHT > at + viewHeight) return (top + ROW_HEIGHT - viewHeight) / ratio;
    return scrollTop;
  }
}

export class VariablesModel {
  words = "";
  sort: Sort = "name";
  isDescending = false;
  readonly kinds = new Set<Kind>();
  /// How many rows there are, and how many names, shown or not.
  total = 0;
  names = 0;
  /// The row that keys act on, -1 if there is none.
  active = -1;
  private activeKey = "";
  private rows: readonly Variable[] = [];
  private offset = 0;
  private readonly opened = new Opened();

  /// What to ask for these rows, and some before and behind them.
  params(first: number, count: number): VariablesParams {
    const offset = Math.max(0, first - count);
    const flags = Object.fromEntries(Array.from(this.kinds, kind => [kind, true]));
    return {
      offset,
      limit: Math.min(MOST_ROWS, 3 * count),
      opened: this.opened.params,
      words: this.words,
      sort: this.sort,
      descending: this.isDescending,
      ...flags,
    };
  }

  /// Takes an answer.
  take({ offset = 0 }: VariablesParams, { variables, total = 0, names = 0 }: VariablesResult) {
    this.offset = offset;
    this.rows = variables;
    this.total = total;
    this.names = names;
    const again = variables.findIndex(row => keyOf(pathOf(row)) === this.activeKey);
    if (again >= 0) this.active = offset + again;
    else if (this.active >= total) this.choose(total - 1);
    else if (this.has(this.active)) this.choose(this.active);
  }

  /// Whether what these rows show is known.
  covers(first: number, count: number): boolean {
    const end = Math.min(first + count, this.total);
    return first >= this.offset && end <= this.offset + this.rows.length;
  }

  has(index: number): boolean {
    return this.row(index) !== null;
  }

  row(index: number): Variable | null {
    return this.rows[index - this.offset] ?? null;
  }

  choose(index: number) {
    this.active = Math.max(-1, Math.min(index, this.total - 1));
    const row = this.row(this.active);
    // Of a row that is not known yet: it keeps its place.
    this.activeKey = row ? keyOf(pathOf(row)) : "";
  }

  isOpened(row: Variable): boolean {
    return this.opened.has(row);
  }

  /// Opens a row, or closes it; false if there is nothing to open, or too much is.
  toggle(row: Variable, open?: boolean): boolean {
    return this.opened.toggle(row, open);
  }

  /// The row of what holds this one, as far as it is known; -1 if none does.
  parent(index: number): number {
    const depth = this.row(index)?.depth ?? 0;
    for (let at = index - 1; depth > 0 && at >= this.offset; at--)
      if ((this.row(at)?.depth ?? 0) < depth) return at;
    return -1;
  }

  /// By a click on a column's title: sizes begin with the largest.
  sortBy(sort: Sort) {
    const isLargest = sort === "size" || sort === "bytes";
    this.isDescending = this.sort === sort ? !this.isDescending : isLargest;
    this.sort = sort;
  }

  toggleKind(kind: Kind) {
    if (!this.kinds.delete(kind)) this.kinds.add(kind);
  }

  clear() {
    this.rows = [];
    this.total = this.names = this.offset = 0;
    this.active = -1;
  }
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/// A number of bytes as people read it: `8.1 MB`.
export function bytesText(bytes: number | null | undefined): string {
  if (bytes == null) return "";
  let unit = 0;
  let amount = bytes;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${unit && amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[unit]}`;
}
