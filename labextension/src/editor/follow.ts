// Keeps in view what was just run: its result and the cursor, until the person scrolls, clicks or types. A
// result comes after the run was sent and may grow (an image, a table), so this looks again at each change.

import type { EditorState, Extension } from "@codemirror/state";
import { ViewPlugin, type EditorView, type ViewUpdate } from "@codemirror/view";
import { resultsLayer } from "./layout";
import { geometryField } from "./reserves";
import { contentOf, isVisible, runSent, statementsField } from "./statements";

/// What is wanted in view, and the window, in pixels of one scale.
export interface Extent {
  readonly top: number;
  readonly bottom: number;
}

// So that what is in view does not touch the edge.
const margin = 6;

/// How far to scroll, so that result and cursor are in view; where both have no room, the cursor and of the
/// result what is nearest to it.
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
    // Below its result the cursor shows the end of it, elsewhere the beginning.
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
      // A whole script is watched by nobody line by line: the text stands still.
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
    read: (): number => {
      const { view, run } = this;
      if (run === null || !view.scrollDOM.clientHeight) return 0;
      const { top } = view.scrollDOM.getBoundingClientRect();
      const window = { top, bottom: top + view.scrollDOM.clientHeight * view.scaleY };
      const cursor = view.coordsAtPos(view.state.selection.main.head);
      if (!cursor) return 0;
      const id = lastShown(view.state, run);
      const dom = id === null ? null : view.plugin(resultsLayer)?.domOf(id);
      return scrollFor(dom?.getBoundingClientRect() ?? null, cursor, window) / view.scaleY;
    },
    write: (by: number) => {
      if (Math.abs(by) >= 1) this.view.scrollDOM.scrollTop += by;
    },
  };
}

/// The last statement of a run that has something to show.
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

export const following: Extension = ViewPlugin.fromClass(Follower);
