// The widths of the columns, which are measured when their first cells come, and where each begins.

const least = 36;
const most = 320;
const unknown = 90;
/// Padding of a cell, and room for the sign of a sort and the button of the menu in the head.
const padding = 16;
const headPadding = padding + 26;

export class Widths {
  private readonly widths: Float64Array;
  private readonly starts: Float64Array;
  private readonly isKnown: Uint8Array;
  /// Set by the user.
  readonly chosen = new Map<number, number>();

  constructor(readonly count: number) {
    this.widths = new Float64Array(count).fill(unknown);
    this.isKnown = new Uint8Array(count);
    this.starts = new Float64Array(count + 1);
    this.sum(0);
  }

  of(column: number): number {
    return this.widths[column]!;
  }

  start(column: number): number {
    return this.starts[column]!;
  }

  get whole(): number {
    return this.starts[this.count]!;
  }

  /// The column at a distance from the start of the first.
  at(distance: number): number {
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= distance) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  set(column: number, width: number): void {
    this.widths[column] = Math.max(least, Math.round(width));
    this.chosen.set(column, this.widths[column]);
    this.isKnown[column] = 1;
    this.sum(column);
  }

  /// Measures columns that were not. `texts` are of the cells, `heads` of the head.
  measure(
    columns: readonly { at: number; texts: readonly string[]; heads: readonly string[] }[],
    font: string,
  ): void {
    let first = this.count;
    for (const { at, texts, heads } of columns) {
      if (this.isKnown[at]) continue;
      this.widths[at] = Math.min(
        most,
        Math.max(least, widest(texts, font) + padding, widest(heads, font) + headPadding),
      );
      this.isKnown[at] = 1;
      first = Math.min(first, at);
    }
    this.sum(first);
  }

  private sum(from: number): void {
    for (let at = from; at < this.count; at++)
      this.starts[at + 1] = this.starts[at]! + this.widths[at]!;
  }
}

let context: CanvasRenderingContext2D | null = null;
/// Variation selectors, and what joins several signs to one.
const joins = /[\u200d\ufe00-\ufe0f]/;
/// Of the letters in one font.
let letters = new Map<string, number>();
let lettersFont = "";

/// Whether a text surely fits into a cell that is so wide. By its letters, each of which is measured once: to measure
/// the text of each cell takes as long as to draw them. Digits are as wide as each other (`tabular-nums`), which a
/// canvas does not know; of signs that change the one before them it knows nothing by itself.
export function fits(text: string, width: number, font: string): boolean {
  if (joins.test(text)) return false;
  context ??= document.createElement("canvas").getContext("2d");
  if (lettersFont !== font) {
    letters = new Map();
    lettersFont = font;
  }
  let left = width - padding;
  for (const char of text) {
    const letter = char >= "0" && char <= "9" ? "0" : char;
    let one = letters.get(letter);
    if (one === undefined) {
      if (context) context.font = font;
      one = context?.measureText(letter).width ?? 7;
      letters.set(letter, one);
    }
    left -= one;
    if (left < 0) return false;
  }
  return true;
}

/// The width of the widest of these texts: of the longest ones, as measuring takes time.
export function widest(texts: readonly string[], font: string): number {
  context ??= document.createElement("canvas").getContext("2d");
  const longest = [...texts].sort((a, b) => b.length - a.length).slice(0, 5);
  if (!context) return Math.max(0, ...longest.map(text => text.length * 7));
  context.font = font;
  return Math.ceil(
    Math.max(0, ...longest.map(text => context!.measureText(text.slice(0, 100)).width)),
  );
}
