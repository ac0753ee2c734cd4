// Cells as text for other programs: to the clipboard, or a file.

import type { TableFilter, TableSort } from "../../protocol";
import type { GridHost } from "./host";

/// Characters that are put into the clipboard, and bytes of a file. More is for code to write.
const mostCopied = 5_000_000;
const mostSaved = 200_000_000;

export interface Asked {
  readonly id: string;
  readonly sort: TableSort | null;
  readonly filters: TableFilter[];
}

/// All rows as the library writes them, in pieces of text. Rejects with an `Error` for the user. `tell` is
/// called with how many rows there are so far.
export async function allRows(
  host: GridHost,
  asked: Asked,
  tabs: boolean,
  most: number,
  tell: (rows: number, total: number) => void,
): Promise<string[]> {
  const pieces: string[] = [];
  let size = 0;
  let start = 0;
  do {
    const answer = await host.query("table_text", { ...asked, start, tabs });
    if (!answer) throw new Error("The kernel does not answer.");
    if (!answer.found) throw new Error("The kernel no longer has this table.");
    if (answer.error) throw new Error(answer.error);
    pieces.push(answer.text ?? "");
    size += answer.text?.length ?? 0;
    if (size > most) throw new Error("This is too much for here: write it in code.");
    start = answer.next ?? 0;
    tell(start || (answer.total ?? 0), answer.total ?? 0);
  } while (start);
  return pieces;
}

export const forClipboard = mostCopied;
export const forFile = mostSaved;

/// Cells with tabs between them, as spreadsheets paste them.
export function tabSeparated(rows: readonly (readonly string[])[]): string {
  const quoted = (text: string) =>
    /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map(cells => cells.map(quoted).join("\t")).join("\n");
}

export function save(pieces: readonly string[], name: string): void {
  const url = URL.createObjectURL(new Blob([...pieces], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
