// What the line below a grid says: the size of the table, its view, and what happens to it. Pure.

import type { TableFilter } from "../../protocol";
import type { Table } from "../table";
import { grouped } from "./sizes";
import type { View } from "./view";

/// The name of a column in a text.
export type NameOf = (column: number) => string;

/// "1,000 rows × 3 columns"; with filters "20 of 1,000 rows × 3 columns"; "the first 10,000 rows" of what has more. `shown`: rows that pass them.
export function sizeOf(
  { kind, rows, columns, hasMore }: Pick<Table, "kind" | "rows" | "columns" | "hasMore">,
  { filters }: View,
  shown: number,
): string {
  const few = (filters.length ? `${grouped(shown)} of ` : "") + (hasMore ? "the first " : "");
  const counted = (count: number, what: string) =>
    `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
  return kind === "Series"
    ? few + counted(rows, "row")
    : `${few}${counted(rows, "row")} × ${counted(columns, "column")}`;
}

/// The sort and each filter, in words.
export function viewOf({ sort, filters }: View, nameOf: NameOf): string[] {
  const order = sort && `sorted by ${nameOf(sort.column)}${sort.descending ? ", descending" : ""}`;
  return [...(order ? [order] : []), ...filters.map(filter => filterOf(filter, nameOf))];
}

function filterOf({ column, operator, value = "" }: TableFilter, nameOf: NameOf): string {
  if (column == null) return `with “${value}”`;
  const name = nameOf(column);
  if (operator === "missing") return `${name} missing`;
  if (operator === "present") return `${name} not missing`;
  return `${name} ${operator} ${value}`;
}
