// One open script in JupyterLab: its controller, its editor and its session context. The counterpart
// of the page's edit.ts, without file handling, which the document does.

import { Compartment, type Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { Notification, SessionContextDialogs, type ISessionContext } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { ISearchProvider } from "@jupyterlab/documentsearch";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { ServiceManager } from "@jupyterlab/services";
import type { ITranslator, TranslationBundle } from "@jupyterlab/translation";
import type { CommandRegistry } from "@lumino/commands";
import { PromiseDelegate } from "@lumino/coreutils";
import type { IDisposable } from "@lumino/disposable";
import { Signal } from "@lumino/signaling";
import type { Connection, ExecutionBackend } from "../backends/backend";
import type { CodeCommand } from "../session/code_commands";
import type { Controller } from "../session/controller";
import { noSession, type Session } from "../session/status";
import type { Event } from "../protocol";
import type { RditDocument } from "./document";
import type { ScriptFind } from "./find";
import { ScriptSessionContext } from "./kernel";
import { Outputs } from "./outputs";
import type { Server } from "./server";
import type { SettingsModel } from "./settings";

type Editing = typeof import("./editing");
type Layout = import("./editing").Layout;

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
  /// Whether jupyterlab-lsp shows what it finds.
  readonly hasFindings: boolean;
}

/// Connects when the lazy chunk is loaded; dispose it with its document.
/// Many methods, each a line of what JupyterLab asks of a document.
export class Script implements IDisposable {
  readonly changed = new Signal<this, void>(this);
  readonly sessionContext: ScriptSessionContext;
  /// In the editor from its creation; reconfigured when the lazy chunk is loaded.
  readonly extension: Extension;
  isDisposed = false;
  /// Null until the lazy chunk is loaded.
  private controller: Controller | null = null;
  private readonly outputs: Outputs;
  private readonly place = new Compartment();
  private view: EditorView | null = null;
  private editing: Editing | null = null;
  private readonly connected = new PromiseDelegate<EditorView>();
  /// Whether the editor has been told of them.
  private hasResults = false;
  private readonly wanted: ((controller: Controller) => unknown)[] = [];
  /// The server's id of the session.
  private id = "";
  private layout: Layout | null = null;
  private wasBusy = false;

  constructor(
    private readonly context: DocumentRegistry.CodeContext,
    private readonly around: Surroundings,
  ) {
    const { services, translator, trans } = around;
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
  }

  /// The session's status.
  get session(): Session {
    return this.controller?.status ?? noSession;
  }

  get connection(): Connection {
    return this.controller?.connection ?? { state: "connecting" };
  }

  /// Null until the lazy chunk is loaded.
  get backend(): ExecutionBackend | null {
    return this.controller?.backend ?? null;
  }

  /// The script's path on the server. The collaboration drive (RTC) serves the server's files too;
  /// files of other drives are not on the server.
  get path(): string {
    const { contents } = this.around.services;
    const drive = contents.driveName(this.context.path);
    return drive === "" || drive === "RTC" ? this.context.localPath : this.context.path;
  }

  /// The path, with its drive, of a file beside the script.
  private beside(path: string): string {
    return PathExt.join(PathExt.dirname(this.context.path), path);
  }

  private get caretName(): string {
    return `rdit.caret:${this.context.path}`;
  }

  get name(): string {
    return PathExt.basename(this.context.localPath);
  }

  /// Connects to the server, and then the editor: results are located by its text.
  async attach(view: EditorView): Promise<void> {
    this.view = view;
    const editing = await import("./editing");
    if (this.isDisposed) return;
    this.editing = editing;
    const controller = this.connect(editing);
    this.outputs.load(editing);
    await this.context.ready;
    if (this.isDisposed) return;
    view.dispatch({
      effects: this.place.reconfigure([
        editing.rditEditor(controller.editorHost),
        editing.labelled(() => this.name),
        editing.withSyntax,
        editing.language,
        editing.diagnostics(),
        editing.quickFixes,
        editing.aids,
        editing.find,
        editing.keepCaret(() => this.caretName),
      ]),
    });
    this.hasResults = true;
    // Not if the cursor was moved already, as by a link to a line.
    if (view.state.selection.main.head === 0) editing.restoreCaret(view, this.caretName);
    this.showSettings();
    editing.loadCommands();
    controller.attach(view);
    this.connected.resolve(view);
    for (const what of this.wanted.splice(0)) what(controller);
  }

  /// Calls this with the controller, as soon as the editor is connected.
  perform(what: (controller: Controller) => unknown): unknown {
    if (this.controller) return what(this.controller);
    this.wanted.push(what);
    return undefined;
  }

  /// Performs a command on the code, as soon as the editor is connected.
  onCode(name: CodeCommand): unknown {
    return this.perform(() => this.editing!.code[name](this.view!));
  }

  /// The editor, once it is connected.
  get whenAttached(): Promise<EditorView> {
    return this.connected.promise;
  }

  /// What the search bar finds here; null until the editor is connected.
  get find(): ScriptFind | null {
    return (this.hasResults && this.view!.plugin(this.editing!.scriptFind)) || null;
  }

  /// For a script with a `find`.
  newSearch(document: RditDocument): ISearchProvider {
    return new this.editing!.ScriptSearchProvider(document, this.find!, this.around.trans);
  }

  get state() {
    return this.view?.state ?? null;
  }

  runAll(): void {
    this.perform(controller => controller.runAll());
  }

