// What a grid needs of where it stands.

import type { Queries } from "../../protocol";

export interface GridHost {
  /// Asks the kernel; null if there is no answer.
  query<M extends "table_rows" | "table_profile" | "table_text">(
    method: M,
    params: Queries[M]["params"],
  ): Promise<Queries[M]["result"] | null>;
  /// Tells the user something that has no place in the grid.
  say?(text: string): void;
  /// The code of the statement that shows the table, and all of the script; null if the table is not its
  /// value.
  source?(): { readonly code: string; readonly script: string } | null;
  /// Inserts a line below that statement.
  insert?(dom: Element, code: string): void;
}
