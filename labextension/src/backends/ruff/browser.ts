// Ruff in this browser: WebAssembly in a worker of its own, so that it holds up neither typing nor
// Python. It knows no project: its rules are ours, for the newest Python.
import type { FormatAnswer, LineRange, LintAnswer } from "../../protocol";
import type { FromRuff, ToRuff } from "./messages";
import workerUrl from "./ruff_worker?worker&url";

/// Defined by the build: where the module is, below the static files; "" in a development server.
declare const __RUFF__: string;

type Answer = LintAnswer | FormatAnswer;

/// Starts with the first question. One that is taken back before the worker has it is not asked.
export class BrowserRuff {
  private worker: Promise<Worker> | null = null;
  private readonly waiting = new Map<
    number,
    { resolve(answer: Answer): void; reject(error: Error): void }
  >();
  private last = 0;
  // Why it cannot run: what does not start once is not fetched again at each look.
  private failure = "";

  /// `staticUrl`: URL of the page's static files, ending in a slash.
  constructor(private readonly staticUrl: string) {}

  async lint(script: string, signal?: AbortSignal): Promise<LintAnswer> {
    return (await this.ask("lint", script, signal)) as LintAnswer;
  }

  /// `lineRange`: the lines of whole statements. This ruff knows no ranges: they are formatted as a
  /// script by themselves.
  async format(script: string, lineRange?: LineRange): Promise<FormatAnswer> {
    if (!lineRange) return (await this.ask("format", script)) as FormatAnswer;
    const lines = script.split("\n");
    const first = lineRange.from - 1;
    const count = lineRange.to - first;
    const part = lines.slice(first, lineRange.to).join("\n");
    const { error, script: made } = (await this.ask("format", part)) as FormatAnswer;
    if (error) return { error: { ...error, lineStart: error.lineStart + first } };
    lines.splice(first, count, made!.trimEnd());
    return { script: lines.join("\n") };
  }

  private async ask(type: "lint" | "format", script: string, signal?: AbortSignal) {
    if (this.failure) throw new Error(this.failure);
    this.worker ??= this.start().catch((error: unknown) => {
      this.worker = null;
      throw error;
    });
    const worker = await this.worker;
    signal?.throwIfAborted();
    const id = ++this.last;
    return new Promise<Answer>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ type, id, script } satisfies ToRuff);
    });
  }

  private async start(): Promise<Worker> {
    const [module, text] = await Promise.all([
      fetchBlob(new URL(__RUFF__, this.staticUrl).href),
      fetchBlob(workerUrl),
    ]);
    // From memory: as pyodide/python_worker.ts has it, and for the same reasons.
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module", name: "ruff" });
    worker.onmessage = ({ data }: MessageEvent<FromRuff>) => this.receive(worker, data);
    worker.onerror = event => {
      event.preventDefault();
      this.end(worker, event.message || "its worker does not start");
    };
    worker.postMessage({ type: "start", module } satisfies ToRuff);
    return worker;
  }

  private receive(worker: Worker, message: FromRuff) {
    if (message.type === "failed") return this.end(worker, message.reason);
    const { id, answer, reason } = message;
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    if (answer) asked?.resolve(answer);
    else asked?.reject(new Error(`Ruff: ${reason}`));
  }

  private end(worker: Worker, reason: string) {
    worker.terminate();
    this.worker = null;
    this.failure = `Ruff cannot run in this browser: ${reason}`;
    for (const { reject } of this.waiting.values()) reject(new Error(this.failure));
    this.waiting.clear();
  }
}

async function fetchBlob(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.blob();
}
