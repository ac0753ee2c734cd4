// Maps files in tracebacks, as the kernel sees them, to the page's Contents paths.
import type { ExecutionBackend } from "../backends/backend";
import { contentsPath, isFileAt } from "../backends/paths";
import { ROOT } from "../backends/pyodide/messages";
import type { EditorHost } from "../editor";
import { editUrl, type PageConfig } from "./config";
import type { Files } from "./file/contents";

/// What the editor asks about the frames of a traceback of the script at `path`.
export function framesOf(
  { baseUrl, root, givesHidden }: PageConfig,
  path: string,
  backend: ExecutionBackend,
  store: Files,
): Pick<EditorHost, "isScript" | "openFrame" | "canOpen" | "readBeside" | "openBeside"> {
  const files = () => (backend.kind === "pyodide" ? ROOT : root);
  const local = (file: string) => contentsPath(file, files(), givesHidden);
  const open = (file: string, line: number) =>
    void window.open(`${editUrl(baseUrl, file)}#L${line}`, "_blank");
  const beside = (file: string) => {
    const parts = path.split("/").slice(0, -1);
    for (const part of file.split("/"))
      if (part === "..") parts.pop();
      else parts.push(part);
    return parts.join("/");
  };
  return {
    isScript: file => isFileAt(file, path, files()),
    openFrame: (file, line) => {
      const here = local(file);
      if (here !== null) open(here, line);
    },
    canOpen: file => local(file) !== null,
    readBeside: file =>
      store.open(beside(file)).then(
        ({ content }) => content,
        () => null,
      ),
    openBeside: (file, line) => open(beside(file), line),
  };
}
