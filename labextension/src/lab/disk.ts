// A script that another program has changed on disk: the open tab takes it over while it has no edits of its
// own, as the page does. JupyterLab itself looks only when it saves, and asks then.

import { ChangeSet } from "@codemirror/state";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { ServiceManager } from "@jupyterlab/services";
import type { IDisposable } from "@lumino/disposable";
import { textChanges } from "../editor/diff";
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

/// Loads the file, and changes only the lines that differ: results, caret and what is in view stay. What is
/// typed until it has come is kept, as text that is not saved. True if the file's text was another one.
async function reload(context: DocumentRegistry.CodeContext): Promise<boolean> {
  const { model } = context;
  const { sharedModel } = model;
  const before = sharedModel.getSource();
  const since = (text: string) => ChangeSet.of(textChanges(before, text), before.length);
  let isChanged = false;
  // `revert` puts the whole text in by this, which would take every line away and put it back.
  model.fromString = text => {
    const mine = since(sharedModel.getSource());
    const edits: [from: number, to: number, insert: string][] = [];
    since(text)
      .map(mine)
      .iterChanges((from, to, _fromB, _toB, insert) => {
        edits.unshift([from, to, insert.toString()]); // from the end, so that places stay
      });
    sharedModel.transact(() => edits.forEach(edit => sharedModel.updateSource(...edit)));
    isChanged = edits.length > 0;
    // An edit of the model calls it unsaved, and one that is unsaved would not be loaded again.
    model.dirty = !mine.empty;
  };
  try {
    await context.revert();
  } finally {
    // The class has its own again.
    Reflect.deleteProperty(model, "fromString");
  }
  return isChanged;
}
