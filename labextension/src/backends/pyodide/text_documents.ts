// Lazy chunk: Markdown and notebooks, made by Python in this browser where there is no server. A
// worker of its own: the script's may be busy, or not started.
import { PythonWorker } from "./python_worker";
import type { ExportBody } from "../../protocol";

/// The document's text. Rejects if Python cannot be loaded.
export async function textDocument(staticUrl: string, body: ExportBody): Promise<string> {
  let worker: PythonWorker | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`Python makes it, and failed: ${reason}`));
      worker = new PythonWorker(
        { staticUrl, packages: "" },
        {
          ready: () => worker!.post({ type: "export", body: JSON.stringify(body) }),
          exported: resolve,
          failed: fail,
          died: fail,
          progress: () => {},
          events: () => {},
          answer: () => {},
          ended: () => {},
        },
      );
    });
  } finally {
    worker?.terminate();
  }
}
