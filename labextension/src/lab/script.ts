// One open script in JupyterLab: its editor, its session on the server, and its session context.
// The counterpart of the page's edit.ts, without file handling, which the document does.

import { Compartment, type Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { Notification, SessionContextDialogs, type ISessionContext } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { ServiceManager } from "@jupyterlab/services";
import type { ITranslator, TranslationBundle } from "@jupyterlab/translation";
import type { CommandRegistry } from "@lumino/commands";
import type { IDisposable } from "@lumino/disposable";
import { Signal } from "@lumino/signaling";
import type { Connection } from "../backends/backend";
import { isActive, noSession, reduceStatus, type Session } from "../session/status";
import type { PythonServerBackend } from "../backends/server";
import type { EditorHost, RunRequest } from "../editor";
import type { Event, ExportBody } from "../protocol";
import { ScriptSessionContext } from "./kernel";
import { Outputs } from "./outputs";
import type { Server } from "./server";
import type { SettingsModel } from "./settings";

const OFFLINE_PATIENCE_MS = 2_000;

type Editing = typeof import("./editing");
type EditorCommand = (editing: Editing) => (view: EditorView) => unknown;

/// The services shared by all scripts.
export interface Surroundings {
  readonly services: ServiceManager.IManager;
  readonly server: Server;
  readonly rendermime: IRenderMimeRegistry;
  readonly settings: SettingsModel;
  readonly dialogs: ISessionContext.IDialogs;
  readonly translator: ITranslator;
  readonly trans: TranslationBundle;
  readonly commands: CommandRegistry;
}

/// Connects when created; dispose it with its document.
export class Script implements IDisposable {
  readonly changed = new Signal<this, void>(this);
  readonly arrived = new Signal<this, readonly Event[]>(this);
  readonly backend: PythonServerBackend;
  readonly sessionContext: ScriptSessionContext;
  /// In the editor from its creation; reconfigured when the lazy chunk is loaded.
  readonly extension: Extension;
  session: Session = noSession;
  connection: Connection = { state: "connecting" };
  isDisposed = false;
  private readonly outputs: Outputs;
  private readonly trans: TranslationBundle;
  private readonly place = new Compartment();
  private view: EditorView | null = null;
  private editing: Editing | null = null;
  /// Events that arrived before the editor was attached.
  private readonly early: Event[] = [];
  private readonly wanted: EditorCommand[] = [];
  /// The server's id of the session.
  private id = "";
  private layout: "beside" | "below" | null = null;
  /// The user has shut the kernel down: do not report its end.
  private isEnding = false;
  private offline = 0;
  private offlineNotice = "";

  constructor(
    private readonly context: DocumentRegistry.CodeContext,
    private readonly around: Surroundings,
  ) {
    const { services, server, translator, trans } = around;
    this.trans = trans;
    this.backend = server.backend(() => this.path);
    this.sessionContext = new ScriptSessionContext(
      {
        kernelManager: services.kernels,
        sessionManager: services.sessions,
        specsManager: services.kernelspecs,
        path: context.localPath,
        name: PathExt.basename(context.localPath),
        type: "console",
        translator,
      },
      name => this.changeKernel(name),
      () => this.shutDown(),
      message => this.complain(trans.__(message)),
      () => this.session.state === "busy",
    );
    this.outputs = new Outputs(around.rendermime, context, services.contents, this.sessionContext);
    this.extension = this.place.of([]);
    context.pathChanged.connect(this.onRenamed, this);
    around.settings.changed.connect(this.showSettings, this);
    // In the constructor: events before the first subscription are lost.
    this.backend.subscribe({
      events: events => this.onEvents(events),
      connection: connection => this.onConnection(connection),
      gone: () => this.onGone(),
    });
  }

  private onGone(): void {
    if (!this.view || !this.editing?.markGone(this.view)) return;
    Notification.info(
      this.trans.__(
        "The server was restarted. The results that are dimmed are of a Python process that is gone.",
      ),
    );
  }

  /// The script's path on the server. The collaboration drive (RTC) serves the server's files too;
  /// files of other drives are not on the server.
  get path(): string {
    const { contents } = this.around.services;
    const drive = contents.driveName(this.context.path);
    return drive === "" || drive === "RTC" ? this.context.localPath : this.context.path;
  }

  private get caretName(): string {
    return `rdit.caret:${this.context.path}`;
  }

  get name(): string {
    return PathExt.basename(this.context.localPath);
  }

  /// Connects the editor. Waits for the text before applying events, since results are located by
  /// it.
  async attach(view: EditorView): Promise<void> {
    this.view = view;
    const [editing] = await Promise.all([import("./editing"), this.context.ready]);
    if (this.isDisposed) return;
    this.editing = editing;
    this.outputs.load(editing);
    view.dispatch({
      effects: this.place.reconfigure([
        editing.rditEditor(this.host(editing)),
        editing.labelled(() => this.name),
        editing.hover,
        editing.keepCaret(() => this.caretName),
      ]),
    });
    // Not if the cursor was moved already, as by a link to a line.
    if (view.state.selection.main.head === 0) editing.restoreCaret(view, this.caretName);
    this.showSettings();
    this.show(view, editing, this.early.splice(0));
    for (const choose of this.wanted.splice(0)) this.perform(choose);
  }

  /// Runs an editor command, as soon as the editor is loaded.
  perform(choose: EditorCommand): void {
    if (this.view && this.editing) choose(this.editing)(this.view);
    else this.wanted.push(choose);
  }

  get state() {
    return this.view?.state ?? null;
  }

  /// The script and its current results, for a conversion.
  export(): Pick<ExportBody, "script" | "results"> {
    const { state } = this;
    return {
      script: this.context.model.sharedModel.getSource(),
      results: state && this.editing ? this.editing.resultsOf(state) : [],
    };
  }

  get isActive(): boolean {
    return isActive(this.session);
  }

  runAll(): void {
    if (this.around.settings.values.resetBeforeRunAll) this.backend.reset();
    this.perform(({ runAll }) => runAll);
  }

  /// Restarts the kernel after a confirmation. Resolves with whether it was restarted.
  async restart(): Promise<boolean> {
    const { kernel } = this.session;
    if (!kernel?.id) {
      this.backend.reset({ restart: true });
      return true;
    }
    await this.sessionContext.follow(kernel.id);
    if (!this.sessionContext.session?.kernel) {
      // JupyterLab has no connection to the kernel (yet): restart through the server.
      this.backend.reset({ restart: true });
      return true;
    }
    return this.around.dialogs.restart(this.sessionContext);
  }

  interrupt(): void {
    this.backend.interrupt();
  }

  reset(): void {
    this.backend.reset();
  }

  chooseKernel(): Promise<void> {
    return this.around.dialogs.selectKernel(this.sessionContext);
  }

  async shutDown(): Promise<void> {
    this.isEnding = true;
    try {
      await this.around.server.shutDown(this.id);
      await this.around.services.sessions.refreshRunning();
    } catch (error) {
      this.complain(String((error as Error).message));
    }
  }

  toggleLayout(): void {
    this.layout = this.wantedLayout === "beside" ? "below" : "beside";
    this.showSettings();
  }

  get wantedLayout(): "beside" | "below" {
    return this.layout ?? this.around.settings.values.layout;
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    clearTimeout(this.offline);
    if (this.offlineNotice) Notification.dismiss(this.offlineNotice);
    this.backend.close();
    this.outputs.dispose();
    this.sessionContext.dispose();
    Signal.clearData(this);
  }

  private host(editing: Editing): EditorHost {
    const { around } = this;
    return {
      run: request => this.send(request),
      answerInput: text => this.backend.answerInput(text),
      isScript: path => editing.isScript(path, this.path),
      openFrame: (path, line) => void editing.openFrame(around.commands, path, line),
      canOpen: editing.canOpen,
      loadRenderer: async () => this.outputs.renderer!,
      isHosted: mimeType => this.outputs.isHosted(mimeType),
      inspect: (code, cursor) =>
        around.settings.values.hover ? this.backend.query("inspect", { code, cursor }) : null,
    };
  }

  private send(request: RunRequest): void {
    const { maxText, maxDisplays } = this.around.settings.values;
    this.backend.executeScript({ ...request, maxText, maxDisplays });
  }

  private async changeKernel(kernelName: string): Promise<void> {
    if (!this.id) return;
    try {
      await this.around.server.update(this.id, { kernelName });
    } catch (error) {
      this.complain(String((error as Error).message));
    }
  }

  private onEvents(events: readonly Event[]): void {
    const { trans } = this;
    const before = this.session;
    const now = Date.now();
    for (const event of events) {
      this.session = reduceStatus(this.session, event, now);
      if (event.type === "error") this.complain(event.message);
      if (event.type === "session") {
        this.id = event.session;
        if (event.state === "reset")
          Notification.info(event.reason || trans.__("The namespace is empty."), {
            autoClose: 3000,
          });
      }
    }
    if (this.view && this.editing) this.show(this.view, this.editing, events);
    else this.early.push(...events);
    const { session } = this;
    void this.sessionContext.follow(session.kernel?.id ?? null);
    const { death, reason } = session;
    // If a kernel could not be started, both the run's end and the session report it: show it once.
    if (death && death !== before.death && (death.statement || death.reason !== reason))
      this.sayDeath(death);
    else if (session.state === "dead" && before.state !== "dead" && reason && !this.isEnding)
      Notification.warning(reason, { autoClose: 8000 });
    if (session.state === "starting" || session.state === "busy") this.isEnding = false;
    if ((session.state === "busy") !== (before.state === "busy")) this.sessionContext.tellStatus();
    this.arrived.emit(events);
    this.changed.emit();
  }

  private show(view: EditorView, editing: Editing, events: readonly Event[]): void {
    for (const { text, isLoaded } of editing.moduleNews(events))
      Notification[isLoaded ? "info" : "warning"](`${this.name}: ${text}`, { autoClose: 8000 });
    editing.applyEvents(view, events);
  }

  private sayDeath({ statement, reason }: NonNullable<Session["death"]>): void {
    const { trans } = this;
    const why = reason || trans.__("the cause is not known");
    this.complain(
      statement
        ? trans.__("%1: the kernel died in line %2: %3", this.name, statement.lineStart, why)
        : trans.__("%1: the kernel died: %2", this.name, why),
    );
  }

  private onConnection(connection: Connection): void {
    this.connection = connection;
    clearTimeout(this.offline);
    if (this.offlineNotice) Notification.dismiss(this.offlineNotice);
    this.offlineNotice = "";
    if (connection.state === "waiting")
      this.offline = window.setTimeout(() => {
        this.offlineNotice = Notification.warning(
          this.trans.__(
            "%1: %2. Trying again; what runs goes on meanwhile, and its results come later.",
            this.name,
            connection.reason,
          ),
          { autoClose: false },
        );
      }, OFFLINE_PATIENCE_MS);
    else if (connection.state === "signed-out")
      this.complain(
        this.trans.__(
          "You are no longer signed in. Your text is still here; sign in again to run.",
        ),
      );
    this.changed.emit();
  }

  private complain(message: string): void {
    Notification.error(message, { autoClose: 8000 });
  }

  private onRenamed(): void {
    this.view?.dispatch(); // updates the label, which contains the name
    if (!this.id) return;
    this.around.server
      .update(this.id, { path: this.path })
      .then(() => this.around.services.sessions.refreshRunning())
      .catch((error: Error) => this.complain(error.message));
  }

  private showSettings(): void {
    const { view } = this;
    if (!view) return;
    const { keys, markStale, resultLines } = this.around.settings.values;
    const editor = view.dom.closest<HTMLElement>(".jp-FileEditor");
    if (editor) {
      editor.dataset.rditKeys = keys;
      editor.dataset.rditStale = markStale ? "on" : "off";
      editor.style.setProperty("--rdit-result-lines", String(resultLines));
    }
    this.editing?.setLayout(view, this.wantedLayout);
    this.changed.emit();
  }
}

export const defaultDialogs = (translator: ITranslator): ISessionContext.IDialogs =>
  new SessionContextDialogs({ translator });
