// The height of a result before it is rendered and measured.

import { kindOf } from "./parts";
import { inputHeight } from "./parts/input";
import type { Metrics } from "./parts/part";
import { isSilentlyInterrupted, type Shown } from "./render";

/// Space between the parts of one result, in CSS pixels.
const gapParts = 4;

/// Estimated height of a result in CSS pixels: exact for plain text, approximate for the rest.
export function estimateHeight(
  shown: Pick<Shown, "outcome" | "status" | "isEarlier" | "input">,
  metrics: Metrics,
): number {
  const heights = shown.outcome.parts.map(part => kindOf(part).height(part, metrics));
  if (isSilentlyInterrupted(shown)) heights.push(metrics.lineHeight);
  if (shown.input) heights.push(inputHeight(metrics));
  const taking = heights.filter(height => height > 0);
  return taking.reduce((sum, height) => sum + height, gapParts * Math.max(0, taking.length - 1));
}
