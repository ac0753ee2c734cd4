// Live widgets (ipywidgets) in outputs, if their JupyterLab extension is installed. Their manager
// uses JupyterLab's own kernel connection, so comm messages do not go through rdit's session and do
// not wait for a run.

import type { ISessionContext } from "@jupyterlab/apputils";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IDisposable } from "@lumino/disposable";
import { Signal } from "@lumino/signaling";

export const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/// The part of `@jupyter-widgets/jupyterlab-manager` that is used here. A shared module of that
/// extension, never bundled.
interface Manager {
  registerWidgetManager(
    context: object,
    rendermime: IRenderMimeRegistry,
    renderers: Iterable<never>,
  ): IDisposable;
}

/// Resolves when the kernel's widgets can be shown; with null if they cannot be.
export async function connectWidgets(
  sessionContext: ISessionContext,
  rendermime: IRenderMimeRegistry,
): Promise<IDisposable | null> {
  if (!rendermime.getFactory(WIDGET_VIEW)) return null;
  let manager: Manager;
  try {
    manager = (await import("@jupyter-widgets/jupyterlab-manager")) as Manager;
  } catch (error) {
    console.warn("rdit: ipywidgets are shown as text, for their manager did not load.", error);
    return null;
  }
  await connected(sessionContext);
  // `registerWidgetManager` expects a notebook context: these are the parts it uses, without a
  // place to save widget state.
  const context = {
    sessionContext,
    saveState: new Signal<object, string>({}),
    model: { getMetadata: () => undefined, setMetadata: () => {} },
  };
  const before = rendermime.getFactory(WIDGET_VIEW);
  const registered = manager.registerWidgetManager(context, rendermime, []);
  // The manager replaces the renderer asynchronously and does not signal it: poll for the change.
  for (let turn = 0; turn < 500 && rendermime.getFactory(WIDGET_VIEW) === before; turn++)
    await new Promise(resolve => setTimeout(resolve, 20));
  return registered;
}

function connected(sessionContext: ISessionContext): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (!sessionContext.session?.kernel) return;
      sessionContext.kernelChanged.disconnect(look);
      resolve();
    };
    sessionContext.kernelChanged.connect(look);
    look();
  });
}
