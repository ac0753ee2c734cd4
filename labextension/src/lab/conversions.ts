// The command that converts a notebook (convert.ts).

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ICommandPalette } from "@jupyterlab/apputils";
import type { IDefaultFileBrowser } from "@jupyterlab/filebrowser";
import type { TranslationBundle } from "@jupyterlab/translation";
import { addAppCommand } from "./app_command";
import { FACTORY } from "./ids";
import type { Server } from "./server";

const convert = () => import("./convert");

export function addConversions(
  app: JupyterFrontEnd,
  server: Server,
  trans: TranslationBundle,
  palette: ICommandPalette | null,
  browser: IDefaultFileBrowser | null,
): void {
  const { commands, shell } = app;
  const category = trans.__("rdit");

  // The notebook selected in the file browser, or the open one.
  const notebook = (): string | null => {
    const selected = browser
      ? [...browser.selectedItems()].find(({ type }) => type === "notebook")
      : null;
    if (selected && browser?.node.contains(window.document.activeElement)) return selected.path;
    const widget = shell.currentWidget as { context?: { path: string } } | null;
    const path = widget?.context?.path;
    return path?.endsWith(".ipynb") ? path : (selected?.path ?? null);
  };
  addAppCommand(commands, trans, "rdit:open-notebook-as-script", {
    isEnabled: () => notebook() !== null,
    execute: async args => {
      const path = (args.path as string | undefined) ?? notebook();
      if (!path) return;
      const { contents } = app.serviceManager;
      const script = await (await convert()).scriptOfNotebook(server, contents, path);
      if (script !== null)
        return commands.execute("docmanager:open", { path: script, factory: FACTORY });
    },
    describedBy: { args: { type: "object", properties: { path: { type: "string" } } } },
  });
  palette?.addItem({ command: "rdit:open-notebook-as-script", category });
}
