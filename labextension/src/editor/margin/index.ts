// The margin layout: a chunk of its own, which the first paint does not need.

import type { EditorView } from "@codemirror/view";
import type { MountedResults } from "../mounted";
import { MarginColumn } from "./column";
import { Gestures } from "./gestures";

export type { MarginColumn } from "./column";

/// Creates the column of a pane, with its gestures. `pass` shows and hides elements, and calls the
/// column's `place`; `isOn`: whether the layout is this.
export function marginColumn(
  view: EditorView,
  pane: HTMLElement,
  mounted: MountedResults,
  pass: () => void,
  isOn: () => boolean,
): MarginColumn {
  const column = new MarginColumn(view, pane, mounted, pass);
  const gestures = new Gestures(view, pane, column, mounted, isOn);
  column.onDestroy = () => gestures.destroy();
  return column;
}
