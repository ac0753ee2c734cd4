// Which rows of a table are seen, and in which order. Pure.

import type { TableFilter, TableSort } from "../../protocol";

export interface View {
  readonly sort: TableSort | null;
  readonly filters: readonly TableFilter[];
}

/// All rows, as they are.
export const plain: View = { sort: null, filters: [] };

/// By this column; descending if it was so already, and then not sorted.
export function sortedBy({ sort, filters }: View, column: number): View {
  if (sort?.column !== column) return { sort: { column, descending: false }, filters };
  return { sort: sort.descending ? null : { column, descending: true }, filters };
}

/// The filter of a column; null for none.
export const filterOf = ({ filters }: View, column: number): TableFilter | null =>
  filters.find(filter => filter.column === column) ?? null;

export function filteredBy(
  { sort, filters }: View,
  column: number,
  filter: Omit<TableFilter, "column"> | null,
): View {
  const others = filters.filter(filter => filter.column !== column);
  return { sort, filters: filter ? [...others, { ...filter, column }] : others };
}

/// The text that is searched for in all columns.
export const searched = ({ filters }: View): string =>
  filters.find(({ column }) => column == null)?.value ?? "";

export function searchedFor({ sort, filters }: View, text: string): View {
  const others = filters.filter(({ column }) => column != null);
  return { sort, filters: text ? [...others, { operator: "contains", value: text }] : others };
}
