// Maps files in tracebacks, as the kernel sees them, to the page's Contents paths.
import type { ExecutionBackend } from "../backends/backend";
import { contentsPath, isFileAt } from "../backends/paths";
import { ROOT } from "../backends/pyodide/messages";
import type { EditorHost } from "../editor";
import { editUrl, type PageConfig } from "./config";

/// What the editor asks about the frames of a traceback of the script at `path`.
export function framesOf(
  { baseUrl, root, givesHidden }: PageConfig,
  path: string,
  backend: ExecutionBackend,
): Pick<EditorHost, "isScript" | "openFrame" | "canOpen"> {
  const files = () => (backend.kind === "pyodide" ? ROOT : root);
  const local = (file: string) => contentsPath(file, files(), givesHidden);
  return {
    isScript: file => isFileAt(file, path, files()),
    openFrame: (file, line) => {
      const here = local(file);
      if (here !== null) window.open(`${editUrl(baseUrl, here)}#L${line}`, "_blank");
    },
    canOpen: file => local(file) !== null,
  };
}
