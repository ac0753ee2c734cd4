// The arithmetic of the layout: positions of results within a group, and the height of the spacer
// below it. Numbers only: no DOM, no editor. All lengths are in CSS pixels.

/// Results in a pane beside the code: in the margin, where they push each other (see margin/), or
/// each at its statement, with room between the lines; or below their statements.
export type Layout = "beside" | "spaced" | "below";

/// In the order in which a command goes through them, with their names.
export const layouts: Record<Layout, string> = {
  beside: "Beside",
  spaced: "Spaced",
  below: "Below",
};

export function nextLayout(layout: Layout): Layout {
  const all = Object.keys(layouts) as Layout[];
  return all[(all.indexOf(layout) + 1) % all.length];
}

/// Space below a result that is higher than its code, in the layout "spaced".
export const gapSpaced = 8;
/// Space above and below results in the layout "below".
export const padBelow = { before: 2, after: 8 };

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
  if (layout !== "below") {
    offsets.forEach((offset, index) => {
      tops.push(Math.max(offset, bottom));
      if (heights[index] > 0) bottom = tops[index] + heights[index];
    });
    const over = bottom - codeHeight;
    return { tops, spacer: over > 0.5 ? over + gapSpaced : 0 };
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
