// A script that another program has changed on disk: the open tab takes it over while it has no edits of its
// own, as the page does. JupyterLab itself looks only when it saves, and asks then.

import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { ServiceManager } from "@jupyterlab/services";
import type { IDisposable } from "@lumino/disposable";
import type { RditDocument } from "./document";

const LOOK_MS = 5_000;

/// Looks every few seconds, and when the window comes to the front, while the document can be seen.
export function followDisk(
  document: RditDocument,
  { contents }: ServiceManager.IManager,
  /// Whether the text is shared: then the server brings in what changes on disk.
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
      // A save of our own meanwhile, or somebody who types: JupyterLab asks when it saves.
      const hasSaved = context.contentsModel?.last_modified !== before?.last_modified;
      if (hasSaved || context.model.dirty || document.isDisposed) return;
      const isOther =
        before?.hash && disk.hash
          ? before.hash !== disk.hash
          : before?.last_modified !== disk.last_modified;
      if (before && isOther && (await reload(context))) onReloaded();
    } catch (error) {
      // The connection has its own sign, and a file that is gone is found out when it is saved.
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

/// Loads the file, and changes only the lines that differ: results, caret and what is in view stay. True if
/// the text is another one now.
async function reload(context: DocumentRegistry.CodeContext): Promise<boolean> {
  const { model } = context;
  const { sharedModel } = model;
  let isChanged = false;
  // `revert` puts the whole text in by this, which would take every line away and put it back.
  model.fromString = text => {
    const old = sharedModel.getSource();
    let start = 0;
    while (start < Math.min(old.length, text.length) && old[start] === text[start]) start++;
    let end = 0;
    const most = Math.min(old.length, text.length) - start;
    while (end < most && old[old.length - 1 - end] === text[text.length - 1 - end]) end++;
    isChanged = old !== text;
    if (isChanged)
      sharedModel.updateSource(start, old.length - end, text.slice(start, text.length - end));
  };
  try {
    await context.revert();
  } finally {
    // The class has its own again.
    Reflect.deleteProperty(model, "fromString");
  }
  return isChanged;
}
