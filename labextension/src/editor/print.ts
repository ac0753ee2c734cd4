// Prints when all outputs are as they are to be printed. The browser waits for none while it prints: what
// is made then has frames that are empty.

import { Facet } from "@codemirror/state";
import type { Command, EditorView } from "@codemirror/view";

/// What prints results: the paper, and the reading view.
export interface Printer {
  /// Makes all that is to be printed.
  make(): void;
  /// Whether something is still to come.
  readonly isLoading: boolean;
}

/// The printers of an editor; those that are there.
export const printers = Facet.define<(view: EditorView) => Printer | null>();

/// What comes from a network may never come.
const PATIENCE_MS = 5000;
/// A frame draws, and tells its height, a moment after it is loaded.
const FRAMES = 3;

/// Whether frames in it are still empty.
export const hasEmptyFrames = (dom: Element | null) =>
  Boolean(dom?.querySelector(".rdit-sandbox:not([data-loaded])"));

/// Prints the script with its results; in the reading view, these.
export const print: Command = view => {
  if (view.dom.dataset.printing) return true;
  const found = view.state.facet(printers).flatMap(find => find(view) ?? []);
  for (const printer of found) printer.make();
  view.dom.dataset.printing = "true";
  void loaded(found).then(() => {
    delete view.dom.dataset.printing;
    // Closed meanwhile: something else would be printed.
    if (view.dom.isConnected) window.print();
  });
  return true;
};

async function loaded(printers: readonly Printer[]): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (let still = 0; still < FRAMES && performance.now() < until;) {
    await new Promise(requestAnimationFrame);
    still = printers.some(({ isLoading }) => isLoading) ? 0 : still + 1;
  }
}
