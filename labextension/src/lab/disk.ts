// Reloads a script that another program changed on disk, if its tab has no unsaved edits.
// JupyterLab itself checks only on save, and then asks.

import { ChangeSet } from "@codemirror/state";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { ServiceManager } from "@jupyterlab/services";
import type { IDisposable } from "@lumino/disposable";
import { textChanges } from "../editor/diff";
import type { RditDocument } from "./document";

const LOOK_MS = 5_000;

/// Polls the file every few seconds and when the window gets the focus, while the document is
/// visible. Dispose to stop.
export function followDisk(
  document: RditDocument,
  { contents }: ServiceManager.IManager,
  /// Whether the document is collaborative: the server then merges changes on disk.
  isShared: () => boolean,
  onReloaded: () => void,
): IDisposable {
  const context = document.context as DocumentRegistry.CodeContext;
  let isLooking = false;
  const look = async () => {
    if (isLooking || !document.isVisible || window.document.hidden) return;
    if (!context.isReady || context.model.dirty || isShared()) return;
    isLooking = true;
    try {
      const before = context.contentsModel;
      const disk = await contents.get(context.path, { content: false, hash: true });
      // Race: the document was saved or edited during the request. JupyterLab asks on the next
      // save.
      const hasSaved = context.contentsModel?.last_modified !== before?.last_modified;
      if (hasSaved || context.model.dirty || document.isDisposed) return;
      const isOther =
        before?.hash && disk.hash
          ? before.hash !== disk.hash
          : before?.last_modified !== disk.last_modified;
      if (before && isOther && (await reload(context))) onReloaded();
    } catch (error) {
      // Connection problems are shown elsewhere, and a missing file is reported on save.
      console.debug("rdit: could not look at", context.path, error);
    } finally {
      isLooking = false;
    }
  };
  const timer = window.setInterval(() => void look(), LOOK_MS);
  const now = () => void look();
  window.addEventListener("focus", now);
  window.document.addEventListener("visibilitychange", now);
  return {
    isDisposed: false,
    dispose() {
      clearInterval(timer);
      window.removeEventListener("focus", now);
      window.document.removeEventListener("visibilitychange", now);
    },
  };
}

/// Reloads the file as a minimal edit, so that results, cursor and scroll position stay. Text typed
/// during the request is kept, as unsaved. Resolves with whether the text differed.
async function reload(context: DocumentRegistry.CodeContext): Promise<boolean> {
  const { model } = context;
  const { sharedModel } = model;
  const before = sharedModel.getSource();
  const since = (text: string) => ChangeSet.of(textChanges(before, text), before.length);
  let isChanged = false;
  // `context.revert` calls this to set the text. The original replaces all lines, which would
  // detach every result; this override is removed after it.
  model.fromString = text => {
    const mine = since(sharedModel.getSource());
    const edits: [from: number, to: number, insert: string][] = [];
    since(text)
      .map(mine)
      .iterChanges((from, to, _fromB, _toB, insert) => {
        edits.unshift([from, to, insert.toString()]); // from the end, so that offsets stay valid
      });
    sharedModel.transact(() => edits.forEach(edit => sharedModel.updateSource(...edit)));
    isChanged = edits.length > 0;
    // The edit marked the model dirty, and a dirty document would not be reloaded again.
    model.dirty = !mine.empty;
  };
  try {
    await context.revert();
  } finally {
    // Removes the override: the method of the class applies again.
    Reflect.deleteProperty(model, "fromString");
  }
  return isChanged;
}
