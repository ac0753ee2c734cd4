// Whether text wraps. Wrapping breaks the columns of tables and arrays, so text in lines of
// moderate length is not wrapped and scrolls, nor is a table of any width; a single line, or prose
// in long lines, wraps.

import { emptyScreen, write } from "./terminal";

const bearable = 160;
const shownOfTail = 20;
const looked = 200_000;
/// A row of a table: with gaps, with numbers, or with a line drawn around it.
const row = /(?:\S {2,}(?=\S).*?){3}|(?<![\d.])(?:[\d.]+,? ){6}|[|\u2500-\u257f]\s*$/;

/// The last lines of text: as many as are shown of a running statement's omitted output.
export function lastLines(text: string): string[] {
  const lines = write(emptyScreen, text).text.replace(/\n$/, "").split("\n");
  // The first line is incomplete.
  return lines.slice(1).slice(-shownOfTail);
}

/// Whether the lines of this text are not wrapped.
export function keepsLines(text: string): boolean {
  let lines = 0;
  let start = 0;
  const { length } = text;
  if (length > looked) return false;
  while (start < length) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = length;
    if (end - start > bearable) return isTable(text);
    lines++;
    start = end + 1;
  }
  return lines > 1;
}

/// Whether most of the first lines are rows of a table.
function isTable(text: string): boolean {
  const lines = text.trimEnd().split("\n", 60);
  return lines.length > 1 && 2 * lines.filter(line => row.test(line)).length > lines.length;
}

/// Number of lines of `text` wrapped at `columns`. Stops counting just above `most`.
export function countLines(text: string, columns: number, most = Infinity): number {
  if (keepsLines(text)) columns = Infinity;
  let lines = 0;
  let start = 0;
  while (start < text.length && lines <= most) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    lines += Math.max(1, Math.ceil((end - start) / Math.max(1, columns)));
    start = end + 1;
  }
  return Math.max(1, lines);
}

/// How often `what` stands in a text; counts no further than `most`.
export function occurrences(text: string, what: string, most = Infinity): number {
  let count = 0;
  for (let at = text.indexOf(what); at >= 0 && count < most; at = text.indexOf(what, at + 1))
    count++;
  return count;
}
