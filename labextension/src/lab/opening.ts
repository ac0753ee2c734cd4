// Which widget opens a Python file when nobody says: the user's choice, and ours while JupyterLab starts
// if the address says so, as in `/lab/tree/script.py?factory=rdit`, or if a script at that address was
// open here before a reload. JupyterLab itself looks at neither, and would open its own editor beside.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { WidgetTracker } from "@jupyterlab/apputils";
import { PageConfig } from "@jupyterlab/coreutils";
import type { IEditorTracker } from "@jupyterlab/fileeditor";
import type { IStateDB } from "@jupyterlab/statedb";
import type { CommandRegistry } from "@lumino/commands";
import type { IDisposable } from "@lumino/disposable";
import type { RditDocument, RditFactory } from "./document";
import { FACTORY } from "./ids";

// Read at once: JupyterLab tidies the address while it starts.
let isAddressed = new URLSearchParams(location.search).get("factory") === FACTORY;

/// Registers the factory, anew when the default changes: only a new one can have another.
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

  // What is restored is known before JupyterLab opens the file of the address, which it looks up first.
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

/// Makes the document one of JupyterLab's editors, and one that we restore after a reload.
///
/// A tracker saves what it tracks. JupyterLab's would restore the script in its own editor, and of the
/// two the layout shows whichever came last. To save anew takes the entry away that was made last.
export async function track(
  document: RditDocument,
  tracker: WidgetTracker<RditDocument>,
  editorTracker: IEditorTracker | null,
): Promise<void> {
  // Completer, search, language servers and the status bar look there. The public interface cannot add
  // what they would find. At once: a tracker overlooks what has the focus already.
  const added = [tracker.add(document), (editorTracker as WidgetTracker | null)?.add(document)];
  await Promise.all(added);
  if (!document.isDisposed) await tracker.save(document);
}
