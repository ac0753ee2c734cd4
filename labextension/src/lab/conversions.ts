// The commands that convert a script or a notebook (convert.ts).

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ICommandPalette, WidgetTracker } from "@jupyterlab/apputils";
import type { IDefaultFileBrowser } from "@jupyterlab/filebrowser";
import type { TranslationBundle } from "@jupyterlab/translation";
import { addAppCommand } from "./app_command";
import type { RditDocument } from "./document";
import { FACTORY } from "./ids";
import type { Server } from "./server";

const convert = () => import("./convert");

export function addConversions(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<RditDocument>,
  server: Server,
  trans: TranslationBundle,
  palette: ICommandPalette | null,
  browser: IDefaultFileBrowser | null,
): void {
  const { commands, shell } = app;
  const labels = {
    notebook: trans.__("Notebook"),
    html: trans.__("HTML"),
    markdown: trans.__("Markdown"),
  };
  type Format = keyof typeof labels;
  const current = () =>
    shell.currentWidget === tracker.currentWidget ? tracker.currentWidget : null;
  const formatOf = ({ format }: { format?: unknown }): Format =>
    typeof format === "string" && format in labels ? (format as Format) : "notebook";
  const category = trans.__("rdit");

  addAppCommand(commands, trans, "rdit:export", {
    label: args =>
      args.isPalette
        ? trans.__("Export Script: %1", labels[formatOf(args)])
        : labels[formatOf(args)],
    isEnabled: () => current() !== null,
    execute: async args => {
      const document = current();
      if (document) await (await convert()).exportScript(server, document, formatOf(args));
    },
    describedBy: {
      args: {
        type: "object",
        properties: {
          format: { type: "string", enum: Object.keys(labels) },
          isPalette: { type: "boolean" },
        },
      },
    },
  });
  for (const format of Object.keys(labels))
    palette?.addItem({ command: "rdit:export", category, args: { format, isPalette: true } });

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
