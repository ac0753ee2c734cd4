// Cells as text for other programs: to the clipboard, or a file.

import type { TableFilter, TableSort } from "../../protocol";
import type { GridHost } from "./host";
import { otherColumns, type Pages } from "./pages";

/// Characters that are put into the clipboard, and bytes of a file. More is for code to write.
const mostCopied = 5_000_000;
const mostCells = 200_000;
export const mostSaved = 200_000_000;
/// Cells of a whole table that are copied as they are shown.
const mostShown = 2000;

/// The most that is asked for in one question.
const mostRows = 5000;
const mostColumns = 1000;

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

/// A selection as text, with tabs between the cells: as they are shown, but in full; all rows of a long table as the
/// library writes them. `pages`: what is known of the rows. Rejects with an `Error` for the user.
export async function selectedText(
  host: GridHost,
  asked: Asked,
  { rows, columns }: { rows: readonly [number, number]; columns: readonly [number, number] },
  pages: Pages,
): Promise<string> {
  const isAll =
    rows[1] - rows[0] === pages.rows - 1 && columns[1] - columns[0] === pages.columns - 1;
  const isLong = isAll && pages.rows * pages.columns > mostShown;
  const known = isLong ? null : pages.texts(rows, columns);
  if (known && !known.some(cells => cells.some(isCut))) return tabSeparated(known);
  // Where the kernel is gone, what has come is better than nothing.
  if (known) return someRows(host, asked, rows, columns).catch(() => tabSeparated(known));
  if (!isAll) return someRows(host, asked, rows, columns);
  return (await allRows(host, asked, true, mostCopied, () => {})).join("");
}

/// Whether a cell may have been cut for the view (`shorten` of `runtime/table_reader.py`).
const isCut = (text: string) => text.length >= 500 && text.endsWith("…");

/// The cells of a range as they are shown, in full, with tabs between them. Rejects with an `Error` for the user.
export async function someRows(
  host: GridHost,
  asked: Asked,
  [top, bottom]: readonly [number, number],
  [left, right]: readonly [number, number],
): Promise<string> {
  if ((bottom - top + 1) * (right - left + 1) > mostCells)
    throw new Error("This is too much for the clipboard: save it as CSV, or write it in code.");
  const rows: string[][] = [];
  for (let start = top; start <= bottom; start = top + rows.length) {
    // The kernel may answer with fewer rows than were asked for; the other columns are asked for the same rows.
    let count = Math.min(mostRows, bottom - start + 1);
    const part: string[][] = [];
    for (let column = left; column <= right; column += mostColumns) {
      const columnCount = Math.min(mostColumns, right - column + 1);
      const range = { start, count, columnStart: column, columnCount, isWhole: true };
      const answer = await host.query("table_rows", { ...asked, ...range });
      if (!answer) throw new Error("The kernel does not answer: nothing was copied.");
      if (!answer.found) throw new Error("The kernel no longer has this table.");
      if (answer.error) throw new Error(answer.error);
      const columns = answer.page?.columns ?? [];
      if (columns.length < columnCount) throw new Error(otherColumns);
      if (column === left) count = Math.min(count, columns[0]!.texts.length);
      if (!count || columns.some(({ texts }) => texts.length < count))
        throw new Error("The table has other rows now: nothing was copied.");
      for (let at = 0; at < count; at++)
        (part[at] ??= []).push(
          ...columns.map(({ texts, missing }) => (missing.includes(at) ? "" : texts[at]!)),
        );
    }
    rows.push(...part);
  }
  return tabSeparated(rows);
}

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
