// A panel over the whole page, on the native `<dialog>`: it traps the focus, closes with Escape, and gives
// the focus back.
import { h } from "./dom";

/// Opens it. `panel`: its name in `data-panel`; `label`: what it is for screen readers.
export function modal(panel: string, label: string, ...children: HTMLElement[]): HTMLDialogElement {
  const dialog = h(
    "dialog",
    {
      class: `rdit-dialog rdit-panel rdit-panel-${panel}`,
      "data-panel": panel,
      "aria-label": label,
    },
    ...children,
  );
  dialog.addEventListener("close", () => dialog.remove());
  // On the backdrop, but not a drag (a selection) that began inside.
  dialog.addEventListener("mousedown", event => {
    if (event.target === dialog) dialog.close();
  });
  // The browser's own help would come over it.
  dialog.addEventListener("keydown", event => {
    if (event.key === "F1") event.preventDefault();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
