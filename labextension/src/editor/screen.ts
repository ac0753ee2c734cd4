// What the layout reads of the screen: the widths that results have, and the metrics of text.

import type { EditorView } from "@codemirror/view";
import type { Metrics } from "../results/parts/part";
import { geometryField, layoutOf } from "./spacers";

/// Editors narrower than this, in CSS pixels, show results below the code.
const narrow = 720;

/// Where the text begins and how wide the scroller is, in CSS pixels.
export interface Screen {
  readonly left: number;
  readonly width: number;
}

/// Reads the layout: call it in a measure phase.
export function readScreen({ scrollDOM, contentDOM }: EditorView): Screen {
  const gutters = scrollDOM.querySelector<HTMLElement>(".cm-gutters");
  const line = contentDOM.querySelector(".cm-line");
  let text = 0;
  for (const dom of [contentDOM, line])
    text += dom ? parseFloat(getComputedStyle(dom).paddingLeft) || 0 : 0;
  return { left: (gutters?.offsetWidth ?? 0) + text, width: scrollDOM.clientWidth };
}

/// Tells the style sheet.
export function writeScreen(view: EditorView, { left, width }: Screen): void {
  const { style } = view.scrollDOM;
  style.setProperty("--rdit-below-left", `${left}px`);
  style.setProperty("--rdit-below-width", `${Math.max(0, width - left)}px`);
  style.setProperty("--rdit-line-height", `${view.defaultLineHeight / view.scaleY}px`);
}

/// What differs from what the state knows; null if nothing does. Reads the layout.
export function readMetrics(
  view: EditorView,
  paneWidth: () => number,
): { metrics?: Metrics; isNarrow?: boolean } | null {
  const geometry = view.state.field(geometryField);
  const total = view.scrollDOM.clientWidth;
  if (!total) return null;
  const isNarrow = total < narrow;
  const width =
    layoutOf(view.state) === "beside"
      ? paneWidth() - 24
      : total - (parseFloat(view.scrollDOM.style.getPropertyValue("--rdit-below-left")) || 0) - 24;
  const metrics: Metrics = {
    // The view's metrics are in screen pixels: divide by the scale of a CSS transform or zoom.
    lineHeight: view.defaultLineHeight / view.scaleY,
    columns: Math.max(10, Math.floor((width * view.scaleX) / view.defaultCharacterWidth)),
    width,
  };
  const { metrics: known } = geometry;
  const isSame =
    Math.abs(known.lineHeight - metrics.lineHeight) < 0.01 &&
    known.columns === metrics.columns &&
    Math.abs(known.width - width) < 1;
  if (isSame && isNarrow === geometry.isNarrow) return null;
  return { ...(isSame ? {} : { metrics }), isNarrow };
}
