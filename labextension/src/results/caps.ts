// How high a result may be before only its head is shown: text and tables a quarter of the editor,
// figures two fifths. Whole lines, so that no line is cut, and so that a slightly smaller window
// moves nothing.

/// The caps in CSS pixels, with the line that offers the rest.
export interface Caps {
  readonly cap: number;
  /// Of a result with a figure.
  readonly figureCap: number;
}

const leastLines = 6;
const leastFigureLines = 10;

/// `height`: of the editor. `lines`: the height that the user has set; 0 to go by the editor's. All
/// lengths are in CSS pixels.
export function capsOf(height: number, lineHeight: number, lines: number): Caps {
  const share = (of: number, least: number) =>
    Math.max(least, Math.floor((height * of) / lineHeight)) * lineHeight;
  const figureCap = share(0.4, leastFigureLines);
  if (!lines) return { cap: share(0.25, leastLines), figureCap };
  const cap = lines * lineHeight;
  return { cap, figureCap: Math.max(cap, figureCap) };
}

/// Lines left for text in a result that has a figure too.
const captionLines = 4;

/// The height of a figure that is not shown whole. `isAlone`: nothing else is in its result.
export function figureHeight(figureCap: number, lineHeight: number, isAlone: boolean): number {
  return figureCap - (isAlone ? 1 : captionLines) * lineHeight;
}

// Made smaller than this, a figure says nothing: then its head is shown instead.
const mostShrunk = 2.5;

/// The size at which a figure of `width` × `height` is shown where it may be `cap` high. `isHead`:
/// only its upper part is.
export function fitFigure(
  width: number,
  height: number,
  cap: number,
): { width: number; height: number; isHead: boolean } {
  return height > cap * mostShrunk
    ? { width, height: cap, isHead: true }
    : { width: (width * cap) / height, height: cap, isHead: false };
}
