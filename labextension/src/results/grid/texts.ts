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

/// All rows as the library writes them: pieces of text, and why not all came; "" if they did.
/// `tell` is called with how many rows there are so far.
export async function allRows(
  host: GridHost,
  asked: Asked,
  tabs: boolean,
  most: number,
  tell: (rows: number, total: number) => void,
): Promise<{ pieces: string[]; problem: string }> {
  const pieces: string[] = [];
  let size = 0;
  let start = 0;
  do {
    const answer = await host.query("table_text", { ...asked, start, tabs });
    if (!answer) return { pieces, problem: "The kernel does not answer." };
    if (!answer.found) return { pieces, problem: "The kernel no longer has this table." };
    if (answer.error) return { pieces, problem: answer.error };
    pieces.push(answer.text ?? "");
    size += answer.text?.length ?? 0;
    if (size > most) return { pieces, problem: "This is too much for here: write it in code." };
    start = answer.next ?? 0;
    tell(start || (answer.total ?? 0), answer.total ?? 0);
  } while (start);
  return { pieces, problem: "" };
}

export const forClipboard = mostCopied;
export const forFile = mostSaved;

/// Cells with tabs between them, as spreadsheets paste them.
export function tabSeparated(rows: readonly (readonly string[])[]): string {
  const quoted = (text: string) =>
    /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map(cells => cells.map(quoted).join("\t")).join("\n");
}

/// Puts a text into the clipboard; false if the browser does not let it.
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or no secure origin, where there is no `clipboard`: as browsers did before.
    const listener = (event: ClipboardEvent) => {
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    document.addEventListener("copy", listener, { capture: true, once: true });
    const isCopied = document.execCommand("copy");
    document.removeEventListener("copy", listener, { capture: true });
    return isCopied;
  }
}

export function save(pieces: readonly string[], name: string): void {
  const url = URL.createObjectURL(new Blob([...pieces], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
