// The backend that runs Python in this browser (Pyodide in a worker). It performs what the rules in
// transition.ts decide, and gives back as inputs what comes of it.
//
//   run -> [queue] -> files -> worker: run -> events ... -> ended -> the next run
//
// The first run starts Python. Nothing is downloaded before, unless `prepare` is called.
import type { Event, ExecuteRequest, RunRequest } from "../../protocol";
import type { Connection, ExecutionBackend, Method, Params, Subscriber } from "../backend";
import { loadCore } from "./assets";
import { FolderSync, type ScriptFiles } from "./folder_sync";
import { Gather } from "../gather";
import { PendingQueries } from "../queries";
import { ROOT, type FromWorker } from "./messages";
import { PythonWorker, workerText, type WorkerOptions } from "./python_worker";
import { BrowserRun } from "./run";
import { initial, transition, type Action, type Input, type Job, type State } from "./transition";

const SOFT_STOP_MS = 500;
// A script that computes answers nothing: a query waits until it ends, or waits for something.
const QUERY_MS = 5_000;

export interface PyodideOptions extends WorkerOptions {
  /// The script's Contents path.
  path: string;
  files: ScriptFiles | null;
  /// Without shared memory: how long, in milliseconds, a run that waits (input, sleep, await) may take to end after
  /// Stop, before the worker is terminated.
  softStopMs?: number;
}

/// An `ExecutionBackend` without a server. It throws nothing: what fails is told by events. Of its
/// methods eleven are the interface's; the rest perform one action each.
export class PyodideBackend implements ExecutionBackend {
  readonly kind = "pyodide";
  readonly connection: Connection = { state: "open" };
  capabilities: readonly Method[] = [];
  /// Size of the WebAssembly memory after the last run, in bytes; 0 before the first.
  memory = 0;
  private readonly subscribers = new Set<Subscriber>();
  private readonly gather = new Gather(events => {
    for (const subscriber of this.subscribers) subscriber.events(events);
  });
  private readonly queries = new PendingQueries(QUERY_MS);
  private readonly said = new Set<string>();
  private state = initial;
  private worker: PythonWorker | null = null;
  private files: FolderSync | null = null;
  private running: BrowserRun | null = null;
  private softStop: ReturnType<typeof setTimeout> | undefined;
  private python = "";
  private isClosed = false;

  constructor(private readonly options: PyodideOptions) {
    this.add(this.sessionEvent(this.state));
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
    this.put({ type: "submitted", job: { kind: "run", request } });
  }

  executeStatements(request: Omit<ExecuteRequest, "type">) {
    this.put({ type: "submitted", job: { kind: "run", request } });
  }

  interrupt() {
    this.put({ type: "interruptAsked" });
  }

  reset({ restart = false }: { restart?: boolean } = {}) {
    this.put(restart ? { type: "restartAsked" } : { type: "submitted", job: { kind: "reset" } });
  }

  answerInput(text: string) {
    this.worker?.post({ type: "input", text });
  }

  query<M extends Method>(method: M, params: Params<M>) {
    return this.queries.ask<M>(id => {
      if (!this.capabilities.includes(method)) return false;
      this.worker?.post({ type: "query", query: JSON.stringify({ id, method, params }) });
      return true;
    });
  }

  subscribe(subscriber: Subscriber) {
    this.subscribers.add(subscriber);
    subscriber.connection?.(this.connection);
    subscriber.capabilities?.(this.capabilities);
    subscriber.events([this.sessionEvent({ ...this.state, reason: "" })]);
    return () => void this.subscribers.delete(subscriber);
  }

  close() {
    this.isClosed = true;
    this.terminate();
    this.gather.cancel();
  }

  private put(input: Input) {
    if (this.isClosed) return;
    const [state, actions] = transition(this.state, input);
    this.state = state;
    for (const action of actions) this.perform(action);
  }

