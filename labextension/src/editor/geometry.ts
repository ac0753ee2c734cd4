// The arithmetic of the layout: how high a result will be, where results of a group stand, and how much
// room the code must make for them. Numbers only: no DOM, no editor.

import { imageSize, textOf } from "../results/mime";
import { keepsLines, lastLines } from "../results/wrap";
import type { Content } from "./statements";
import { isSilentlyInterrupted } from "../results/render";

export type Layout = "beside" | "below";

/// What the estimates need to know of the screen.
export interface Metrics {
  /// Of a line of code, and of a line of a result.
  readonly lineHeight: number;
  /// Characters in a line of a result.
  readonly columns: number;
  /// Of the results, in pixels.
  readonly width: number;
}

/// Text and tables higher than this many lines scroll by themselves, as results.css says.
export const tallestLines = 24;
/// The room after a result that is higher than its code.
export const gapBeside = 8;
/// The room over and under results that stand below their code.
export const padBelow = { before: 2, after: 8 };
/// Between the parts of one result.
const gapParts = 4;

/// Where results of one group stand, from the top of the group's first line.
export interface Stack {
  readonly tops: readonly number[];
  /// The room to make after the group's last line.
  readonly reserve: number;
}

/// Places results. `offsets` are the tops of their statements' first lines, `heights` are 0 where a
/// result takes no room; `codeHeight` is that of the lines of the group.
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
    return { tops, reserve: over > 0.5 ? over + gapBeside : 0 };
  }
  bottom = codeHeight;
  heights.forEach(height => {
    // Without a body there is only the clock: it stands at the end of the code's last line.
    tops.push(height > 0 ? bottom + padBelow.before : bottom - lineHeight);
    if (height > 0) bottom += padBelow.before + height;
  });
  const used = bottom - codeHeight;
  return { tops, reserve: used > 0 ? used + padBelow.after : 0 };
}

/// About how high a result will be: exact for plain text, near for the rest. It stands until the result
/// is on the screen and measured.
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

/// Lines of text when it wraps at `columns`; counting ends where it no longer matters.
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
