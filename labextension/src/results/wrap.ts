// Whether text wraps. Columns of a table or an array mean nothing once they are wrapped, so text in lines
// of bearable length keeps them and scrolls; a single line, or prose without line breaks, wraps.

import { emptyScreen, write } from "./terminal";

const bearable = 160;
const shownOfTail = 20;
const looked = 200_000;

/// The last lines of text, as many as a running statement shows of its end.
export function lastLines(text: string): string[] {
  const lines = write(emptyScreen, text).text.replace(/\n$/, "").split("\n");
  // The first is a part of one.
  return lines.slice(1).slice(-shownOfTail);
}

/// Whether the lines of this text stay as they are.
export function keepsLines(text: string): boolean {
  let lines = 0;
  let start = 0;
  const { length } = text;
  if (length > looked) return false;
  while (start < length) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = length;
    if (end - start > bearable) return false;
    lines++;
    start = end + 1;
  }
  return lines > 1;
}
