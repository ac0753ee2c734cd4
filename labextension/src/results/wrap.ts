// Whether text wraps. Columns of a table or an array mean nothing once they are wrapped, so text in lines
// of bearable length keeps them and scrolls; a single line, or prose without line breaks, wraps.

const bearable = 160;
const looked = 200_000;

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
