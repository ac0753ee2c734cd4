// A terminal's view of stdout and stderr: applies carriage returns, backspaces and the cursor
// movement of progress bars in the model, so that a bar redrawn a million times is one line.
// Colours (SGR codes) stay in the text; see ansi.ts.

/// The cursor, if it is not at the end of the text.
interface Cursor {
  /// Rows above the last one.
  readonly up: number;
  readonly column: number;
  /// The SGR codes in effect.
  readonly pen: string;
}

/// The text on the screen, and the state needed to continue it. Immutable.
export interface Screen {
  readonly text: string;
  readonly cursor: Cursor | null;
  /// An incomplete escape sequence, to be completed by the next chunk.
  readonly held: string;
}

export const emptyScreen: Screen = { text: "", cursor: null, held: "" };

interface Cell {
  readonly pen: string;
  readonly char: string;
}

/// Number of rows above the last one that the cursor can reach.
const reach = 24;
const pad: Cell = { pen: "", char: " " };
const unfinished = /\x1b(?:\[[0-9;?]*|\][^\x07\x1b]*)?$/;
const control = /[\r\b\x1b]/;
const token =
  /\x1b\[([0-9;?]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[^[\]]|[\r\n\b]|[^\x1b\r\n\b]/gu;
const colour = /\x1b\[([0-9;]*)m/g;

/// Returns the screen after writing `chunk`.
export function write(screen: Screen, chunk: string): Screen {
  let text = (screen.held + chunk).replace(/\r+\n/g, "\n");
  let held = "";
  const cut = text.lastIndexOf("\x1b") < 0 ? null : unfinished.exec(text);
  if (cut) {
    held = cut[0];
    text = text.slice(0, cut.index);
  }
  // Fast path for append-only text: JavaScript engines concatenate long strings as ropes, without
  // copying.
  if (!screen.cursor && (!control.test(text) || !control.test(text.replace(colour, ""))))
    return { text: screen.text + text, cursor: null, held };
  return replay(screen, text, held);
}

function replay(screen: Screen, text: string, held: string): Screen {
  let start = screen.text.length + 1;
  for (let row = 0; row <= reach && start > 0; row++)
    start = screen.text.lastIndexOf("\n", start - 2) + 1;
  const head = screen.text.slice(0, start);
  const startPen = penAfter("", head);
  let pen = startPen;
  const rows: Cell[][] = [[]];
  let row = 0;
  let column = 0;

  const run = (text: string) => {
    for (const match of text.matchAll(token)) {
      const [sequence, parameters, final] = match;
      if (final === "m") pen = penAfter(pen, sequence);
      else if (final) move(final, parameters);
      else if (sequence === "\n") {
        row++;
        column = 0;
        if (row === rows.length) rows.push([]);
      } else if (sequence === "\r") column = 0;
      else if (sequence === "\b") column = Math.max(0, column - 1);
      else if (sequence[0] !== "\x1b") {
        const cells = rows[row];
        while (cells.length < column) cells.push(pad);
        cells[column++] = { pen, char: sequence };
      }
    }
  };
  const move = (final: string, parameters: string) => {
    const count = Math.max(1, parseInt(parameters, 10) || 1);
    if (final === "A" || final === "F") row = Math.max(0, row - count);
    else if (final === "B" || final === "E") row = Math.min(rows.length - 1, row + count);
    else if (final === "C") column += Math.min(count, 1000);
    else if (final === "D") column = Math.max(0, column - count);
    else if (final === "G") column = Math.min(count, 1000) - 1;
    else if (final === "K") erase(rows[row], parameters);
    else if (final === "J") {
      rows[row].length = Math.min(rows[row].length, column);
      rows.length = row + 1;
      if (parameters === "2") for (const cells of rows) cells.length = 0;
    }
    if (final === "E" || final === "F") column = 0;
  };
  const erase = (cells: Cell[], parameters: string) => {
    if (parameters === "2") cells.length = 0;
    else if (parameters === "1")
      for (let i = 0; i <= column && i < cells.length; i++) cells[i] = pad;
    else cells.length = Math.min(cells.length, column);
  };

  run(screen.text.slice(start));
  if (screen.cursor) {
    row = Math.max(0, rows.length - 1 - screen.cursor.up);
    column = screen.cursor.column;
    pen = screen.cursor.pen;
  }
  run(text);

  let shown = head;
  let last = startPen;
  const dip = (wanted: string) => {
    if (wanted === last) return;
    shown += (last ? "\x1b[0m" : "") + wanted;
    last = wanted;
  };
  rows.forEach((cells, index) => {
    if (index) shown += "\n";
    for (const cell of cells) {
      dip(cell.pen);
      shown += cell.char;
    }
  });
  const atEnd = row === rows.length - 1 && column === rows[row].length;
  if (atEnd) dip(pen);
  return { text: shown, cursor: atEnd ? null : { up: rows.length - 1 - row, column, pen }, held };
}

/// Returns the SGR codes in effect after `text`, starting with `pen`.
function penAfter(pen: string, text: string): string {
  if (text.indexOf("\x1b") < 0) return pen;
  for (const [sequence, parameters] of text.matchAll(colour))
    pen = /^0*$/.test(parameters) ? "" : /^0+;/.test(parameters) ? sequence : pen + sequence;
  return pen;
}
