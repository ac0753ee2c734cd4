// Where the caret was and what was in view, from one load of a page to the next: kept by this tab of the
// browser, so that two tabs on one script do not share it.

import type { Extension } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";

type Kept = readonly [anchor: number, head: number, top: number];

/// Keeps the caret under this name when the page goes, or the editor.
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
        // Where a page may keep nothing, the caret begins at the top.
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

/// Puts the caret back to where it was kept, as far as the text still reaches.
export function restoreCaret(view: EditorView, name: string): void {
  const kept = recall(name);
  if (!kept) return;
  const { length } = view.state.doc;
  const [anchor, head, top] = kept.map(pos => Math.min(pos, length)) as unknown as Kept;
  view.dispatch({
    selection: { anchor, head },
    effects: EditorView.scrollIntoView(top, { y: "start", yMargin: 0 }),
  });
}

function recall(name: string): Kept | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(name) ?? "null");
    const isKept = Array.isArray(kept) && kept.length === 3 && kept.every(Number.isInteger);
    return isKept && kept.every(pos => pos >= 0) ? (kept as unknown as Kept) : null;
  } catch {
    return null; // as above, or somebody else's
  }
}
