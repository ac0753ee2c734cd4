// The backend that runs Python in this browser (Pyodide in a worker). It also does what the session
// does on a server: it queues runs, and emits their final events when the worker is terminated.
//
//   run -> [queue] -> files -> worker: run -> events ... -> ended -> the next run
//
// The first run starts Python. Nothing is downloaded before, unless `prepare` is called.
import type { Event, ExecuteRequest, RunRequest } from "../../protocol";
import type { Connection, ExecutionBackend, Subscriber } from "../backend";
import { loadCore, type Progress } from "./assets";
import { FolderSync, type ScriptFiles } from "./folder_sync";
import { Gather } from "../gather";
import { ROOT, type FromWorker, type ToWorker } from "./messages";
import { BrowserRun, type Cut } from "./run";
import workerUrl from "./worker?worker&url";

const SIGINT = 2;
const SIGNAL_MS = 200;
// Without shared memory: how long a run that waits (input, sleep, await) may take to end after
// Stop, before the worker is terminated.
const SOFT_STOP_MS = 500;

export interface PyodideOptions {
  /// URL of the page's static files, ending in a slash.
  staticUrl: string;
  /// URL of the folder of wheels, ending in a slash; "" for none.
  packages: string;
  /// The script's Contents path.
  path: string;
  files: ScriptFiles | null;
}

type Work = { kind: "run"; run: string; request: object } | { kind: "reset" };

/// An `ExecutionBackend` without a server. It throws nothing: what fails is told by events.
export class PyodideBackend implements ExecutionBackend {
  readonly kind = "pyodide";
  readonly connection: Connection = { state: "open" };
  readonly capabilities = [];
  /// Size of the WebAssembly memory after the last run, in bytes; 0 before the first.
  memory = 0;
  private readonly subscribers = new Set<Subscriber>();
  private readonly gather = new Gather(events => {
    for (const subscriber of this.subscribers) subscriber.events(events);
  });
  private readonly sync: FolderSync | null;
  private readonly folder: string;
  private worker: Worker | null = null;
  private starting: Promise<void> | null = null;
  // Two shared bytes. [0]: Pyodide's interrupt buffer. [1]: set by the worker when the interrupt
  // was handled.
  private interrupts: Uint8Array | null = null;
  private presses = 0;
  private queue: Work[] = [];
  private running: BrowserRun | null = null;
  private isWorking = false;
  private isClosed = false;
  private python = "";
  private softStop: ReturnType<typeof setTimeout> | undefined;
  private onEnded: (() => void) | null = null;

  constructor(private readonly options: PyodideOptions) {
    const { path, files } = options;
    this.folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    this.sync = files && new FolderSync(files, this.folder);
    this.tell("idle");
  }

  // Writes SIGINT to the interrupt buffer, again every `SIGNAL_MS` until the worker acknowledges
  // it, since a signal can get lost between that buffer and the runtime's handler. The buffer holds
  // one signal, so a second press of Stop is sent only after the first is acknowledged.
  private signal(bytes: Uint8Array, run: unknown) {
    if (this.running !== run || this.interrupts !== bytes) return;
    if (Atomics.exchange(bytes, 1, 0)) this.presses--;
    if (!this.presses) return;
    Atomics.store(bytes, 0, SIGINT);
    setTimeout(() => this.signal(bytes, run), SIGNAL_MS);
  }

  /// What the user loses by Stop, as a sentence; empty if Python can be interrupted, which needs
  /// shared memory and thus a cross-origin isolated page.
  get stopLoses(): string {
    if (globalThis.crossOriginIsolated) return "";
    return "This page may not share memory with Python, so a busy statement can only be stopped by starting Python anew: all names are lost. The results stay in view.";
  }

  async isAvailable() {
    return typeof WebAssembly === "object" && typeof Worker === "function";
  }

  executeScript(request: Omit<RunRequest, "type">) {
    this.submit({ kind: "run", run: request.run, request });
  }

  executeStatements(request: Omit<ExecuteRequest, "type">) {
    this.submit({ kind: "run", run: request.run, request });
  }

  interrupt() {
    this.cancelQueue();
    if (!this.running || !this.worker) {
      if (this.starting) void this.restart("Stopped before it began.");
      return;
    }
    if (this.interrupts && !this.presses++) this.signal(this.interrupts, this.running);
    this.post({ type: "interrupt" });
    if (this.interrupts || this.softStop !== undefined) return;
    this.softStop = setTimeout(() => {
      if (!this.running) return;
      this.endRunning("interrupted", {
        name: "KeyboardInterrupt",
        message: "",
        text: "KeyboardInterrupt\n\nPython was started anew to stop this: all names are gone.\n",
      });
      void this.restart("Stopped. Python was started anew: all names are gone.");
    }, SOFT_STOP_MS);
  }

