// The default widget factory for Python files: by the user's setting, and during JupyterLab's start
// also if the URL names it (`/lab/tree/script.py?factory=rdit`), or if the script at that URL was
// open here before a reload. JupyterLab considers neither, and would open a second widget with its
// own editor.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { WidgetTracker } from "@jupyterlab/apputils";
import { PageConfig } from "@jupyterlab/coreutils";
import type { IEditorTracker } from "@jupyterlab/fileeditor";
import type { IStateDB } from "@jupyterlab/statedb";
import type { CommandRegistry } from "@lumino/commands";
import type { IDisposable } from "@lumino/disposable";
import type { RditDocument, RditFactory } from "./document";
import { FACTORY } from "./ids";

// Read at import: JupyterLab removes the query from the URL during its start.
let isAddressed = new URLSearchParams(location.search).get("factory") === FACTORY;

/// Registers the factory, and again whenever the default changes: `defaultFor` is fixed for a
/// registered factory.
export function addFactory(
  app: JupyterFrontEnd,
  make: (defaultFor: string[]) => RditFactory,
  isWanted: () => boolean,
  state: IStateDB | null,
): { update(): void } {
  let registered: IDisposable | null = null;
  let isDefault = false;
  const update = () => {
    const isWantedNow = isAddressed || isWanted();
    if (registered && isWantedNow === isDefault) return;
    registered?.dispose();
    isDefault = isWantedNow;
    registered = app.docRegistry.addWidgetFactory(make(isDefault ? ["python"] : []));
  };
  update();
  const path = PageConfig.getOption("treePath");
  if (!path) return { update };

  // The state database answers before JupyterLab opens the file of the URL, for which it reads that
  // database first.
  void state?.list(FACTORY).then(({ ids }) => {
    isAddressed ||= (ids as string[]).includes(`${FACTORY}:${path}`);
    update();
  });
  const { commandExecuted } = app.commands;
  const onExecuted = (_: unknown, { id, result }: CommandRegistry.ICommandExecutedArgs) => {
    if (id !== "filebrowser:open-path") return;
    commandExecuted.disconnect(onExecuted);
    void result.finally(() => {
      isAddressed = false;
      update();
    });
  };
  commandExecuted.connect(onExecuted);
  return { update };
}

/// Adds the document to JupyterLab's editor tracker, and to rdit's tracker, which restores it after
/// a reload.
///
/// Each tracker saves its widgets in the state database. With an entry of the editor tracker,
/// JupyterLab would restore the script in its own editor as well, and the layout would show
/// whichever came last. `save` first removes the entry that the widget was last saved under, so a
/// last save with rdit's tracker replaces that of the editor tracker.
export async function track(
  document: RditDocument,
  tracker: WidgetTracker<RditDocument>,
  editorTracker: IEditorTracker | null,
): Promise<void> {
  // Completer, search, language servers and the status bar use the editor tracker. IEditorTracker
  // has no public `add`. Both are called synchronously, since a tracker does not notice a widget
  // that already has the focus.
  const added = [tracker.add(document), (editorTracker as WidgetTracker | null)?.add(document)];
  await Promise.all(added);
  if (!document.isDisposed) await tracker.save(document);
}
