// The draggable divider between code and results. Imported lazily: not needed for the first paint.

import type { EditorView } from "@codemirror/view";
import { defaultWidth, savedWidth, saveWidth } from "./width";

/// Creates the divider of a pane. `setWidth` is called with the width of the results, in percent of
/// the editor.
export function divider(
  pane: HTMLElement,
  view: EditorView,
  setWidth: (percent: number) => void,
): HTMLElement {
  const divider = document.createElement("div");
  divider.className = "rdit-divider";
  divider.setAttribute("role", "separator");
  divider.setAttribute("aria-orientation", "vertical");
  divider.setAttribute("aria-label", "Width of the results");
  divider.tabIndex = 0;
  const tell = (percent: number) =>
    divider.setAttribute("aria-valuenow", String(Math.round(Math.max(20, Math.min(75, percent)))));
  tell(savedWidth());
  const set = (percent: number) => {
    setWidth(percent);
    saveWidth(percent);
    tell(percent);
  };
  divider.addEventListener("pointerdown", event => {
    event.preventDefault();
    divider.setPointerCapture(event.pointerId);
  });
  divider.addEventListener("pointermove", event => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const { right, width } = view.scrollDOM.getBoundingClientRect();
    set(((right - event.clientX) / width) * 100);
  });
  divider.addEventListener("dblclick", () => set(defaultWidth));
  divider.addEventListener("keydown", event => {
    const step = event.key === "ArrowLeft" ? 2 : event.key === "ArrowRight" ? -2 : 0;
    if (!step) return;
    event.preventDefault();
    set((pane.offsetWidth / view.scrollDOM.clientWidth) * 100 + step);
  });
  return divider;
}
