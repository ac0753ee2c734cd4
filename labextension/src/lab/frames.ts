// Maps file paths in tracebacks, as the kernel sees them, to Contents paths.

import { PageConfig } from "@jupyterlab/coreutils";
import type { CommandRegistry } from "@lumino/commands";
import { contentsPath, isFileAt } from "../backends/paths";
import { FACTORY } from "./ids";

// Not JupyterLab's `serverRoot`, which abbreviates the home folder to `~`.
const root = () => PageConfig.getOption("rditRoot");
const local = (path: string) =>
  contentsPath(path, root(), PageConfig.getOption("rditGivesHidden") === "true");

/// Whether a traceback's path is the script at the Contents path `path`.
export function isScript(framePath: string, path: string): boolean {
  return isFileAt(framePath, path, root());
}

/// Whether the server serves the file at a traceback's path.
export function canOpen(path: string): boolean {
  return local(path) !== null;
}

/// Opens a script at a line (from 1).
export async function openAt(commands: CommandRegistry, path: string, line: number): Promise<void> {
  const document = await commands.execute("docmanager:open", { path, factory: FACTORY });
  await document?.setFragment?.(`#line=${line - 1}`);
}

/// Opens a file of a traceback at a line (from 1); no-op if the server does not serve it.
export async function openFrame(
  commands: CommandRegistry,
  path: string,
  line: number,
): Promise<void> {
  const here = local(path);
  if (here !== null) await openAt(commands, here, line);
}
