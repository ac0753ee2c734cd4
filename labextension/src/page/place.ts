// The page's backend: an `ExecutionBackend` that forwards to the server or to Pyodide, and can
// switch between them. It also tells the user what that interface cannot: that the server is away,
// is back, or refuses to run code.
import type { Connection, ExecutionBackend, Subscriber } from "../backends/backend";
import { getBackend, sayBackend, type Choices, type ServerAddress } from "../backends/choose";
import {
  askSignedIn,
  foreignSessionUrl,
  PythonServerBackend,
  sessionUrl,
} from "../backends/server";
import type { ScriptFiles } from "../backends/pyodide/folder_sync";
import type { Event, ExecuteRequest, RunRequest } from "../protocol";
import type { PageConfig } from "./config";
import { pageAddress } from "./config";
import type { Action, Notices } from "./notices";
import { recall, remember } from "./storage";

export type Kind = ExecutionBackend["kind"];

/// The user's preference for the case that the server is away.
export type WhenGone = "ask" | "always" | "never";

const PREPARE_MS = 4_000;

export interface PlaceOptions {
  config: PageConfig;
  path: string;
  /// Loads the access to the script's folder.
  loadFiles(): Promise<ScriptFiles>;
  notices: Notices;
  confirm: Choices["confirm"];
  /// The backend in use, or the reason for it, has changed.
  onChange(): void;
}

export class Place implements ExecutionBackend {
  kind: Kind;
  reason = "";
  server: ServerAddress | null = null;
  private current: ExecutionBackend | null = null;
  private readonly made = new Map<Kind, ExecutionBackend>();
  private readonly sessions = new Map<Kind, Event>();
  private readonly subscribers = new Set<Subscriber>();
  // Runs in progress in each backend. After a switch, those of the other one can still ask for
  // input and be stopped.
  private readonly running = new Map<ExecutionBackend, Set<string>>();
  private asker: ExecutionBackend | null = null;
  private readonly waiting = new Set<string>();
  private asked: ((backend: ExecutionBackend) => void)[] = [];
  private files: Promise<ScriptFiles> | null = null;
  private hasChanged = false;
  /// The server does not let this user run code.
  isRefused = false;

  constructor(private readonly options: PlaceOptions) {
    const { config } = options;
    this.kind = config.isSite ? "pyodide" : "server";
    const choices: Choices = {
      page: pageAddress,
      own: config.isSite ? null : config.baseUrl,
      isBrowserAllowed: this.isBrowserAllowed,
      confirm: options.confirm,
      makeServer: server => this.makeServer(server),
      makePyodide: () => this.makePyodide(),
    };
    void getBackend(choices).then(
      ({ backend, reason, server }) => {
        this.server = server;
        this.use(backend, reason);
        const isSecondChoice = backend.kind === "pyodide" && server;
        if (isSecondChoice && !pageAddress.searchParams.has("backend"))
          void away().then(({ sayNoServer }) => sayNoServer(this, options.notices));
        if (backend.kind === "server" && this.isBrowserAllowed) this.prepareLater();
      },
      (error: unknown) => this.fail(`Python cannot be loaded in this browser: ${String(error)}`),
    );
  }

  get isBrowserAllowed() {
    return this.options.config.isBrowserAllowed;
  }

  get whenGone(): WhenGone {
    return recall<WhenGone>("whenGone", "ask");
  }