  reset({ restart = false }: { restart?: boolean } = {}) {
    if (!restart) return this.submit({ kind: "reset" });
    this.cancelQueue();
    this.endRunning("died", died("Python was restarted while this statement ran."));
    void this.restart("Python was restarted: all names are gone.");
  }

  answerInput(text: string) {
    this.post({ type: "input", text });
  }

  async query() {
    return null;
  }

  subscribe(subscriber: Subscriber) {
    this.subscribers.add(subscriber);
    subscriber.connection?.(this.connection);
    subscriber.events([this.session(this.state, "")]);
    return () => void this.subscribers.delete(subscriber);
  }

  close() {
    this.isClosed = true;
    this.stopWorker();
    this.queue = [];
    this.running = null;
    this.gather.cancel();
  }

  // -- the queue

  private submit(work: Work) {
    if (this.isClosed) return;
    this.queue.push(work);
    if (this.isWorking) this.tell(this.state);
    void this.work();
  }

  private async work() {
    if (this.isWorking) return;
    this.isWorking = true;
    try {
      for (let next = this.queue[0]; next && !this.isClosed; next = this.queue[0]) {
        if (!(await this.begin())) break;
        if (next !== this.queue[0]) continue; // cancelled while Python started
        this.queue.shift();
        await (next.kind === "run" ? this.run(next.run, next.request) : this.clear());
      }
    } finally {
      this.isWorking = false;
    }
  }

  /// Starts Python if it does not run. False if that failed; the events that tell so are sent.
  private async begin(): Promise<boolean> {
    if (this.worker && !this.starting) return true;
    try {
      this.starting ??= this.start();
      await this.starting;
      return true;
    } catch (error) {
      if (this.isClosed) return false;
      const reason = error instanceof Error ? error.message : String(error);
      this.stopWorker();
      this.tell("dead", `Python could not be started in this browser: ${reason}`);
      const waiting = this.queue;
      this.queue = [];
      for (const work of waiting)
        if (work.kind === "run")
          this.add({ type: "error", run: work.run, message: "Python could not be started." });
      return false;
    } finally {
      this.starting = null;
    }
  }

  private async run(run: string, request: object) {
    this.running = new BrowserRun(run);
    this.tell("busy");
    await this.bringFiles();
    // Race: stopped while the files were read.
    if (this.running?.id !== run || !this.worker) return;
    const ended = new Promise<void>(resolve => (this.onEnded = resolve));
    const path = `${ROOT}/${this.options.path}`;
    this.putScript(request);
    this.post({ type: "run", request: JSON.stringify({ path, ...request }), folder: this.folder });
    await ended;
    this.tell("idle");
  }

  private async clear() {
    const ended = new Promise<void>(resolve => (this.onEnded = resolve));
    this.post({ type: "reset" });
    await ended;
    this.tell("reset");
    this.tell("idle");
  }

  private cancelQueue() {
    const waiting = this.queue;
    this.queue = [];
    for (const work of waiting)
      if (work.kind === "run")
        this.add({ type: "done", run: work.run, status: "cancelled", elapsed: 0 });
  }

  // -- Python

