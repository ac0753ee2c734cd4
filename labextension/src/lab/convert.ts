// Converts a script to a notebook, HTML or Markdown with its results, and a notebook to a script.
// The server does the conversion.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import { Notification, type ICommandPalette, type WidgetTracker } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { IDefaultFileBrowser } from "@jupyterlab/filebrowser";
import type { TranslationBundle } from "@jupyterlab/translation";
import type { ExportBody, FilePath } from "../protocol";
import type { RditDocument } from "./document";
import { Command, FACTORY } from "./ids";
import type { Server } from "./server";

const endings = { notebook: ".ipynb", html: ".html", markdown: ".md" } as const;
type Format = keyof typeof endings;

export function addConversions(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<RditDocument>,
  server: Server,
  trans: TranslationBundle,
  palette: ICommandPalette | null,
  browser: IDefaultFileBrowser | null,
): void {
  const { commands, shell } = app;
  const labels: Record<Format, string> = {
    notebook: trans.__("Notebook"),
    html: trans.__("HTML"),
    markdown: trans.__("Markdown"),
  };
  const current = () =>
    shell.currentWidget === tracker.currentWidget ? tracker.currentWidget : null;
  const formatOf = (args: { format?: unknown }): Format =>
    typeof args.format === "string" && args.format in endings
      ? (args.format as Format)
      : "notebook";

  commands.addCommand(Command.exportAs, {
    label: args =>
      args.isPalette
        ? trans.__("Export Script: %1", labels[formatOf(args)])
        : labels[formatOf(args)],
    isEnabled: () => current() !== null,
    execute: async args => {
      const document = current();
      if (!document) return;
      const format = formatOf(args);
      const title = PathExt.basename(document.context.localPath).replace(/\.py$/, "");
      const { script } = document;
      try {
        const body: ExportBody = { ...script.export(), format, title };
        const answer = await server.request("POST", "export", body);
        download(await answer.blob(), `${title}${endings[format]}`);
      } catch (error) {
        Notification.error((error as Error).message);
      }
    },
    describedBy: {
      args: {
        type: "object",
        properties: {
          format: { type: "string", enum: Object.keys(endings) },
          isPalette: { type: "boolean" },
        },
      },
    },
  });
  for (const format of Object.keys(endings))
    palette?.addItem({
      command: Command.exportAs,
      category: trans.__("rdit"),
      args: { format, isPalette: true },
    });

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
  commands.addCommand(Command.openNotebook, {
    label: trans.__("Open Notebook as a Script"),
    caption: trans.__("Write the notebook as a Python script beside it, and open that with rdit"),
    isEnabled: () => notebook() !== null,
    execute: async args => {
      const path = (args.path as string | undefined) ?? notebook();
      if (!path) return;
      const { contents } = app.serviceManager;
      try {
        const { path: written } = await server.ask<FilePath>("POST", "notebook-script", {
          path: contents.localPath(path),
        });
        const drive = contents.driveName(path);
        return await commands.execute("docmanager:open", {
          path: drive ? `${drive}:${written}` : written,
          factory: FACTORY,
        });
      } catch (error) {
        Notification.error((error as Error).message);
      }
    },
    describedBy: { args: { type: "object", properties: { path: { type: "string" } } } },
  });
  palette?.addItem({ command: Command.openNotebook, category: trans.__("rdit") });
}

function download(blob: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
