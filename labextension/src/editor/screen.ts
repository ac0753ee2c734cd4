// What the layout reads of the screen: the widths that results have, and the metrics of text.

import type { EditorView } from "@codemirror/view";
import { capsOf } from "../results/caps";
import type { Metrics } from "../results/parts/part";
import { foldsField } from "./folds";
import { geometryField, layoutOf } from "./spacers";

/// Editors narrower than this, in CSS pixels, show results below the code.
const narrow = 720;

/// Where the text begins, how wide and high the scroller is and how high the editor, in CSS pixels.
export interface Screen {
  readonly left: number;
  readonly width: number;
  readonly window: number;
  readonly height: number;
}

/// Reads the layout: call it in a measure phase.
export function readScreen({ dom, scrollDOM, contentDOM }: EditorView): Screen {
  const gutters = scrollDOM.querySelector<HTMLElement>(".cm-gutters");
  const line = contentDOM.querySelector(".cm-line");
  let text = 0;
  for (const dom of [contentDOM, line])
    text += dom ? parseFloat(getComputedStyle(dom).paddingLeft) || 0 : 0;
  return {
    left: (gutters?.offsetWidth ?? 0) + text,
    width: scrollDOM.clientWidth,
    window: scrollDOM.clientHeight,
    height: dom.clientHeight,
  };
}

/// Tells the style sheet.
export function writeScreen(view: EditorView, { left, width, height }: Screen): void {
  const { style } = view.scrollDOM;
  style.setProperty("--rdit-below-left", `${left}px`);
  style.setProperty("--rdit-below-width", `${Math.max(0, width - left)}px`);
  style.setProperty("--rdit-line-height", `${view.defaultLineHeight / view.scaleY}px`);
  const { cap, figureCap } = capsIn(view, height);
  style.setProperty("--rdit-text-cap", `${cap}px`);
  style.setProperty("--rdit-figure-cap", `${figureCap}px`);
}

// By the height of the whole editor: a panel that opens in it makes no result smaller.
const capsIn = (view: EditorView, height: number) =>
  capsOf(height, view.defaultLineHeight / view.scaleY, view.state.field(foldsField).lines);

/// What differs from what the state knows; null if nothing does. Reads the layout.
export function readMetrics(
  view: EditorView,
  paneWidth: () => number,
): { metrics?: Metrics; isNarrow?: boolean } | null {
  const geometry = view.state.field(geometryField);
  const total = view.scrollDOM.clientWidth;
  if (!total) return null;
  const isNarrow = total < narrow;
  const layout = layoutOf(view.state);
  const width =
    layout !== "below"
      ? paneWidth() - (layout === "beside" ? 40 : 24)
      : total - (parseFloat(view.scrollDOM.style.getPropertyValue("--rdit-below-left")) || 0) - 36;
  const metrics: Metrics = {
    // The view's metrics are in screen pixels: divide by the scale of a CSS transform or zoom.
    lineHeight: view.defaultLineHeight / view.scaleY,
    columns: Math.max(10, Math.floor((width * view.scaleX) / view.defaultCharacterWidth)),
    width,
    ...capsIn(view, view.dom.clientHeight),
  };
  const { metrics: known } = geometry;
  const isSame =
    Math.abs(known.lineHeight - metrics.lineHeight) < 0.01 &&
    known.columns === metrics.columns &&
    known.cap === metrics.cap &&
    known.figureCap === metrics.figureCap &&
    Math.abs(known.width - width) < 1;
  if (isSame && isNarrow === geometry.isNarrow) return null;
  return { ...(isSame ? {} : { metrics }), isNarrow };
}