  set whenGone(when: WhenGone) {
    remember("whenGone", when);
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

  /// Whether a run is in progress in a backend that this page has switched away from.
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

  subscribe(subscriber: Subscriber) {
    this.subscribers.add(subscriber);
    subscriber.connection?.(this.connection);
    return () => void this.subscribers.delete(subscriber);
  }

  close() {
    for (const backend of this.made.values()) backend.close();
  }

  /// Switches to another backend for later runs. No run is repeated, and those in progress go on.
  /// If the backend cannot be loaded, the current one stays and a banner offers to try again; never
  /// rejects.
  async moveTo(kind: Kind, reason: string) {
    const { notices } = this.options;
    const { current } = this;
    // Requests made while it loads are queued for the new backend.
    this.current = null;
    try {
      const backend =
        this.made.get(kind) ??
        (kind === "server" ? this.makeServer(this.server!) : await this.makePyodide());
      this.hasChanged = true;
      if (current && current !== backend)
        current.leave?.(
          current.connection.state === "open"
            ? "Not sent before you went elsewhere: run it again."
            : "The server went away before this ended. What it did there is told when it answers again.",
        );
      this.use(backend, reason);
      sayBackend(backend);
    } catch (error) {
      if (current) this.use(current, this.reason);
      notices.banner({
        id: "place",
        kind: "error",
        text: `Python for this browser cannot be loaded now: ${reasonOf(error)}.`,
        actions: [{ label: "Try again", run: () => void this.moveTo(kind, reason) }],
      });
    }
  }

  /// The actions a banner offers while the server fails; empty if running in the browser is not
  /// allowed or not wanted.
  offers(): Action[] {
    if (!this.isBrowserAllowed || this.whenGone === "never" || this.kind !== "server") return [];
    const run = () => void this.moveToBrowser("You chose it when the server was away.");
    return [{ label: "Run in this browser", run, isPrimary: true }];
  }

  /// What differs when the browser runs the script, as a sentence; empty if that is not offered.
  get difference(): string {
    if (!this.offers().length) return "";
    return "This browser can run the script too: from an empty namespace, with the standard library and the packages this page can load, on the files beside the script as they were last read.";
  }

  /// Call when the server has been away for a while: switches to the browser if the user prefers
  /// that.
  onGone() {
    if (this.whenGone === "always" && this.kind === "server")
      void this.moveToBrowser("The server is away, and you want it so.");
  }

  async moveToBrowser(reason: string) {
    await this.moveTo("pyodide", reason);
    if (this.kind === "pyodide") (await away()).sayMoved(this.options.notices);
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
    this.current = backend;
    this.kind = backend.kind;
    this.reason = reason;
    this.options.onChange();
    const session = this.sessions.get(backend.kind);
    for (const subscriber of this.subscribers) {
      subscriber.connection?.(backend.connection);
      if (session) subscriber.events([session]);
    }
    const asked = this.asked;
    this.asked = [];
    this.waiting.clear();
    for (const what of asked) what(backend);
  }

  private fail(reason: string) {
    this.reason = reason;
    this.options.onChange();
    this.options.notices.banner({ id: "place", kind: "error", text: reason });
    // No backend could be made: fail the runs that were queued for it.
    const ended = [...this.waiting].map((run): Event => ({ type: "error", run, message: reason }));
    this.waiting.clear();
    this.asked = [];
    if (ended.length) for (const subscriber of this.subscribers) subscriber.events(ended);
  }

  private makeServer(server: ServerAddress): ExecutionBackend {
    const { path } = this.options;
    const url = server.isForeign
      ? foreignSessionUrl(server.baseUrl, path, server.token)
      : sessionUrl(server.baseUrl, path, location);
    return this.keep(new PythonServerBackend(url, askSignedIn(server.baseUrl, server.token)));
  }

  private async makePyodide(): Promise<ExecutionBackend> {
    const { config, path } = this.options;
    const [{ PyodideBackend }, files] = await Promise.all([
      import("../backends/pyodide/backend"),
      this.loadFiles(),
    ]);
    const { staticUrl, packagesUrl: packages } = config;
    return this.keep(new PyodideBackend({ staticUrl, packages, path, files }));
  }

  loadFiles(): Promise<ScriptFiles> {
    this.files ??= this.options.loadFiles();
    return this.files;
  }

  private keep<Backend extends ExecutionBackend>(backend: Backend): Backend {
    this.made.set(backend.kind, backend);
    backend.subscribe({
      events: events => this.pass(backend, events),
      connection: connection => this.onConnection(backend, connection),
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
    if (connection.state === "open" && backend.kind === "server") this.isRefused = false;
    if (backend === this.current) {
      for (const subscriber of this.subscribers) subscriber.connection?.(connection);
      if (connection.state === "waiting" && connection.isRefused) void this.lookWhyRefused();
    } else if (backend.kind === "server" && connection.state === "open" && this.hasChanged)
      void away().then(({ sayServerIsBack }) => sayServerIsBack(this, this.options.notices));
  }

  private async lookWhyRefused() {
    if (this.isRefused || !this.server) return;
    const { lookWhyRefused } = await away();
    this.isRefused ||= await lookWhyRefused(this, this.options.notices);
  }

  /// Prefetches Python for the browser while the page is idle, so that it can start after the
  /// server has gone.
  private prepareLater() {
    const { connection } = navigator as { connection?: { saveData?: boolean } };
    if (connection?.saveData || this.whenGone === "never") return;
    const { config, path } = this.options;
    setTimeout(() => {
      // Only a prefetch: if it fails, switching tries again and reports the error.
      away()
        .then(({ prepare }) => prepare(this, config.staticUrl, path))
        .catch(() => {});
    }, PREPARE_MS);
  }
}

// Imported lazily: a page whose server answers does not need it.
export const away = () => import("./away");

/// The message of a thrown value.
export const reasonOf = (error: unknown) =>
  error instanceof Error ? error.message : String(error);
