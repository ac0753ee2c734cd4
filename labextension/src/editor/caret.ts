// Cursor and scroll position: set to a line, and restored after a reload. Kept in sessionStorage, so that two tabs with
// the same script have their own.

import type { Extension } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";

type Kept = readonly [anchor: number, head: number, top: number];

/// Stores cursor and scroll position under this key when the page or the editor goes away.
export function keepCaret(name: () => string): Extension {
  return ViewPlugin.define(view => {
    const keep = () => {
      const { anchor, head } = view.state.selection.main;
      const top = view.lineBlockAtHeight(
        view.scrollDOM.getBoundingClientRect().top - view.documentTop,
      );
      const kept: Kept = [anchor, head, top.from];
      try {
        sessionStorage.setItem(name(), JSON.stringify(kept));
      } catch {
        // Storage is not available: the cursor will start at the top.
      }
    };
    window.addEventListener("pagehide", keep);
    return {
      destroy() {
        keep();
        window.removeEventListener("pagehide", keep);
      },
    };
  });
}

/// Restores cursor and scroll position, clipped to the document. No-op if nothing is stored.
export function restoreCaret(view: EditorView, name: string): void {
  const kept = recall(name);
  if (!kept) return;
  const { length } = view.state.doc;
  const [anchor, head, top] = kept.map(pos => Math.min(pos, length)) as unknown as Kept;
  view.dispatch({
    selection: { anchor, head },
    // Above the first line there is some room, which belongs to the beginning.
    effects: top ? EditorView.scrollIntoView(top, { y: "start", yMargin: 0 }) : [],
  });
}

/// Moves the cursor to the start of a line (from 1) and scrolls it to the center.
export function goToLine(view: EditorView, number: number) {
  const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
  view.dispatch({
    selection: { anchor: line.from },
    effects: EditorView.scrollIntoView(line.from, { y: "center" }),
  });
  view.focus();
}

function recall(name: string): Kept | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(name) ?? "null");
    const isKept = Array.isArray(kept) && kept.length === 3 && kept.every(Number.isInteger);
    return isKept && kept.every(pos => pos >= 0) ? (kept as unknown as Kept) : null;
  } catch {
    return null; // no storage, or not a value of ours
  }
}
