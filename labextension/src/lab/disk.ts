// Reloads a script that another program changed on disk, if its tab has no unsaved edits.
// JupyterLab itself checks only on save, and then asks.

import { ChangeSet } from "@codemirror/state";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { Contents, ServiceManager } from "@jupyterlab/services";
import type { IDisposable } from "@lumino/disposable";
import { textChanges } from "../editor/diff";
import type { RditDocument } from "./document";

const LOOK_MS = 5_000;

type Context = DocumentRegistry.CodeContext;

// One look at a time for the views of a document: a reload replaces a method of their model.
const looked = new WeakSet<Context>();

/// What the user is told.
export interface DiskNews {
  reloaded(): void;
  /// The file was moved or deleted; the text is marked as unsaved.
  gone(): void;
}

/// Polls the file every few seconds and when the window gets the focus, while the document is
/// visible. Dispose to stop.
export function followDisk(
  document: RditDocument,
  { contents }: ServiceManager.IManager,
  /// Whether the document is collaborative: the server then merges changes on disk.
  isShared: () => boolean,
  news: DiskNews,
): IDisposable {
  const context = document.context as Context;
  /// The version that could not be loaded: JupyterLab has shown why.
  let refused = "";
  /// The text when the file was found missing.
  let gone: string | null = null;
  /// The path that was missing at the last look. Race: a rename is done on the server before
  /// JupyterLab tells the new path, so a file is gone only if the next look misses it too.
  let missed = "";

  const look = async () => {
    if (looked.has(context) || !document.isVisible || window.document.hidden) return;
    const { model } = context;
    const source = () => model.sharedModel.getSource();
    // A missing file has made the model dirty; it may come back.
    const isDirty = () => model.dirty && (gone === null || source() !== gone);
    if (!context.isReady || isDirty() || isShared()) return;
    looked.add(context);
    const { path, contentsModel: before } = context;
    try {
      const disk = await contents.get(path, { content: false, hash: true });
      // Race: the document was saved, renamed or edited during the request. JupyterLab asks on the
      // next save.
      const hasSaved = context.contentsModel?.last_modified !== before?.last_modified;
      if (hasSaved || context.path !== path || isDirty() || document.isDisposed) return;
      missed = "";
      if (gone !== null) {
        gone = null;
        model.dirty = false;
      }
      const version = disk.hash || disk.last_modified;
      if (!before || !isOther(before, disk) || version === refused) return;
      refused = version;
      if (await reload(context)) news.reloaded();
      refused = "";
    } catch (error) {
      const isMissing = (error as { response?: Response }).response?.status === 404;
      if (isMissing && missed !== path) missed = path;
      else if (isMissing && gone === null && context.path === path && !document.isDisposed) {
        gone = source();
        // So that closing the tab asks, and saving writes the file anew.
        model.dirty = true;
        news.gone();
      }
      // Connection problems are shown elsewhere, and JupyterLab has told why a file cannot be loaded.
      else console.debug("rdit: could not look at", path, error);
    } finally {
      looked.delete(context);
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

function isOther(before: Omit<Contents.IModel, "content">, disk: Contents.IModel): boolean {
  return before.hash && disk.hash
    ? before.hash !== disk.hash
    : before.last_modified !== disk.last_modified;
}

/// Reloads the file as a minimal edit, so that results, cursor and scroll position stay. Text typed
/// during the request is kept, as unsaved. Resolves with whether the text differed; rejects if the
/// file cannot be loaded.
async function reload(context: Context): Promise<boolean> {
  const { model } = context;
  const { sharedModel } = model;
  const before = sharedModel.getSource();
  const since = (text: string) => ChangeSet.of(textChanges(before, text), before.length);
  let isLoaded = false;
  let isChanged = false;
  const load = (text: string) => {
    isLoaded = true;
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
  // `context.revert` calls this to set the text. The original replaces all lines, which would
  // detach every result; this override is removed after it.
  model.fromString = load;
  try {
    await context.revert();
    // It does not set the text of an empty file.
    if (!isLoaded && !context.isDisposed) load("");
  } finally {
    // Removes the override: the method of the class applies again.
    Reflect.deleteProperty(model, "fromString");
  }
  return isChanged;
}
