// The cells of a table that are known here, in pages of rows and columns. Pure.

import type { TableColumn, TablePage } from "../../protocol";

/// Said when an answer has fewer columns than were asked for: the table had more when it was shown.
export const otherColumns = "The table has other columns now: run its statement again.";

export const pageRows = 100;
export const pageColumns = 20;
/// Pages that are kept: of 2000 cells each.
const mostPages = 200;

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

interface Page {
  readonly columns: readonly TableColumn[];
  readonly labels: readonly (readonly string[])[];
  readonly missing: readonly ReadonlySet<number>[];
  readonly rows: number;
}

export class Pages {
  /// By place; the longest unused first.
  private pages = new Map<string, Page>();

  /// `rows`, `columns`: of the table.
  constructor(
    readonly rows: number,
    readonly columns: number,
  ) {}

  /// Adds what begins at the place of a page.
  add(page: TablePage): void {
    const { columns, labels } = page;
    for (let from = 0; from < Math.max(1, columns.length); from += pageColumns) {
      const part = columns.slice(from, from + pageColumns);
      const rows = part[0]?.texts.length ?? labels[0]?.length ?? 0;
      for (let at = 0; at < Math.max(1, rows); at += pageRows) {
        const end = Math.min(rows, at + pageRows);
        const key = keyOf(page.start + at, page.columnStart + from);
        const known = this.pages.get(key);
        if (known && known.rows >= end - at && known.columns.length >= part.length) continue;
        this.pages.delete(key);
        this.pages.set(key, {
          columns: part.map(column => ({ ...column, texts: column.texts.slice(at, end) })),
          labels: labels.map(level => level.slice(at, end)),
          missing: part.map(
            ({ missing }) =>
              new Set(missing.filter(row => row >= at && row < end).map(row => row - at)),
          ),
          rows: end - at,
        });
      }
    }
    for (const key of this.pages.keys()) {
      if (this.pages.size <= mostPages) break;
      this.pages.delete(key);
    }
  }

  /// A cell; null if it is not known.
  cell(row: number, column: number): Cell | null {
    const page = this.pages.get(keyOf(row, column));
    const at = column % pageColumns;
    const text = page?.columns[at]?.texts[row % pageRows];
    return text === undefined ? null : { text, isMissing: page!.missing[at]!.has(row % pageRows) };
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

  /// The labels of a row, one for each level; null if they are not known.
  labels(row: number, nearColumn: number): readonly string[] | null {
    const page = this.pages.get(keyOf(row, nearColumn)) ?? this.pages.get(keyOf(row, 0));
    if (!page || row % pageRows >= page.rows) return null;
    return page.labels.map(level => level[row % pageRows] ?? "");
  }

  /// The first page in view that is not known; null if all are. `rowEnd` and `columnEnd` are not in view.
  wanted(rowStart: number, rowEnd: number, columnStart: number, columnEnd: number): Wanted | null {
    const lastRow = Math.min(rowEnd, this.rows);
    const lastColumn = Math.min(columnEnd, this.columns);
    for (let row = floor(rowStart, pageRows); row < lastRow; row += pageRows)
      for (
        let column = floor(columnStart, pageColumns);
        column < lastColumn;
        column += pageColumns
      ) {
        const key = keyOf(row, column);
        const page = this.pages.get(key);
        const rows = Math.min(pageRows, this.rows - row);
        const columns = Math.min(pageColumns, this.columns - column);
        // Of a part of a page, all that is in view may be known.
        const isKnown =
          page &&
          row + page.rows >= Math.min(lastRow, row + rows) &&
          column + page.columns.length >= Math.min(lastColumn, column + columns);
        if (!isKnown) return { start: row, count: rows, columnStart: column, columnCount: columns };
        this.pages.delete(key);
        this.pages.set(key, page);
      }
    return null;
  }
}

const floor = (value: number, step: number) => Math.max(0, Math.floor(value / step) * step);
const keyOf = (row: number, column: number) =>
  `${Math.floor(row / pageRows)}:${Math.floor(column / pageColumns)}`;
