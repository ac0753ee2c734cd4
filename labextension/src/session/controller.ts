// The controller of an open script: joins a backend, the editor, and the host's notices and dialogs.
// The page and JupyterLab have one for each document, so that what a run, a lost connection or a
// death of the kernel means to the user stands here once.
import type { EditorView } from "@codemirror/view";
import type { Connection, ExecutionBackend } from "../backends/backend";
import { moduleNews } from "../backends/reloads";
import {
  applyEvents,
  goToLine,
  hostChanged,
  markGone,
  runningStatement,
  type EditorHost,
  type RunRequest,
} from "../editor";
import * as editorCommands from "../editor/commands";
import { writingCommands } from "../editor/host";
import type { Event, RunRequest as Request } from "../protocol";
import type { CommandTarget, EditorCommand } from "./commands";
import {
  deathBanner,
  goneBanner,
  noKernelBanner,
  notStoppedBanner,
  offlineBanner,
  signedOutBanner,
  waitsFor,
  type Alternative,
} from "./messages";
import type { Action, Notifier } from "./notifier";
import { isActive, isAsking, noSession, reduceStatus, type Session } from "./status";

const STOP_PATIENCE_MS = 2_000;
const OFFLINE_PATIENCE_MS = 2_000;

/// What the user is asked before it is lost. `loses`: what, as a sentence.
export type Question = { about: "reset" | "restart" } | { about: "stop"; loses: string };

/// What the controller needs of the page or of JupyterLab. Every absent method does nothing.
export interface ControllerHost {
  readonly notifier: Notifier;
  confirm(question: Question): Promise<boolean>;
  /// What the document adds to the editor's interface.
  readonly editor: Omit<
    EditorHost,
    "run" | "execute" | "answerInput" | "query" | "capabilities" | "say"
  >;
  toggleLayout(): void;
  /// The key that runs a statement, in words; "" if the user has none for it.
  runKey(): string;
  /// The session's status or the connection has changed.
  onChange(): void;
  /// Called with every batch of events, after the editor has them.
  onEvents?(events: readonly Event[]): void;
  /// Called when a run is sent.
  onRun?(): void;
  beforeRunAll?(): void;
  /// Limits of a run's outputs, and whether it tells where time goes.
  limits?(): Pick<Request, "maxText" | "maxDisplays" | "heat">;
  /// Restarts in the host's way. Resolves with whether it did.
  restart?(): Promise<boolean>;
  /// What else can be done while the backend cannot run code: a sentence, and actions.
  alternative?(): Alternative;
  /// The host has told the user why the backend cannot be reached.
  isRefused?(): boolean;
  /// The connection has been lost for a while, and the user was told.
  onUnreachable?(): void;
  /// Where to sign in again.
  signIn?(): Action;
}

/// Subscribes when created. It owns the backend, and not the editor.
/// Many methods, a few lines each: one for each thing that a host or a backend tells it.
export class Controller implements CommandTarget {
  status: Session = noSession;
  private view: EditorView | null = null;
  // Before an editor is attached: its events, and what the user wants it to do.
  private readonly early: Event[] = [];
  private readonly wanted: EditorCommand[] = [];
  private readonly unsubscribe: () => void;
  private stopTimer: ReturnType<typeof setTimeout> | undefined;
  private offlineTimer: ReturnType<typeof setTimeout> | undefined;
  private isEnding = false;
  private said = "";

  constructor(
    readonly backend: ExecutionBackend,
    private readonly host: ControllerHost,
  ) {
    this.unsubscribe = backend.subscribe({
      events: events => this.onEvents(events),
      connection: connection => this.onConnection(connection),
      gone: () => this.onGone(),
    });
  }

  /// For the editor's `rditEditor`.
  get editorHost(): EditorHost {
    return {
      ...this.host.editor,
      run: request => this.send(request),
      answerInput: text => this.backend.answerInput(text),
      execute: (run, code) =>
        this.backend.executeStatements({
          run,
          statements: [{ code, nodeIndex: 0, lineStart: 1, lineEnd: 1, isExpr: false }],
        }),
      query: (method, params) => this.backend.query(method, params),
      capabilities: () => this.backend.capabilities,
      waitsFor: () => waitsFor(this.status, this.connection),
      teaches: () => {
        const key = this.status.state === "connecting" ? "" : this.host.runKey();
        return key && `${key} runs the statement under the cursor`;
      },
      say: (text, kind) => this.host.notifier.toast(text, kind),
    };
  }

  get connection(): Connection {
    return this.backend.connection;
  }

  /// Whether there is something to interrupt.
  get isActive(): boolean {
    return isActive(this.status);
  }

  /// Connects the editor, which has the script's text: results are located by it.
  attach(view: EditorView) {
    this.view = view;
    applyEvents(view, this.early.splice(0));
    for (const name of this.wanted.splice(0)) this.edit(name);
  }

  /// Performs a command of the editor, as soon as there is one; false if it does not apply.
  edit(name: EditorCommand): boolean {
    if (!this.view) return this.wanted.push(name) > 0;
    if (name === "runAll") this.host.beforeRunAll?.();
    return editorCommands[name](this.view);
  }

  runAll() {
    this.edit("runAll");
  }

  /// Performs a command of the chunk for writing; false if it does not apply.
  write(id: string): boolean {
    const { view } = this;
    const command = view?.state.facet(writingCommands).find(commands => id in commands)?.[id];
    if (!command) this.host.notifier.toast("Not loaded yet: try again in a moment.", "warning");
    return Boolean(command?.(view!));
  }

