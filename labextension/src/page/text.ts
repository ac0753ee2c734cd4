// A file's text as the editor holds it, and as its bytes have it: byte order mark and line ends are the
// file's own and come back when it is saved.

export interface TextFormat {
  hasMark: boolean;
  lineEnd: "\n" | "\r\n" | "\r";
  /// More than one kind of line end: saving writes `lineEnd`, the commonest, everywhere.
  isMixed: boolean;
}

const MARK = "\ufeff";

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

export function encode(text: string, format: TextFormat): string {
  const body = format.lineEnd === "\n" ? text : text.replaceAll("\n", format.lineEnd);
  return format.hasMark ? MARK + body : body;
}