  private async start() {
    this.tell("starting", "Python is being loaded.");
    const core = await loadCore(this.options.staticUrl, progress => this.progress(progress));
    this.progress(null);
    if (this.isClosed) throw new Error("closed");
    this.sync?.forget();
    // A blob URL, so that the worker starts also offline, and inherits the page's
    // Content-Security-Policy instead of the headers of its own file.
    const url = URL.createObjectURL(await workerText());
    const worker = new Worker(url, { type: "module", name: "Python" });
    this.worker = worker;
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (worker !== this.worker) return;
        if (data.type === "ready") {
          this.python = data.python;
          resolve();
        } else if (data.type === "died" && !this.python) reject(new Error(data.reason));
        else void this.receive(data);
      };
      worker.onerror = event => {
        event.preventDefault();
        reject(new Error(event.message || "its worker does not start"));
        if (worker === this.worker) this.die(event.message);
      };
      // SharedArrayBuffer is undefined in pages that are not cross-origin isolated.
      const shared = globalThis.crossOriginIsolated ? new SharedArrayBuffer(2) : null;
      this.interrupts = shared && new Uint8Array(shared);
      this.post({ type: "start", core, packages: this.options.packages, interrupts: shared });
    }).finally(() => URL.revokeObjectURL(url));
  }

  private async restart(reason: string) {
    this.stopWorker();
    this.tell("restarting", reason);
    const runs = this.queue.length;
    if ((await this.begin()) && !runs) this.tell("idle", reason);
    void this.work();
  }

  private stopWorker() {
    clearTimeout(this.softStop);
    this.softStop = undefined;
    this.worker?.terminate();
    this.worker = null;
    this.starting = null;
    this.interrupts = null;
    this.presses = 0;
    this.onEnded?.();
    this.onEnded = null;
  }

  private die(reason: string) {
    this.endRunning("died", died(`Python has ended in this browser: ${reason}`));
    this.cancelQueue();
    this.stopWorker();
    this.tell("dead", `Python has ended: ${reason}`);
  }

  private async receive(message: FromWorker) {
    switch (message.type) {
      case "events":
        for (const event of JSON.parse(message.text) as Event[]) this.take(event);
        return;
      case "progress":
        return this.progress(message.what ? message : null);
      case "ended": {
        clearTimeout(this.softStop);
        this.softStop = undefined;
        this.running = null;
        this.memory = message.memory;
        this.presses = 0;
        this.interrupts?.fill(0);
        await this.keepFiles(message);
        this.onEnded?.();
        this.onEnded = null;
        return;
      }
      case "died":
        return this.die(message.reason);
      case "ready":
        return;
    }
  }

  // -- events

  private take(event: Event) {
    this.running?.observe(event);
    this.add(event);
  }

  /// Emits the final events of the run in progress, whose worker will send no more.
  private endRunning(status: "interrupted" | "died", error: Cut) {
    const { running } = this;
    this.running = null;
    for (const event of running?.endEvents(status, error) ?? []) this.add(event);
  }

  private state: "starting" | "idle" | "busy" | "restarting" | "dead" | "reset" = "idle";

  private tell(state: typeof this.state, reason = "") {
    this.state = state;
    this.add(this.session(state, reason));
  }

  private session(state: typeof this.state, reason: string): Event {
    // The interface shows "In this browser" beside the name.
    const displayName = `Python ${this.python}`.trim();
    return {
      type: "session",
      session: "pyodide",
      state,
      kernel: { name: "pyodide", displayName, ...(this.worker && { id: "pyodide" }) },
      backend: "pyodide",
      path: this.options.path,
      ...(this.running && { run: this.running.id }),
      queue: this.queue.length,
      reason,
    };
  }

  private add(event: Event) {
    this.gather.add(event);
  }

  private progress(progress: Progress | null) {
    for (const subscriber of this.subscribers) subscriber.progress?.(progress);
  }

  // -- files

  private async bringFiles() {
    if (!this.sync) return;
    try {
      const { write, remove, skipped } = await this.sync.changes();
      if (write.length || remove.length) this.post({ type: "files", write, remove });
      if (skipped.length) this.say(`Too large for Python in the browser: ${skipped.join(", ")}.`);
    } catch (error) {
      const reason = error instanceof Error ? ` (${error.message})` : "";
      this.say(`The files beside the script cannot be read now${reason}.`);
    }
  }

  /// Writes the text being run to the script's own path: a script that reads its file finds what
  /// runs.
  private putScript(request: object) {
    if (!("script" in request)) return;
    const data = new TextEncoder().encode(String(request.script));
    this.post({ type: "files", write: [{ path: this.options.path, data }], remove: [] });
  }

  private async keepFiles({ written, removed }: FromWorker & { type: "ended" }) {
    const { files } = this.options;
    if (!files?.write || !files.remove) return;
    try {
      for (const { path, data } of written) await files.write(path, data);
      for (const path of removed) await files.remove(path);
    } catch (error) {
      this.say(`What the script wrote could not be kept: ${String(error)}`);
    }
  }

  private said = new Set<string>();

  private say(message: string) {
    if (this.said.has(message)) return; // once per page, not with each run
    this.said.add(message);
    this.add({ type: "error", message });
  }

  private post(message: ToWorker) {
    this.worker?.postMessage(message);
  }
}

const died = (text: string) => ({ name: "KernelDied", message: text, text: `${text}\n` });

let text: Promise<Blob> | null = null;

/// Downloads what Python needs to start, and keeps it in memory: Python can then start offline.
/// Rejects if a download fails.
export async function prepare(staticUrl: string) {
  await Promise.all([loadCore(staticUrl), workerText()]);
}

/// The worker's script, kept in memory for the same reason.
function workerText(): Promise<Blob> {
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
