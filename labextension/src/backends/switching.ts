// One backend in front of two: forwards to the server or to Pyodide, and can switch between them.
// Shows nothing: who does, learns from the callbacks what the interface of a backend cannot tell.
import type { Event, ExecuteRequest, RunRequest } from "../protocol";
import type { Connection, ExecutionBackend, Method, Params, Result, Subscriber } from "./backend";
import { getBackend, sayBackend, type Choices, type Chosen, type ServerAddress } from "./choose";

export type Kind = ExecutionBackend["kind"];

export interface SwitchingOptions extends Choices {
  /// The backend in use, or the reason for it, has changed.
  onChange?(): void;
  /// The first backend has been chosen.
  onChosen?(chosen: Chosen): void;
  /// No backend could be made, and the runs that were queued for it have failed.
  onFailed?(reason: string): void;
  /// The server answers, but rejects the connection.
  onRefused?(): void;
  /// After a switch to the browser, the connection to the server is open again.
  onServerBack?(): void;
}

/// Chooses its first backend when created, and queues requests until there is one.
/// Many methods, as each of the interface's passes on to the backend of the moment.
export class SwitchingBackend implements ExecutionBackend {
  kind: Kind;
  /// The kind that was chosen last, though it may still be loaded.
  wanted: Kind;
  /// Why this backend is used, as a sentence for the user.
  reason = "";
  /// The server used, or available as the alternative; null if there is none.
  server: ServerAddress | null = null;
  private current: ExecutionBackend | null = null;
  /// While another is loaded: the one before.
  private left: ExecutionBackend | null = null;
  /// Of the last choice by `switchTo`; null: there was none.
  private turn: object | null = null;
  private readonly made = new Map<Kind, ExecutionBackend>();
  private readonly making = new Map<Kind, Promise<ExecutionBackend>>();
  private readonly sessions = new Map<Kind, Event>();
  private readonly subscribers = new Set<Subscriber>();
  // Runs in progress in each backend. After a switch, those of the other one can still ask for
  // input and be stopped.
  private readonly running = new Map<ExecutionBackend, Set<string>>();
  private asker: ExecutionBackend | null = null;
  private readonly waiting = new Set<string>();
  private asked: ((backend: ExecutionBackend) => void)[] = [];
  private hasChanged = false;
  private isClosed = false;

  constructor(private readonly options: SwitchingOptions) {
    this.kind = this.wanted = options.own === null ? "pyodide" : "server";
    const choices: Choices = {
      ...options,
      makeServer: server => this.keep(options.makeServer(server)),
      makePyodide: async () => this.keep(await options.makePyodide()),
    };
    void getBackend(choices).then(
      chosen => {
        this.server = chosen.server;
        // Another was chosen meanwhile.
        if (this.turn) this.left ??= chosen.backend;
        else this.use(chosen.backend, chosen.reason);
        if (!this.isClosed) options.onChosen?.(chosen);
      },
      (error: unknown) => this.fail(`Python cannot be loaded in this browser: ${String(error)}`),
    );
  }

  get connection(): Connection {
    return this.current?.connection ?? { state: "connecting" };
  }

  get stopLoses() {
    return this.current?.stopLoses ?? "";
  }

  async isAvailable() {
    return this.current?.isAvailable() ?? false;
  }

  executeScript(request: Omit<RunRequest, "type">) {
    this.askToRun(request.run, backend => backend.executeScript(request));
  }

  executeStatements(request: Omit<ExecuteRequest, "type">) {
    this.askToRun(request.run, backend => backend.executeStatements(request));
  }

  interrupt() {
    this.ask(backend => {
      for (const other of this.elsewhere) other.interrupt();
      backend.interrupt();
    });
  }

  /// Whether a run is in progress in a backend that this one has switched away from.
  get isRunningElsewhere() {
    return this.elsewhere.length > 0;
  }

  private get elsewhere(): ExecutionBackend[] {
    return [...this.made.values()].filter(
      backend =>
        backend !== this.current &&
        backend.connection.state === "open" &&
        !!this.running.get(backend)?.size,
    );
  }

  reset(options?: { restart?: boolean }) {
    this.ask(backend => backend.reset(options));
  }

  answerInput(text: string) {
    // To the backend that asked, which may no longer be the current one.
    this.ask(backend => (this.asker ?? backend).answerInput(text));
  }

  get capabilities(): readonly Method[] {
    return this.current?.capabilities ?? [];
  }

  async query<M extends Method>(method: M, params: Params<M>): Promise<Result<M> | null> {
    return this.current?.query(method, params) ?? null;
  }

  subscribe(subscriber: Subscriber) {
    this.subscribers.add(subscriber);
    subscriber.connection?.(this.connection);
    subscriber.capabilities?.(this.capabilities);
    return () => void this.subscribers.delete(subscriber);
  }

