// Converts a notebook to a script, which the server does. A lazy chunk, loaded with the first one.

import { Notification } from "@jupyterlab/apputils";
import type { Contents } from "@jupyterlab/services";
import type { FilePath } from "../protocol";
import type { Server } from "./server";

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