  /// Restarts the kernel after a confirmation. Resolves with whether it was restarted.
  async restart(): Promise<boolean> {
    const { kernel } = this.session;
    if (kernel?.id) await this.sessionContext.follow(kernel.id);
    // Without a kernel, or JupyterLab's connection to it (yet): through the server.
    if (kernel?.id && this.sessionContext.session?.kernel)
      return this.around.dialogs.restart(this.sessionContext);
    this.backend?.reset({ restart: true });
    return true;
  }

  chooseKernel(): Promise<void> {
    return this.around.dialogs.selectKernel(this.sessionContext);
  }

  async shutDown(): Promise<void> {
    this.controller?.expectEnd();
    try {
      await this.around.server.shutDown(this.id);
      await this.around.services.sessions.refreshRunning();
    } catch (error) {
      this.complain(String((error as Error).message));
    }
  }

  toggleLayout(): void {
    if (!this.editing) return;
    const { trans } = this.around;
    // From what is seen, which in a narrow window is not what was chosen.
    const shown = this.shownLayout;
    if (shown === "below" && this.wantedLayout !== "below")
      return void Notification.info(trans.__("In a narrow window results stand below the code."), {
        autoClose: 4000,
      });
    this.layout = this.editing.nextLayout(shown);
    this.showSettings();
  }

  /// The layout in use.
  get shownLayout(): Layout {
    const { editing, view, hasResults } = this;
    return editing && view && hasResults ? editing.layoutOf(view.state) : this.wantedLayout;
  }

  get wantedLayout(): Layout {
    return this.layout ?? this.around.settings.values.layout;
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.controller?.dispose();
    this.outputs.dispose();
    this.sessionContext.dispose();
    Signal.clearData(this);
  }

  /// Formats what was saved, if the user wants so; whether that has changed it.
  async formatSaved(): Promise<boolean> {
    const { view, editing } = this;
    if (!view || !editing || !this.around.settings.values.formatOnSave) return false;
    const { doc } = view.state;
    await editing.formatDocument(view, null, { isQuiet: true });
    return view.state.doc !== doc && !this.isDisposed;
  }

  private connect(editing: Editing): Controller {
    const { around } = this;
    const ruff = new editing.ServerRuff(
      (path, body, signal) => around.server.ask("POST", path, body, signal),
      () => this.path,
    );
    const backend = editing.serverBackend(around.server, () => this.path);
    return (this.controller = new editing.Controller(backend, {
      notifier: new editing.LabNotifier(() => this.name),
      confirm: async () => true,
      editor: {
        keptKey: what => `rdit.${what}:${this.context.path}`,
        isScript: path => editing.isScript(path, this.path),
        openFrame: (path, line) => void editing.openFrame(around.commands, path, line),
        canOpen: editing.canOpen,
        readBeside: async path => {
          try {
            const model = await around.services.contents.get(this.beside(path), {
              type: "file",
              format: "text",
            });
            return model.content as string;
          } catch {
            return null; // no such file
          }
        },
        openBeside: (path, line) => void editing.openAt(around.commands, this.beside(path), line),
        loadRenderer: async () => this.outputs.renderer!,
        isHosted: mimeType => this.outputs.isHosted(mimeType),
        hovers: () => around.settings.values.hover,
        exports: async () => editing.exportsOf(around.server, this.name),
        ruff: async () => ruff,
        // Not twice.
        wantsFindings: () => around.settings.values.diagnostics && !around.hasFindings,
      },
      limits: () => {
        const { maxText, maxDisplays, heat } = around.settings.values;
        return { maxText, maxDisplays, heat };
      },
      beforeRunAll: () => {
        if (around.settings.values.resetBeforeRunAll) backend.reset();
      },
      restart: () => this.restart(),
      toggleLayout: () => this.toggleLayout(),
      runKey: () => this.runKey,
      onEvents: events => this.onEvents(events),
      onChange: () => this.changed.emit(),
    }));
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
    for (const event of events) if (event.type === "session") this.id = event.session;
    const { state, kernel } = this.session;
    void this.sessionContext.follow(kernel?.id ?? null);
    const isBusy = state === "busy";
    if (isBusy !== this.wasBusy) this.sessionContext.tellStatus();
    this.wasBusy = isBusy;
  }

  /// As JupyterLab has it for this editor, where the user may have changed it.
  private get runKey(): string {
    const { keyBindings } = this.around.commands;
    const isHere = ({ command, selector }: CommandRegistry.IKeyBinding) =>
      command === "rdit:run" && this.view?.dom.closest(selector);
    return keyBindings.find(isHere)?.keys[0].replaceAll(" ", "-") ?? "";
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
    const { keys, markStale, foldResults, resultLines, stickyScope } = this.around.settings.values;
    const editor = view.dom.closest<HTMLElement>(".jp-FileEditor");
    // For the keys that work in the whole document.
    const whole = view.dom.closest<HTMLElement>(".rdit-Document");
    if (whole) whole.dataset.rditKeys = keys;
    if (editor) editor.dataset.rditKeys = keys;
    this.editing?.setLayout(view, this.wantedLayout);
    this.editing?.setFolding(view, foldResults, resultLines);
    if (this.editing) {
      const { hostChanged, lookAgain, setStaleMarks, setStickyScope } = this.editing;
      view.dispatch({
        effects: [
          hostChanged.of(null),
          lookAgain.of(null),
          setStaleMarks.of(markStale),
          setStickyScope.of(stickyScope),
        ],
      });
    }
    this.changed.emit();
  }
}

export const defaultDialogs = (translator: ITranslator): ISessionContext.IDialogs =>
  new SessionContextDialogs({ translator });