  /// Closes both backends, also one that is still being loaded.
  close() {
    this.isClosed = true;
    this.subscribers.clear();
    for (const backend of this.made.values()) backend.close();
  }

  /// Switches to another backend for later runs. No run is repeated, and those in progress go on.
  /// Rejects if the backend cannot be made: then the current one stays. The last choice counts, though what an
  /// earlier one loads may come later.
  async switchTo(kind: Kind, reason: string) {
    const turn = (this.turn = {});
    this.wanted = kind;
    this.left = this.current ?? this.left;
    // Requests made while it loads are queued for the new backend.
    this.current = null;
    try {
      const backend = this.made.get(kind) ?? (await this.make(kind));
      if (turn !== this.turn) return;
      const { left } = this;
      if (left !== backend) {
        this.hasChanged = true;
        left?.leave?.(
          left.connection.state === "open"
            ? "Not sent before you went elsewhere: run it again."
            : "The server went away before this ended. What it did there is told when it answers again.",
        );
      }
      this.use(backend, reason);
      sayBackend(backend);
    } catch (error) {
      if (turn !== this.turn) return;
      this.turn = null;
      if (this.left) this.use(this.left, this.reason);
      throw error;
    }
  }

  /// Makes one of a kind at a time.
  private make(kind: Kind): Promise<ExecutionBackend> {
    const { makeServer, makePyodide } = this.options;
    const make = async () =>
      this.keep(kind === "server" ? makeServer(this.server!) : await makePyodide());
    const making = this.making.get(kind) ?? make().finally(() => this.making.delete(kind));
    this.making.set(kind, making);
    return making;
  }

  private ask(what: (backend: ExecutionBackend) => void) {
    if (this.current) what(this.current);
    else this.asked.push(what);
  }

  private askToRun(run: string, what: (backend: ExecutionBackend) => void) {
    if (!this.current) this.waiting.add(run);
    this.ask(what);
  }

  private use(backend: ExecutionBackend, reason: string) {
    if (this.isClosed) return;
    this.current = backend;
    this.kind = this.wanted = backend.kind;
    this.reason = reason;
    this.options.onChange?.();
    const session = this.sessions.get(backend.kind);
    for (const subscriber of this.subscribers) {
      subscriber.connection?.(backend.connection);
      subscriber.capabilities?.(backend.capabilities);
      if (session) subscriber.events([session]);
    }
    const asked = this.asked;
    this.asked = [];
    this.waiting.clear();
    for (const what of asked) what(backend);
  }

  private fail(reason: string) {
    if (this.isClosed) return;
    this.reason = reason;
    this.options.onChange?.();
    this.options.onFailed?.(reason);
    const ended = [...this.waiting].map((run): Event => ({ type: "error", run, message: reason }));
    this.waiting.clear();
    this.asked = [];
    if (ended.length) for (const subscriber of this.subscribers) subscriber.events(ended);
  }

  private keep(backend: ExecutionBackend): ExecutionBackend {
    // Closed while it was loaded.
    if (this.isClosed) backend.close();
    this.made.set(backend.kind, backend);
    backend.subscribe({
      events: events => this.pass(backend, events),
      connection: connection => this.onConnection(backend, connection),
      capabilities: methods => {
        if (backend === this.current)
          for (const subscriber of this.subscribers) subscriber.capabilities?.(methods);
      },
      gone: () => {
        for (const subscriber of this.subscribers) subscriber.gone?.();
      },
      progress: progress => {
        if (backend === this.current)
          for (const subscriber of this.subscribers) subscriber.progress?.(progress);
      },
    });
    return backend;
  }

  /// Passes events on. From a backend that is not the current one: those of runs, but not of its
  /// session's state.
  private pass(backend: ExecutionBackend, events: readonly Event[]) {
    let running = this.running.get(backend);
    if (!running) this.running.set(backend, (running = new Set()));
    for (const event of events) {
      if (event.type === "session") this.sessions.set(backend.kind, event);
      else if (event.type === "plan") running.add(event.run);
      else if (event.type === "done") running.delete(event.run);
      else if (event.type === "input" && event.waiting !== false) this.asker = backend;
    }
    const isCurrent = backend === this.current;
    const wanted = events.filter(
      event =>
        (isCurrent || !(event.type === "session" || (event.type === "error" && !event.run))) &&
        // After a switch the page shows results of both backends, so the snapshot of one must not
        // clear them.
        !(this.hasChanged && event.type === "attached"),
    );
    if (wanted.length) for (const subscriber of this.subscribers) subscriber.events(wanted);
  }

  private onConnection(backend: ExecutionBackend, connection: Connection) {
    if (backend === this.current) {
      for (const subscriber of this.subscribers) subscriber.connection?.(connection);
      if (connection.state === "waiting" && connection.isRefused) this.options.onRefused?.();
    } else if (backend.kind === "server" && connection.state === "open" && this.hasChanged)
      this.options.onServerBack?.();
  }
}
