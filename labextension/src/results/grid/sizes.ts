// How high a grid is, and how its numbers are written.

import type { Table } from "../table";

/// Lines of the head: the levels of the names, and the types.
export function headLines({ page }: Table): number {
  return 1 + Math.max(1, ...page.columns.map(({ name }) => name.split("\n").length));
}

/// "1,000,000".
export const grouped = (count: number) => count.toLocaleString("en-US");

/// Rows in view: all, or as many whole ones as `cap` leaves room for beside `around`.
export function rowsInView(table: Table, lineHeight: number, cap: number, around: number): number {
  return Math.min(table.rows, Math.max(3, Math.floor((cap - around) / lineHeight)));
}