  /// Interrupts, after a confirmation if that loses the namespace. If the run goes on, offers to
  /// force it.
  async interrupt() {
    const { stopLoses } = this.backend;
    if (stopLoses && this.status.state === "busy" && !isAsking(this.status)) {
      const yes = await this.host.confirm({ about: "stop", loses: stopLoses });
      if (!yes || !this.isActive) return;
    }
    this.backend.interrupt();
    if (!this.isActive) return;
    clearTimeout(this.stopTimer);
    this.stopTimer = setTimeout(() => this.offerForce(), STOP_PATIENCE_MS);
  }

  /// Clears the namespace, after a confirmation.
  async reset() {
    if (await this.host.confirm({ about: "reset" })) this.backend.reset();
  }

  /// Restarts the kernel, after a confirmation. Resolves with whether it did.
  async restart(): Promise<boolean> {
    if (this.host.restart) return this.host.restart();
    const yes = await this.host.confirm({ about: "restart" });
    if (yes) this.backend.reset({ restart: true });
    return yes;
  }

  async restartAndRunAll() {
    if (await this.restart()) this.runAll();
  }

  toggleLayout() {
    this.host.toggleLayout();
  }

  /// The user has ended the kernel: its end is no news.
  expectEnd() {
    this.isEnding = true;
  }

  dispose() {
    clearTimeout(this.stopTimer);
    clearTimeout(this.offlineTimer);
    this.unsubscribe();
    this.backend.close();
    for (const id of ["stop", "kernel", "gone", "connection"]) this.host.notifier.clear(id);
    this.view = null;
  }

  private send(request: RunRequest) {
    this.backend.executeScript({ ...request, ...this.host.limits?.() });
    this.host.onRun?.();
  }

  private offerForce() {
    if (!this.isActive) return;
    const running = this.view && runningStatement(this.view.state);
    this.host.notifier.banner(
      notStoppedBanner(
        running?.lineStart,
        () => void this.interrupt(),
        () => this.backend.reset({ restart: true }),
      ),
    );
  }

  private onEvents(events: readonly Event[]) {
    const { notifier } = this.host;
    const before = this.status;
    const now = Date.now();
    for (const { text, isLoaded } of moduleNews(events))
      notifier.toast(text, isLoaded ? "success" : "warning");
    // By event: a kernel may start and end within one batch.
    let hasEnded = false;
    for (const event of events) {
      const wasDead = this.status.state === "dead";
      this.status = reduceStatus(this.status, event, now);
      const { state } = this.status;
      if (state === "dead" && !wasDead) hasEnded = true;
      if (state === "starting" || state === "busy") this.isEnding = false;
      if (event.type === "error") notifier.toast(event.message, "error");
      if (event.type === "session" && event.state === "reset")
        notifier.toast(event.reason || "The namespace is empty.", "success");
    }
    if (this.view) applyEvents(this.view, events);
    else this.early.push(...events);
    // The user has run something since: the message was read.
    if (events.some(event => event.type === "plan")) notifier.clear("gone");
    // A death in a snapshot happened before the script was opened. The result at the statement shows
    // it; no banner.
    const isHistory = events.some(event => event.type === "attached" && event.snapshot);
    if (this.status.death !== before.death && !isHistory) this.sayDeath();
    if (hasEnded && this.status.state === "dead" && !this.status.death && !this.isEnding)
      notifier.banner(noKernelBanner(this.status.reason, this.host.alternative?.()));
    if (!this.isActive) {
      clearTimeout(this.stopTimer);
      notifier.clear("stop");
    }
    if (this.status.state === "busy" && before.state !== "busy" && !this.status.death)
      notifier.clear("kernel");
    this.host.onEvents?.(events);
    this.onChange();
  }

  private onChange() {
    this.host.onChange();
    // The editor says it in the margin.
    const said = waitsFor(this.status, this.connection) + this.status.state;
    if (said === this.said) return;
    this.said = said;
    this.view?.dispatch({ effects: hostChanged.of(null) });
  }

  private sayDeath() {
    const { death } = this.status;
    const { notifier } = this.host;
    if (!death) return notifier.clear("kernel");
    notifier.banner(deathBanner(death, line => this.view && goToLine(this.view, line)));
  }

  private onGone() {
    if (this.view && markGone(this.view)) this.host.notifier.banner(goneBanner);
  }

  private onConnection(connection: Connection) {
    const { notifier, signIn } = this.host;
    this.onChange();
    if (connection.state === "waiting") return this.onWaiting(connection.reason);
    clearTimeout(this.offlineTimer);
    if (connection.state === "signed-out")
      notifier.banner(signedOutBanner(signIn ? [signIn()] : []));
    else notifier.clear("connection");
    if (connection.state === "open") notifier.clear("refused");
  }

  private onWaiting(reason: string) {
    const { notifier } = this.host;
    // Runs that ended with their server do not continue: the connection's banner replaces that of
    // the kernel.
    const isEnded = this.status.state === "dead" && !this.status.death;
    const ended = isEnded ? this.status.reason : null;
    const banner = offlineBanner(reason, ended, this.host.alternative?.());
    if (notifier.has("connection")) return notifier.banner(banner);
    clearTimeout(this.offlineTimer);
    this.offlineTimer = setTimeout(() => {
      if (this.host.isRefused?.()) return;
      if (isEnded) notifier.clear("kernel");
      notifier.banner(banner);
      this.host.onUnreachable?.();
    }, OFFLINE_PATIENCE_MS);
  }
}
