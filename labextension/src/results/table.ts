// The first screen of a table, as the runtime adds it to the bundle of a value.

import type { TablePage } from "../protocol";
import type { MimeBundle } from "./mime";

export const tableType = "application/vnd.rdit.table+json";

export interface Table {
  readonly id: string;
  /// The type of the value, as "DataFrame", and the library that it is of.
  readonly kind: string;
  readonly library: string;
  readonly rows: number;
  readonly columns: number;
  /// The value has more rows than these, which were fetched of it.
  readonly hasMore?: boolean;
  /// It stands as its text, and is a table where the user asks for one.
  readonly isOffered?: boolean;
  /// Names of the levels of the row labels; none if rows have no labels.
  readonly levels: readonly string[];
  readonly page: TablePage;
}

/// The table that a bundle stands as; null if it is none.
export function tableOf(data: MimeBundle): Table | null {
  const table = anyTable(data);
  return table?.isOffered ? null : table;
}

/// The table that a bundle can be shown as; null if it cannot, or is one already.
export function offeredTable(data: MimeBundle): Table | null {
  const table = anyTable(data);
  return table?.isOffered ? table : null;
}

function anyTable(data: MimeBundle): Table | null {
  const value = data[tableType] as Partial<Table> | undefined;
  return typeof value?.id === "string" && value.page ? (value as Table) : null;
}

/// A bundle without what is of use only where the kernel can be asked.
export function withoutTable<Bundle extends MimeBundle>(data: Bundle): Bundle {
  if (!(tableType in data)) return data;
  const rest = { ...data };
  delete (rest as Record<string, unknown>)[tableType];
  return rest;
}
