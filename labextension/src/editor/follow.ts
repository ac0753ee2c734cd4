// Scrolls the result of the last run and the cursor into view, until the user scrolls, clicks or
// types. In the margin a result comes into view by itself (margin/), and the code stands still.
// Results arrive after the run was sent and can grow (an image, a table), so each change of
// statements or geometry is checked.

import type { EditorState, Extension } from "@codemirror/state";
import { ViewPlugin, type EditorView, type ViewUpdate } from "@codemirror/view";
import { resultsLayer } from "./layout";
import { geometryField, layoutOf } from "./spacers";
import { contentOf, isVisible } from "./content";
import { runSent, statementsField } from "./statements";

/// A vertical range, in pixels of the screen.
export interface Extent {
  readonly top: number;
  readonly bottom: number;
}

// Distance kept from the edges of the window, in pixels.
const margin = 6;

/// How far to scroll, in screen pixels, so that both result and cursor are in view. If both do not
/// fit: the cursor, and the part of the result nearest to it.
export function scrollFor(result: Extent | null, cursor: Extent, window: Extent): number {
  const top = window.top + margin;
  const bottom = window.bottom - margin;
  const room = bottom - top;
  let wanted = cursor;
  if (result) {
    const both = {
      top: Math.min(result.top, cursor.top),
      bottom: Math.max(result.bottom, cursor.bottom),
    };
    if (both.bottom - both.top <= room) wanted = both;
    // If the cursor is below the result, show the result's end, else its beginning.
    else if (cursor.bottom >= result.bottom)
      wanted = { top: cursor.bottom - room, bottom: cursor.bottom };
    else if (cursor.bottom - both.top <= room) wanted = { top: both.top, bottom: both.top + room };
    else wanted = { top: cursor.bottom - room, bottom: cursor.bottom };
  }
  if (wanted.top < top) return wanted.top - top;
  if (wanted.bottom > bottom) return Math.min(wanted.bottom - bottom, wanted.top - top);
  return 0;
}

class Follower {
  private run: string | null = null;

  constructor(private readonly view: EditorView) {
    for (const kind of ["wheel", "touchmove", "pointerdown"])
      view.scrollDOM.addEventListener(kind, this.stop, { passive: true });
  }

  update({ transactions, state, startState }: ViewUpdate): void {
    for (const tr of transactions) {
      const sent = tr.effects.find(effect => effect.is(runSent));
      // Do not follow a run of the whole script: the text would scroll with each statement.
      if (sent) this.run = sent.value.isWhole ? null : sent.value.run;
      else if (tr.selection || (tr.docChanged && !tr.isUserEvent("reload"))) this.run = null;
    }
    if (this.run === null) return;
    if (
      state.field(statementsField) !== startState.field(statementsField, false) ||
      state.field(geometryField) !== startState.field(geometryField, false)
    )
      this.view.requestMeasure(this.look);
  }

  destroy(): void {
    for (const kind of ["wheel", "touchmove", "pointerdown"])
      this.view.scrollDOM.removeEventListener(kind, this.stop);
  }

  private readonly stop = () => {
    this.run = null;
  };

  private readonly look = {
    key: "rdit-follow",
    read: (): { by: number; missing: number | null } => {
      const { view, run } = this;
      const isInMargin = layoutOf(view.state) === "beside";
      const nothing = { by: 0, missing: null };
      if (run === null || isInMargin || !view.scrollDOM.clientHeight) return nothing;
      const { top } = view.scrollDOM.getBoundingClientRect();
      const window = { top, bottom: top + view.scrollDOM.clientHeight * view.scaleY };
      const cursor = view.coordsAtPos(view.state.selection.main.head);
      if (!cursor) return nothing;
      const id = lastShown(view.state, run);
      const dom = id === null ? null : view.plugin(resultsLayer)?.domOf(id);
      const by = scrollFor(dom?.getBoundingClientRect() ?? null, cursor, window) / view.scaleY;
      return { by, missing: dom ? null : id };
    },
    write: ({ by, missing }: { by: number; missing: number | null }) => {
      const { view } = this;
      if (Math.abs(by) >= 1) view.scrollDOM.scrollTop += by;
      // Below the window it has been left for idle time, of which nothing would tell.
      if (missing !== null && view.plugin(resultsLayer)?.make(missing))
        view.requestMeasure(this.look);
    },
  };
}

/// The anchor id of the last statement of the run with a visible result; null if none has one.
function lastShown(state: EditorState, run: string): number | null {
  const { anchors, results } = state.field(statementsField);
  let last: number | null = null;
  for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
    if (cursor.value.run !== run) continue;
    const content = contentOf(results, cursor.value);
    if (content && isVisible(content)) last = cursor.value.id;
  }
  return last;
}

/// The extension that keeps the last run's result in view.
export const following: Extension = ViewPlugin.fromClass(Follower);