  private perform(action: Action) {
    switch (action.type) {
      case "report":
        return this.add(this.sessionEvent(action.state));
      case "start":
        return this.start();
      case "terminate":
        return this.terminate();
      case "send":
        return this.send(action.job);
      case "signal":
        return this.signal();
      case "bury":
        for (const event of this.running?.endEvents(action.status, action.error) ?? [])
          this.add(event);
        this.running = null;
        return;
      case "cancel":
        if (action.job.kind === "run")
          this.add({
            type: "done",
            run: action.job.request.run,
            status: "cancelled",
            elapsed: 0,
            ...action.why,
          });
        return;
      case "refuse":
        if (action.job.kind === "run")
          this.add({
            type: "error",
            run: action.job.request.run,
            message: "Python could not be started.",
          });
        return;
      default:
        action satisfies never;
    }
  }

  // -- Python

  private start() {
    const { path, files } = this.options;
    this.files = new FolderSync(files, path, message => this.say(message));
    this.worker = new PythonWorker(this.options, {
      ready: (python, methods) => {
        this.python = python;
        this.learn(methods);
        this.put({ type: "pythonReady" });
      },
      failed: reason => {
        this.terminate();
        this.put({ type: "startFailed", reason });
      },
      events: events => {
        for (const event of events) {
          this.running?.observe(event);
          this.add(event);
        }
      },
      answer: answer => this.queries.settle(answer),
      ended: message => void this.end(message),
      died: reason => this.put({ type: "pythonGone", reason }),
      progress: progress => {
        for (const subscriber of this.subscribers) subscriber.progress?.(progress);
      },
    });
  }

  private learn(capabilities: readonly Method[]) {
    this.capabilities = capabilities;
    for (const subscriber of this.subscribers) subscriber.capabilities?.(capabilities);
  }

  private terminate() {
    this.clearSoftStop();
    this.worker?.terminate();
    this.worker = null;
    this.running = null;
    this.queries.drop();
    if (this.capabilities.length) this.learn([]);
  }

  private send(job: Job) {
    if (job.kind === "reset") return this.worker?.post({ type: "reset" });
    this.running = new BrowserRun(job.request.run);
    void this.sendRun(job.request, this.running);
  }

  private async sendRun(request: object, run: BrowserRun) {
    const { worker, files } = this;
    const messages = (await files?.before(request)) ?? [];
    // Stopped while the files were read
    if (this.running !== run || !worker || !files) return;
    for (const message of messages) worker.post(message);
    const path = `${ROOT}/${this.options.path}`;
    worker.post({
      type: "run",
      request: JSON.stringify({ path, ...request }),
      folder: files.folder,
    });
  }

  private signal() {
    this.worker?.interrupt();
    if (this.worker?.isShared) return;
    this.softStop ??= setTimeout(
      () => this.put({ type: "stopTimedOut" }),
      this.options.softStopMs ?? SOFT_STOP_MS,
    );
  }

  private clearSoftStop() {
    clearTimeout(this.softStop);
    this.softStop = undefined;
  }

  private async end(message: FromWorker & { type: "ended" }) {
    const { worker } = this;
    this.clearSoftStop();
    this.running = null;
    this.memory = message.memory;
    await this.files?.after(message);
    // Started anew while the files were written
    if (this.worker === worker) this.put({ type: "jobEnded" });
  }

  // -- events

  private sessionEvent({ shown, reason, queue, python, current, isSent }: State): Event {
    // The interface shows "In this browser" beside the name.
    const displayName = `Python ${this.python}`.trim();
    return {
      type: "session",
      session: "pyodide",
      state: shown,
      kernel: { name: "pyodide", displayName, ...(python !== "none" && { id: "pyodide" }) },
      backend: "pyodide",
      path: this.options.path,
      ...(isSent && current?.kind === "run" && { run: current.request.run }),
      queue: queue.length,
      reason,
    };
  }

  private add(event: Event) {
    this.gather.add(event);
  }

  private say(message: string) {
    if (this.said.has(message)) return; // once per page, not with each run
    this.said.add(message);
    this.add({ type: "error", message });
  }
}

/// Downloads what Python needs to start, and keeps it in memory: Python can then start offline.
/// Rejects if a download fails.
export async function prepare(staticUrl: string) {
  await Promise.all([loadCore(staticUrl), workerText()]);
}
