// Converts a script to a notebook, HTML or Markdown with its results, and a notebook to a script.
// The server does the conversion. A lazy chunk, loaded with the first one.

import { Notification } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { Contents } from "@jupyterlab/services";
import type { ExportBody, FilePath } from "../protocol";
import type { RditDocument } from "./document";
import type { Server } from "./server";

const endings = { notebook: ".ipynb", html: ".html", markdown: ".md" } as const;

/// Downloads the script with its results. Failures are shown; never rejects.
export async function exportScript(
  server: Server,
  { context, script }: RditDocument,
  format: keyof typeof endings,
): Promise<void> {
  const title = PathExt.basename(context.localPath).replace(/\.py$/, "");
  try {
    const body: ExportBody = { ...script.export(), format, title };
    const answer = await server.request("POST", "export", body);
    download(await answer.blob(), `${title}${endings[format]}`);
  } catch (error) {
    Notification.error((error as Error).message);
  }
}

/// Writes a notebook as a script beside it. Resolves with the script's path; failures are shown, and
/// give null.
export async function scriptOfNotebook(
  server: Server,
  contents: Contents.IManager,
  path: string,
): Promise<string | null> {
  try {
    const { path: written } = await server.ask<FilePath>("POST", "notebook-script", {
      path: contents.localPath(path),
    });
    const drive = contents.driveName(path);
    return drive ? `${drive}:${written}` : written;
  } catch (error) {
    Notification.error((error as Error).message);
    return null;
  }
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
