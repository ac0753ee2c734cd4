// One worker with Python in it, from its start to its end. It knows no queue and no session.
import type { Answer, Event } from "../../protocol";
import type { Method } from "../backend";
import { loadCore, type Progress } from "./assets";
import type { FromWorker, ToWorker } from "./messages";
import workerUrl from "./worker?worker&url";

const SIGINT = 2;
const SIGNAL_MS = 200;

/// What is called with what a worker tells. Nothing is, after `terminate`.
export interface WorkerListener {
  /// `methods`: what it answers by `answer`.
  ready(python: string, methods: readonly Method[]): void;
  /// It could not start.
  failed(reason: string): void;
  events(events: readonly Event[]): void;
  /// Of a query.
  answer(answer: Omit<Answer, "type">): void;
  /// The run or reset that it was sent last has ended.
  ended(message: FromWorker & { type: "ended" }): void;
  /// It has crashed.
  died(reason: string): void;
  progress(progress: Progress | null): void;
  /// The document that it was sent to make.
  exported?(text: string): void;
}

export interface WorkerOptions {
  /// URL of the page's static files, ending in a slash.
  staticUrl: string;
  /// URL of the folder of wheels, ending in a slash; "" for none.
  packages: string;
}

/// A worker that starts at once, and tells its listener how that went.
export class PythonWorker {
  private worker: Worker | null = null;
  private url = "";
  private isReady = false;
  private isOver = false;
  // Two shared bytes. [0]: Pyodide's interrupt buffer. [1]: set by the worker when the interrupt
  // was handled.
  private interrupts: Uint8Array | null = null;
  private presses = 0;
  /// Number of what has ended in it.
  private turn = 0;

  constructor(
    options: WorkerOptions,
    private readonly listener: WorkerListener,
  ) {
    void this.start(options).catch((error: unknown) =>
      this.end(error instanceof Error ? error.message : String(error)),
    );
  }

  /// Whether a busy interpreter can be interrupted.
  get isShared(): boolean {
    return this.interrupts !== null;
  }

  post(message: ToWorker): void {
    this.worker?.postMessage(message);
  }

  /// Interrupts what runs.
  interrupt(): void {
    if (this.interrupts && !this.presses++) this.signal(this.interrupts, this.turn);
    this.post({ type: "interrupt" });
  }

  terminate(): void {
    this.isOver = true;
    this.worker?.terminate();
    URL.revokeObjectURL(this.url);
  }

  private async start({ staticUrl, packages }: WorkerOptions): Promise<void> {
    const core = await loadCore(staticUrl, progress => this.progress(progress));
    this.progress(null);
    const text = await workerText();
    if (this.isOver) return;
    // A blob URL, so that the worker starts also offline, and inherits the page's
    // Content-Security-Policy instead of the headers of its own file.
    this.url = URL.createObjectURL(text);
    const worker = new Worker(this.url, { type: "module", name: "Python" });
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.receive(data);
    worker.onerror = event => {
      event.preventDefault();
      this.end(event.message || "its worker does not start");
    };
    // SharedArrayBuffer is undefined in pages that are not cross-origin isolated.
    const shared = globalThis.crossOriginIsolated ? new SharedArrayBuffer(2) : null;
    this.interrupts = shared && new Uint8Array(shared);
    this.post({ type: "start", core, packages, interrupts: shared });
  }

  private progress(progress: Progress | null): void {
    if (!this.isOver) this.listener.progress(progress);
  }

  private receive(message: FromWorker): void {
    if (this.isOver) return;
    switch (message.type) {
      case "ready":
        this.isReady = true;
        URL.revokeObjectURL(this.url);
        return this.listener.ready(message.python, JSON.parse(message.methods) as Method[]);
      case "events":
        return this.listener.events(JSON.parse(message.text) as Event[]);
      case "answer":
        return this.listener.answer(JSON.parse(message.answer) as Answer);
      case "exported":
        return this.listener.exported?.(message.text);
      case "progress":
        return this.progress(message.what ? message : null);
      case "ended":
        this.turn++;
        this.presses = 0;
        this.interrupts?.fill(0);
        return this.listener.ended(message);
      case "died":
        return this.end(message.reason);
      default:
        message satisfies never;
    }
  }

  private end(reason: string): void {
    if (this.isOver) return;
    if (this.isReady) this.listener.died(reason);
    else this.listener.failed(reason);
  }

  // Writes SIGINT to the interrupt buffer, again every `SIGNAL_MS` until the worker acknowledges
  // it, since a signal can get lost between that buffer and the runtime's handler. The buffer holds
  // one signal, so a second press of Stop is sent only after the first is acknowledged.
  private signal(bytes: Uint8Array, turn: number): void {
    if (this.isOver || this.turn !== turn) return;
    if (Atomics.exchange(bytes, 1, 0)) this.presses--;
    if (!this.presses) return;
    Atomics.store(bytes, 0, SIGINT);
    setTimeout(() => this.signal(bytes, turn), SIGNAL_MS);
  }
}

let text: Promise<Blob> | null = null;

/// The worker's script, kept in memory like the core: Python can then start offline. Rejects if its
/// download fails; the next call tries again.
export function workerText(): Promise<Blob> {
  text ??= fetch(workerUrl)
    .then(async response => {
      if (!response.ok) throw new Error(`${workerUrl} answers ${response.status}`);
      return new Blob([await response.arrayBuffer()], { type: "text/javascript" });
    })
    .catch((error: unknown) => {
      text = null;
      throw error;
    });
  return text;
}
