// The arithmetic of the layout: estimated heights of results, their positions within a group, and
// the height of the spacer below it. Numbers only: no DOM, no editor. All lengths are in CSS
// pixels.

import { imageSize, textOf } from "../results/mime";
import { keepsLines, lastLines } from "../results/wrapping";
import type { Content } from "./statements";
import { isSilentlyInterrupted } from "../results/render";

/// Results in a pane beside the code, or below their statements.
export type Layout = "beside" | "below";

/// What the height estimates need to know of the screen.
export interface Metrics {
  /// Height of a line, the same in code and results.
  readonly lineHeight: number;
  /// Characters in a line of a result.
  readonly columns: number;
  /// Width of the results.
  readonly width: number;
}

/// Text and tables of more lines scroll within the result. Must agree with results.css.
export const tallestLines = 24;
/// Space below a result that is higher than its code.
export const gapBeside = 8;
/// Space above and below results in the layout "below".
export const padBelow = { before: 2, after: 8 };
/// Space between the parts of one result.
const gapParts = 4;

/// Positions of the results of one group, relative to the top of the group's first line.
export interface Stack {
  readonly tops: readonly number[];
  /// Height of the spacer after the group's last line; 0 for none.
  readonly spacer: number;
}

/// Stacks the results of a group without overlap. `offsets`: tops of the first lines of their
/// statements. `heights`: 0 for a result without a body. `codeHeight`: height of the group's lines.
export function stack(
  layout: Layout,
  offsets: readonly number[],
  heights: readonly number[],
  codeHeight: number,
  lineHeight: number,
): Stack {
  const tops: number[] = [];
  let bottom = 0;
  if (layout === "beside") {
    offsets.forEach((offset, index) => {
      tops.push(Math.max(offset, bottom));
      if (heights[index] > 0) bottom = tops[index] + heights[index];
    });
    const over = bottom - codeHeight;
    return { tops, spacer: over > 0.5 ? over + gapBeside : 0 };
  }
  bottom = codeHeight;
  heights.forEach(height => {
    // A result without a body shows only the running time: at the end of the code's last line.
    tops.push(height > 0 ? bottom + padBelow.before : bottom - lineHeight);
    if (height > 0) bottom += padBelow.before + height;
  });
  const used = bottom - codeHeight;
  return { tops, spacer: used > 0 ? used + padBelow.after : 0 };
}

/// Estimated height of a result: exact for plain text, approximate for the rest. Used until the
/// result is rendered and measured.
export function estimateHeight(content: Content, metrics: Metrics): number {
  const { lineHeight } = metrics;
  let height = 0;
  let parts = 0;
  const add = (more: number) => {
    if (parts++) height += gapParts;
    height += more;
  };
  for (const part of content.outcome.parts) {
    switch (part.type) {
      case "stdout":
      case "stderr":
        if (part.text)
          add(lineHeight * Math.min(tallestLines, countLines(part.text, metrics.columns)));
        break;
      case "truncated":
        add(lineHeight * (1 + (part.tail ? lastLines(part.tail).length : 0)));
        break;
      case "error":
        add(
          lineHeight *
            (countLines(part.message, metrics.columns) +
              Math.min(14, Math.max(0, countLines(part.text, 400) - 2))),
        );
        break;
      default:
        add(bundleHeight(part.data, part.metadata, part.text, metrics));
    }
  }
  if (isSilentlyInterrupted(content)) add(lineHeight);
  if (content.input) add(lineHeight + 8);
  return height;
}

function bundleHeight(
  data: Record<string, unknown>,
  metadata: Record<string, unknown>,
  text: string,
  { lineHeight, columns, width }: Metrics,
): number {
  const lines = (count: number) => lineHeight * Math.min(tallestLines, count);
  const html = textOf(data["text/html"]);
  if (html !== null) {
    if (/<script[\s>]/i.test(html)) return 150;
    const rows = occurrences(html, "<tr");
    return rows
      ? lines(rows + (occurrences(text, "rows x") ? 2 : 0))
      : lines(countLines(html, 400));
  }
  const markdown = textOf(data["text/markdown"]);
  if (markdown !== null) return lines(countLines(markdown, columns));
  for (const type of Object.keys(data)) {
    if (!type.startsWith("image/")) continue;
    const known = imageSize(data, metadata, type);
    if (!known) return 300;
    return known.height * Math.min(1, width / known.width);
  }
  return lines(countLines(text, columns));
}

function occurrences(text: string, what: string): number {
  let count = 0;
  for (let at = text.indexOf(what); at >= 0 && count < 1000; at = text.indexOf(what, at + 1))
    count++;
  return count;
}

/// Number of lines of `text` wrapped at `columns`. Stops counting just above `tallestLines`, where
/// the result scrolls anyway.
export function countLines(text: string, columns: number): number {
  if (keepsLines(text)) columns = Infinity;
  let lines = 0;
  let start = 0;
  while (start < text.length && lines <= tallestLines) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    lines += Math.max(1, Math.ceil((end - start) / Math.max(1, columns)));
    start = end + 1;
  }
  return Math.max(1, lines);
}
