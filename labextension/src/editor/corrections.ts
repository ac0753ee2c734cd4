// What the state has assumed and the view knows better, or knows later: corrected by transactions of
// their own.

import type { EditorView } from "@codemirror/view";
import { geometryField, measured, type Geometry } from "./spacers";
import type { Group } from "./statements";

/// How long a cleared result keeps its height, in milliseconds.
const emptyFor = 500;

/// Corrects the heights of code, and of results that stay empty.
export class Corrections {
  private code = new Map<number, number>();
  private isScheduled = false;
  private emptied = 0;
  private isDestroyed = false;

  constructor(private readonly view: EditorView) {}

  destroy(): void {
    this.isDestroyed = true;
    clearTimeout(this.emptied);
  }

  /// Releases the height of cleared results after `emptyFor`. Usually the next output arrives
  /// before, and the text below does not jump up and down.
  releaseHeld({ held, heights }: Geometry): void {
    if (!held.size || this.emptied) return;
    this.emptied = setTimeout(() => {
      this.emptied = 0;
      const { state } = this.view;
      const now = state.field(geometryField);
      // A result that was cleared again meanwhile starts a new delay.
      const ids = [...held].filter(
        id => now.held.has(id) && now.heights.get(id) === heights.get(id),
      );
      if (ids.length)
        this.view.dispatch({
          effects: measured.of({ heights: new Map(ids.map(id => [id, 0])) }),
        });
      else this.releaseHeld(now);
    }, emptyFor) as unknown as number;
  }

  /// Only the height map knows the height of wrapped or folded code. Where the state assumed
  /// another, the spacer is wrong: collect the correction for one transaction.
  noteCode(group: Group, codeHeight: number, heights: readonly number[]): void {
    if (!heights.some(px => px > 0)) return;
    const { id } = group.members[0].anchor;
    const { code, metrics } = this.view.state.field(geometryField);
    const { doc } = this.view.state;
    const lines = doc.lineAt(group.to).number - doc.lineAt(group.from).number + 1;
    const known = code.get(id) ?? lines * metrics.lineHeight;
    if (Math.abs(known - codeHeight) > 0.5) this.code.set(id, codeHeight);
    else this.code.delete(id);
    if (this.code.size) this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    // A transaction may not be dispatched during an update: a microtask runs after it, before
    // paint.
    queueMicrotask(() => {
      this.isScheduled = false;
      const { code } = this;
      this.code = new Map();
      if (!this.isDestroyed && code.size) this.view.dispatch({ effects: measured.of({ code }) });
    });
  }
}
