// Live widgets (ipywidgets) in a script's outputs, where their JupyterLab extension is installed. Its
// manager lives on JupyterLab's own connection to the kernel; what a widget says goes that way, and does
// not wait for a run.

import type { ISessionContext } from "@jupyterlab/apputils";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IDisposable } from "@lumino/disposable";
import { Signal } from "@lumino/signaling";

export const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/// What we use of `@jupyter-widgets/jupyterlab-manager`. It is shared by its extension, never bundled.
interface Manager {
  registerWidgetManager(
    context: object,
    rendermime: IRenderMimeRegistry,
    renderers: Iterable<never>,
  ): IDisposable;
}

/// Resolves when widgets of this kernel can be shown, and with null if they never can.
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
  // It asks for a notebook's context; the parts that it uses, without a place to save state in.
  const context = {
    sessionContext,
    saveState: new Signal<object, string>({}),
    model: { getMetadata: () => undefined, setMetadata: () => {} },
  };
  const before = rendermime.getFactory(WIDGET_VIEW);
  const registered = manager.registerWidgetManager(context, rendermime, []);
  // It puts its own renderer in the place of the other a little later, and does not say when.
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
