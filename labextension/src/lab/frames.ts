// Files that tracebacks name, as the kernel sees them; here they have Contents paths.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import { PageConfig } from "@jupyterlab/coreutils";
import { FACTORY } from "./ids";

/// The Contents path of a file below the server's root, or null. JupyterLab may know the root only as
/// `~/…`: the home folder is then whatever stands before the rest.
function contentsPath(path: string): string | null {
  const root = PageConfig.getOption("serverRoot").replace(/\/$/, "");
  if (!root) return null;
  if (!root.startsWith("~"))
    return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
  const below = `${root.slice(1)}/`;
  const at = path.indexOf(below);
  return at < 0 || below === "/" ? null : path.slice(at + below.length);
}

export function isScript(framePath: string, path: string): boolean {
  const here = contentsPath(framePath);
  return here === null ? framePath.endsWith(`/${path}`) : here === path;
}

export function canOpen(path: string): boolean {
  return contentsPath(path) !== null;
}

export async function openFrame(app: JupyterFrontEnd, path: string, line: number): Promise<void> {
  const here = contentsPath(path);
  if (here === null) return;
  const document = await app.commands.execute("docmanager:open", { path: here, factory: FACTORY });
  await document?.setFragment?.(`#line=${line - 1}`);
}
