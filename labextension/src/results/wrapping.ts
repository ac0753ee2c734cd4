// Whether text wraps. Wrapping breaks the columns of tables and arrays, so text in lines of
// moderate length is not wrapped and scrolls, nor is a table of any width; a single line, or prose
// in long lines, wraps.

import { emptyScreen, write } from "./terminal";

const bearable = 160;
const shownOfTail = 20;
const looked = 200_000;
const linesOfSample = 60;
const widest = 4_000;
/// Lines drawn around cells: of polars, rich, duckdb, databases.
const drawn = /^\s*(?:[┌╭┏╔├╞┡╠│┃║].*[┐╮┓╗┤╡┩╣│┃║]|\+[-=+]{3,}\+|\|.*\|)\s*$/;

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

/// Whether the first lines are of a table: with drawn borders, or with blanks that stand below each
/// other. Three such columns in four lines, or a gap of two, are hardly chance.
export function isTable(text: string): boolean {
  const sample = text.split("\n", linesOfSample);
  const longest = Math.max(...sample.map(line => line.length));
  // What stands above or below a table is shorter.
  const lines = sample.filter(line => line.trim() && 2 * line.length > longest);
  if (lines.length < 2) return false;
  if (lines.filter(line => drawn.test(line)).length * 2 > lines.length) return true;
  if (lines.length < 3) return false;
  const width = Math.min(longest, widest);
  let gaps = 0;
  let run = 0;
  let hasBefore = false;
  for (let at = 0; at < width; at++) {
    const isBlank = lines.every(line => at >= line.length || line[at] === " ");
    if (isBlank) run++;
    else {
      // Text behind the gap in most lines: what ends earlier is no column.
      const behind = run && hasBefore ? lines.filter(line => line.length > at).length : 0;
      if (behind * 2 > lines.length) {
        if (run > 1) return true;
        if (++gaps >= 3 && lines.length > 3) return true;
      }
      run = 0;
      hasBefore = true;
    }
  }
  return false;
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
