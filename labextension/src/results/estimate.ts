// The height of a result before it is rendered and measured.

import { figureHeight } from "./caps";
import { kindOf } from "./parts";
import { inputHeight } from "./parts/input";
import type { Metrics } from "./parts/part";
import { isSilentlyInterrupted, type Shown } from "./render";

/// Space between the parts of one result, in CSS pixels.
const gapParts = 4;

/// Estimated height of a result in CSS pixels: exact for plain text, approximate for the rest.
/// `isExpanded`: it is shown whole.
export function estimateHeight(
  shown: Pick<Shown, "outcome" | "status" | "isEarlier" | "input">,
  metrics: Metrics,
  isExpanded = false,
): number {
  const { parts } = shown.outcome;
  if (isExpanded) metrics = { ...metrics, cap: Infinity, figureCap: Infinity };
  const figure = figureHeight(metrics.figureCap, metrics.lineHeight, parts.length === 1);
  let hasFigure = false;
  const sum = (heights: number[]) => {
    const taking = heights.filter(height => height > 0);
    return taking.reduce((sum, height) => sum + height, gapParts * Math.max(0, taking.length - 1));
  };
  const body = sum(
    parts.map(part => {
      const { height, isFigure } = kindOf(part);
      const px = height(part, metrics);
      if (!isFigure?.(part)) return px;
      hasFigure = true;
      // A figure that is shown smaller stands above the line that offers it whole.
      if (px <= metrics.figureCap) return px;
      return parts.length === 1 ? metrics.figureCap : figure;
    }),
  );
  const heights = [Math.min(body, hasFigure ? metrics.figureCap : metrics.cap)];
  if (isSilentlyInterrupted(shown)) heights.push(metrics.lineHeight);
  if (shown.input) heights.push(inputHeight(metrics));
  return sum(heights);
}
