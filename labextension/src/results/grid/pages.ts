// The cells of a table that are known here, in pages of rows and columns. Pure.

import type { TablePage } from "../../protocol";

/// Said when an answer has fewer columns than were asked for: the table had more when it was shown.
export const otherColumns = "The table has other columns now: run its statement again.";

export const pageRows = 100;
/// Columns that are known together, once the view rests.
export const pageColumns = 20;
/// In one question: of more, an answer has less than a page of rows (`tables.py`).
const mostColumns = 100;
/// Columns of pages that are kept, each of `pageRows` cells.
const mostKept = 4000;

/// What is to be asked for.
export interface Wanted {
  readonly start: number;
  readonly count: number;
  readonly columnStart: number;
  readonly columnCount: number;
}

export interface Cell {
  readonly text: string;
  readonly isMissing: boolean;
}

/// A column of a page of rows.
interface Part {
  readonly texts: readonly string[];
  readonly missing: ReadonlySet<number>;
  readonly labels: readonly (readonly string[])[];
  readonly rows: number;
}

export class Pages {
  /// By place; the longest unused first.
  private parts = new Map<string, Part>();

  /// `rows`, `columns`: of the table.
  constructor(
    readonly rows: number,
    readonly columns: number,
  ) {}

  /// Adds what begins with a page of rows.
  add({ start, columnStart, columns, labels }: TablePage): void {
    const rows = columns[0]?.texts.length ?? labels[0]?.length ?? 0;
    for (let at = 0; at < Math.max(1, rows); at += pageRows) {
      const end = Math.min(rows, at + pageRows);
      const ofRows = labels.map(level => level.slice(at, end));
      for (let index = 0; index < Math.max(1, columns.length); index++) {
        const key = keyOf(start + at, columnStart + index);
        if ((this.parts.get(key)?.rows ?? -1) >= end - at) continue;
        const { texts = [], missing = [] } = columns[index] ?? {};
        const inPage = missing.filter(row => row >= at && row < end).map(row => row - at);
        this.parts.delete(key);
        this.parts.set(key, {
          texts: texts.slice(at, end),
          missing: new Set(inPage),
          labels: ofRows,
          rows: end - at,
        });
      }
    }
    for (const key of this.parts.keys()) {
      if (this.parts.size <= mostKept) break;
      this.parts.delete(key);
    }
  }

  /// A cell; null if it is not known.
  cell(row: number, column: number): Cell | null {
    const part = this.parts.get(keyOf(row, column));
    const text = part?.texts[row % pageRows];
    return text === undefined ? null : { text, isMissing: part!.missing.has(row % pageRows) };
  }

  /// The texts of a range of cells, row by row, first and last included; missing values are empty. Null if not all
  /// are known.
  texts(
    [top, bottom]: readonly [number, number],
    [left, right]: readonly [number, number],
  ): string[][] | null {
    const rows: string[][] = [];
    for (let row = top; row <= bottom; row++) {
      const texts: string[] = [];
      for (let column = left; column <= right; column++) {
        const cell = this.cell(row, column);
        if (!cell) return null;
        texts.push(cell.isMissing ? "" : cell.text);
      }
      rows.push(texts);
    }
    return rows;
  }

  /// The labels of a row, one for each level; null if no cell of it is known in these columns or in the first.
  labels(row: number, left: number, right = left + 1): readonly string[] | null {
    const at = row % pageRows;
    for (let column = left; column <= right; column++) {
      const part = this.parts.get(keyOf(row, column < right ? column : 0));
      if (part && at < part.rows) return part.labels.map(level => level[at] ?? "");
    }
    return null;
  }

  /// Whether a cell of these is known. `rowEnd` and `columnEnd` are not among them.
  hasAny(rowStart: number, rowEnd: number, columnStart: number, columnEnd: number): boolean {
    for (let row = rowStart; row < rowEnd; row++)
      for (let column = columnStart; column < columnEnd; column++)
        if (this.cell(row, column)) return true;
    return false;
  }

  /// The pages in view that are not known, of the first columns side by side that lack one; null if all are known.
  /// `rowEnd` and `columnEnd` are not in view.
  wanted(rowStart: number, rowEnd: number, columnStart: number, columnEnd: number): Wanted | null {
    const lastRow = Math.min(rowEnd, this.rows);
    const lastColumn = Math.min(columnEnd, this.columns);
    let [first, end, left, right] = [Infinity, 0, -1, -1];
    for (let column = columnStart; column < lastColumn; column++) {
      let isKnown = true;
      for (let row = floor(rowStart, pageRows); row < lastRow; row += pageRows) {
        const key = keyOf(row, column);
        const part = this.parts.get(key);
        // Of a part of a page, all that is in view may be known.
        if (part && row + part.rows >= Math.min(lastRow, row + pageRows)) {
          this.parts.delete(key);
          this.parts.set(key, part);
          continue;
        }
        isKnown = false;
        first = Math.min(first, row);
        end = Math.max(end, Math.min(this.rows, row + pageRows));
      }
      if (left >= 0 && (isKnown || column - left === mostColumns)) break;
      if (isKnown) continue;
      if (left < 0) left = column;
      right = column + 1;
    }
    if (left < 0) return null;
    return { start: first, count: end - first, columnStart: left, columnCount: right - left };
  }
}

const floor = (value: number, step: number) => Math.max(0, Math.floor(value / step) * step);
const keyOf = (row: number, column: number) => `${Math.floor(row / pageRows)}:${column}`;
