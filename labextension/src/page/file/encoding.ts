// Converts between a file's text and the editor's: byte order mark and line ends are removed on
// opening, and restored on saving.

export interface TextFormat {
  hasMark: boolean;
  lineEnd: "\n" | "\r\n" | "\r";
  /// The file has several kinds of line ends; saving uses `lineEnd`, the most frequent, for all.
  isMixed: boolean;
}

const MARK = "\ufeff";

/// The editor's text of a file (newlines as line ends, no byte order mark), and the format to
/// restore on saving.
export function decode(raw: string): { text: string; format: TextFormat } {
  const hasMark = raw.startsWith(MARK);
  const body = hasMark ? raw.slice(1) : raw;
  const counts = { "\n": 0, "\r\n": 0, "\r": 0 };
  for (const [end] of body.matchAll(/\r\n?|\n/g)) counts[end as TextFormat["lineEnd"]] += 1;
  const ends = (Object.keys(counts) as TextFormat["lineEnd"][]).filter(end => counts[end]);
  const lineEnd = ends.reduce(
    (most, end) => (counts[end] > counts[most] ? end : most),
    ends[0] ?? "\n",
  );
  return {
    text: body.replace(/\r\n?/g, "\n"),
    format: { hasMark, lineEnd, isMixed: ends.length > 1 },
  };
}

/// The file's content for a text: the inverse of `decode`.
export function encode(text: string, format: TextFormat): string {
  const body = format.lineEnd === "\n" ? text : text.replaceAll("\n", format.lineEnd);
  return format.hasMark ? MARK + body : body;
}
