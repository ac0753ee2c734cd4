// The editor page for one script: connects file, editor, controller and page chrome. Each of these is
// a module of its own and knows none of the others.
import type { Extension } from "@codemirror/state";
import { EditorView, runScopeHandlers, type ViewUpdate } from "@codemirror/view";
import {
  goToLine,
  keepCaret,
  restoreCaret,
  rditEditor,
  runningStatement,
  type Ruff,
} from "../editor";
import type { Palette } from "../panels/palette";
import { pageCommands, scriptCommands, type CommandRow } from "../session/commands";
import { Controller, type Question } from "../session/controller";
import { ANYWHERE } from "../session/keymap";
import { isMac } from "../editor/platform";
import { Bindings, keysOf } from "./bindings";
import { createCode, setEditing, setLanguage } from "./code";
import { baseName, type PageConfig } from "./config";
import type { Files, TextFile } from "./file/contents";
import { h } from "../panels/dom";
import { ScriptFile } from "./file/script_file";
import { formatBeforeSave } from "./format_on_save";
import { framesOf } from "./frames";
import { Notices } from "./chrome/notices";
import { SavedDocument, signIn } from "./file/document_file";
import type { Site, SiteCommand } from "./site";
import { StatusBar, statusButton } from "./chrome/statusbar";
import { once } from "../results/once";
import { onPreferences, preference, rememberFile } from "./storage";
import { commandBar, crumbs, setIcon, showKeys, topBar } from "./chrome/toolbar";
import { ViewOptions } from "./view_options";
import { Switcher } from "./where/switcher";

// Imported lazily: not needed for the first paint.
const dialogs = () => import("./chrome/dialogs");

const LOOK_MS = 5_000;
const TICK_MS = 100;

export interface EditPageOptions {
  root: HTMLElement;
  config: PageConfig;
  files: Files;
  path: string;
  file: TextFile;
  /// Null if not loaded yet: `setLanguage` and `setEditing` add them later.
  language: Extension | null;
  editing: Extension | null;
  site: Site | null;
}

/// The page on one open file. It starts to connect to a backend at once. Dispose it before its root
/// has another. Long, for it only joins: a part of it would know all of the others.
export class EditPage {
  readonly document: SavedDocument;
  readonly controller: Controller;
  private readonly root: HTMLElement;
  private readonly config: PageConfig;
  private readonly name: string;
  private readonly notices = new Notices();
  private readonly view: EditorView;
  private readonly switcher: Switcher;
  private readonly status: StatusBar;
  private readonly viewOptions: ViewOptions;
  private readonly placeButton = statusButton("Where Python runs", () => void this.choosePlace());
  private readonly commands: readonly CommandRow[];
  private readonly bindings: Bindings;
  private readonly buttons: Map<string, HTMLButtonElement>;
  private readonly progress = h("div", { class: "rdit-progress", "aria-hidden": "true" });
  /// What the page's own commands do.
  private readonly own: Record<string, Pick<SiteCommand, "run"> & Partial<SiteCommand>>;
  private readonly listening = new AbortController();
  private readonly looking: ReturnType<typeof setInterval>;
  private tick = 0;
  private palette: Palette | null = null;
  private isOpening = false;
  private isAsking = false;
  private ruff: Ruff | null = null;

  constructor({ root, config, files, path, file, language, editing, site }: EditPageOptions) {
    this.root = root;
    this.config = config;
    this.name = baseName(path);
    const { notices } = this;
    const scriptFile = new ScriptFile(files, path, file);
    const caretName = `rdit.caret:${config.baseUrl}${path}`;
    const commands = [...scriptCommands, ...pageCommands].filter(row => !row.isOfSite || site);
    this.commands = commands;
    const rowOf = (id: string) => commands.find(row => row.id === id)!;
    this.bindings = new Bindings(
      commands,
      row => this.perform(row),
      rowOf,
      text => this.say(text),
    );
    this.own = {
      "rdit:save": { run: () => void this.save() },
      "rdit:palette": { run: () => void this.open(() => this.showPalette()) },
      "rdit:settings": { run: () => void this.open(() => this.showSettings()) },
      "rdit:help": { run: () => void this.open(() => this.showHelp()) },
      "rdit:place": { run: () => void this.choosePlace() },
      "rdit:wrap": { run: () => this.viewOptions.toggleWrap() },
      ...site?.commands(this.name, () => this.view.state.doc.toString(), notices),
    };
    this.switcher = new Switcher({
      config,
      path,
      loadFiles: async () => (await import("./file/folder_files")).folderFiles(files),
      notices,
      confirm: async ({ name }) => (await dialogs()).confirmForeign(name),
      onChange: () => this.showPlace(),
    });
    const { backend } = this.switcher;
    this.controller = new Controller(backend, {
      notifier: notices,
      confirm: question => this.confirm(question),
      editor: {
        ...framesOf(config, path, backend, files),
        keptKey: what => `rdit.${what}:${config.baseUrl}${path}`,
        exports: async () =>
          (await import("./exports")).exportsOf(config, this.name, text => this.say(text)),
        loadRenderer: once(async () =>
          (await import("./outputs")).load(
            config,
            path,
            files,
            this.controller,
            this.listening.signal,
          ),
        ),
        ruff: async () => (this.ruff ??= (await import("./ruff")).ruffOf(config, path)),
        languageServer: view =>
          config.hasLanguageServers
            ? import("./language_server").then(it =>
                it.serverFor(view, config, path, this.status.dom),
              )
            : null,
        wantsFindings: () => preference("diagnostics"),
        completesTyped: () => preference("completeWhileTyping"),
        onStale: count => this.status.showStale(count),
        onFindings: found => this.status.showFindings(found),
      },
      toggleLayout: () => this.viewOptions.toggleLayout(),
      runKey: () => keysOf(rowOf("rdit:run"))[0]?.replace("Mod", isMac ? "Cmd" : "Ctrl") ?? "",
      onChange: () => this.showSession(),
      onRun: () => this.document.saveByItself("saveOnRun"),
      limits: () => ({
        maxText: preference("maxText"),
        maxDisplays: preference("maxDisplays"),
        heat: preference("heat"),
      }),
      alternative: () => ({ text: this.switcher.difference, actions: this.switcher.offers() }),
      isRefused: () => this.switcher.isRefused,
      onUnreachable: () => this.switcher.onGone(),
      signIn,
    });
    const main = h("main", { class: "rdit-main", "aria-label": this.name });
    this.view = createCode({
      parent: main,
      text: scriptFile.text,
      label: `${this.name}, Python script`,
      isWrapped: preference("wrap"),
      isReadOnly: !scriptFile.isWritable,
      language,
      editing,
      extensions: [
        rditEditor(this.controller.editorHost),
        this.bindings.extension,
        keepCaret(() => caretName),
        EditorView.updateListener.of(update => this.onUpdate(update)),
      ],
    });
    const layout = rowOf("rdit:layout");
    this.viewOptions = new ViewOptions(this.view, notices, {
      text: layout.text,
      run: () => this.perform(layout),
    });
    this.placeButton.dataset.command = "rdit:place";
    this.status = new StatusBar(
      () => void this.chooseSaving(),
      () => void this.controller.edit("showProblems"),
      () => void this.performLazy("rdit:run-stale"),
      this.placeButton,
      this.viewOptions.wrapButton,
      this.viewOptions.layoutButton,
    );
    const bar = commandBar(
      commands,
      row => this.onButton(row),
      id => this.own[id]?.icon,
      keysOf,
    );
    this.buttons = bar.buttons;
    root.replaceChildren(
      topBar(crumbs(config.baseUrl, path, true), bar.dom),
      this.progress,
      notices.banners,
      main,
      notices.toasts,
      this.status.dom,
    );
    this.document = new SavedDocument(
      this.name,
      scriptFile,
      this.view,
      notices,
      text => this.showFile(text),
      config.baseUrl + (config.isSite ? location.pathname : ""),
      config.isSite,
    );
    backend.subscribe({
      events: () => {},
      progress: progress => this.status.showProgress(progress),
    });
    this.controller.attach(this.view);
    this.listen();
    this.listening.signal.addEventListener(
      "abort",
      onPreferences(() => this.applyPreferences()),
    );
    this.applyPreferences();
    this.looking = setInterval(() => void this.document.look(false), LOOK_MS);
    this.showLayout();
    this.showPlace();
    this.showFile();
    this.showSession();
    this.showCursor();
    rememberFile(config.baseUrl, path);
    if (scriptFile.isWritable) void this.document.offerDrafts();
    const line = /^#L(\d+)$/.exec(location.hash);
    if (line) goToLine(this.view, Number(line[1]));
    else {
      restoreCaret(this.view, caretName);
      this.view.focus();
    }
  }

  setLanguage(language: Extension) {
    setLanguage(this.view, language);
  }

  /// Tells the user, for a while.
  say(text: string) {
    this.notices.toast(text, "warning");
  }

  setEditing(editing: Extension) {
    setEditing(this.view, editing);
  }

  /// Ends everything: connection, timers, listeners, editor. What is not saved is kept as a draft.
  dispose() {
    this.listening.abort();
    this.bindings.dispose();
    clearInterval(this.looking);
    clearInterval(this.tick);
    this.document.dispose();
    this.controller.dispose();
    this.switcher.dispose();
    this.notices.dispose();
    this.view.destroy();
    this.root.replaceChildren();
  }

  // -- commands -------------------------------------------------------------------------------------

  /// Performs a command; false if it does not apply.
  private perform({ id, edit, run, act }: CommandRow): boolean {
    if (act) return act(this.view);
    if (edit) return this.controller.edit(edit);
    if (run) run(this.controller);
    else this.own[id]!.run();
    return true;
  }

  private onButton(row: CommandRow) {
    this.perform(row);
    if (row.edit && !row.movesFocus) this.view.focus();
  }

  /// Performs a command of the chunks that come after the first paint.
  private performLazy(id: string) {
    return this.open(async () => {
      this.perform((await this.allCommands()).find(row => row.id === id)!);
      this.view.focus();
    });
  }

  private async save() {
    const problem = preference("formatOnSave") ? await formatBeforeSave(this.view) : "";
    await this.document.save();
    if (problem) this.say(problem);
    if (preference("runStaleOnSave"))
      await this.open(async () => {
        (await import("../editor/stale_commands")).runStaleIfAny(this.view);
      });
  }

  /// All commands, those of the chunks that come after the first paint too.
  private async allCommands(): Promise<readonly CommandRow[]> {
    return [...this.commands, ...(await import("./text_commands")).lazyCommands];
  }

  /// Opens what is loaded first. Once, though its key is pressed again meanwhile.
  private async open(show: () => Promise<void>) {
    if (this.isOpening) return;
    this.isOpening = true;
    try {
      await show();
    } catch (error) {
      console.warn("rdit: a dialog could not be loaded.", error);
      this.say("This could not be loaded: try again.");
    } finally {
      this.isOpening = false;
    }
  }

  private async showPalette() {
    const [{ showPalette }, rows] = await Promise.all([
      import("./chrome/palette"),
      this.allCommands(),
    ]);
    const reason = (id: string) => this.unavailable(id);
    this.palette = showPalette(rows, keysOf, reason, row => {
      // What is for results is for the focused one.
      const isInResult = document.activeElement?.closest(".rdit-results");
      if (row.act || !isInResult) this.view.focus();
      this.perform(row);
    });
  }

  private async showSettings(part?: "keys") {
    const { showSettings } = await import("./chrome/settings_dialog");
    const { isSite, version } = this.config;
    const kept = isSite ? "Kept in this browser." : "Kept on the server.";
    showSettings({ rows: await this.allCommands(), keysOf, kept, version, part });
  }

  private async showHelp() {
    const { showHelp } = await import("./chrome/help");
    const change = () => void this.open(() => this.showSettings("keys"));
    showHelp(await this.allCommands(), keysOf, this.config.version, change);
  }

  /// Why a command cannot be performed now; "" if it can.
  private unavailable(id: string): string {
    if (!this.buttons.get(id)?.disabled) return "";
    return id === "rdit:save" ? "read-only" : "nothing runs";
  }

  private applyPreferences() {
    this.viewOptions.apply();
    void this.bindings.apply(this.view).then(() => {
      for (const row of this.commands) {
        const button = this.buttons.get(row.id);
        if (button) showKeys(button, row, keysOf(row));
      }
    });
    // Another font has other heights.
    this.view.requestMeasure();
  }

  private async confirm(question: Question): Promise<boolean> {
    // Its key is pressed again while the dialog is loaded.
    if (this.isAsking) return false;
    this.isAsking = true;
    try {
      const { confirmReset, confirmRestart, confirmStop } = await dialogs();
      if (question.about === "stop") return await confirmStop(question.loses);
      const answer = await (question.about === "reset" ? confirmReset() : confirmRestart());
      this.view.focus();
      return answer;
    } finally {
      this.isAsking = false;
    }
  }

  private choosePlace() {
    return this.open(async () => {
      const { choosePlace } = await import("./where/dialog");
      void choosePlace(this.switcher).then(() => this.view.focus());
    });
  }

  private chooseSaving() {
    return this.open(async () => {
      const { chooseSaving } = await import("./file/saving_dialog");
      void chooseSaving().then(() => {
        this.document.typed();
        this.view.focus();
      });
    });
  }

  // -- what is shown --------------------------------------------------------------------------------

  private showPlace() {
    // Called from the constructor, before `switcher` is assigned.
    if (!this.switcher) return;
    const { kind, reason } = this.switcher.backend;
    this.root.dataset.backend = kind;
    this.placeButton.textContent = kind === "pyodide" ? "In this browser" : "On the server";
    this.placeButton.title = `Where Python runs. ${reason}`.trim();
  }

  private showSession() {
    // Called from the constructor, before all parts are there.
    if (!this.document) return;
    const { status, connection, isActive } = this.controller;
    this.root.dataset.state = status.state;
    this.root.dataset.connection = connection.state;
    this.status.showConnection(connection);
    this.status.showSession(status);
    const isHeld = connection.state === "waiting" && connection.held > 0;
    const isElsewhere = this.switcher.backend.isRunningElsewhere;
    this.buttons.get("rdit:interrupt")!.disabled = !isActive && !isHeld && !isElsewhere;
    this.palette?.refresh();
    this.progress.classList.toggle(
      "rdit-progress-on",
      status.state === "starting" || status.state === "restarting",
    );
    this.showRunning();
    if (isActive && !this.tick) this.tick = window.setInterval(() => this.showRunning(), TICK_MS);
    else if (!isActive && this.tick) {
      clearInterval(this.tick);
      this.tick = 0;
    }
  }

  private showRunning() {
    const running = this.controller.status.running && runningStatement(this.view.state);
    this.status.showRunning(running || null, Date.now());
  }

  private showFile(saying?: string) {
    // Called from the constructor, before `document` is assigned, and after the end.
    if (!this.document || this.listening.signal.aborted) return;
    const { isDirty, file, state } = this.document;
    this.status.showFile(saying ?? state);
    this.root.querySelector<HTMLElement>(".rdit-dirty")!.hidden = !isDirty;
    this.root.toggleAttribute("data-dirty", isDirty);
    this.buttons.get("rdit:save")!.disabled = !file.isWritable;
    this.palette?.refresh();
    document.title = `${isDirty ? "• " : ""}${this.name} - rdit`;
  }

  private showCursor() {
    const { state } = this.view;
    const { head } = state.selection.main;
    const line = state.doc.lineAt(head);
    const column = [...line.text.slice(0, head - line.from)].length + 1;
    this.status.showCursor(`Ln ${line.number}, Col ${column}`);
  }

  private onUpdate(update: ViewUpdate) {
    if (!this.document) return;
    if (update.selectionSet || update.docChanged) this.showCursor();
    if (update.docChanged) {
      if (!update.transactions.some(tr => tr.isUserEvent("reload"))) this.document.typed();
      this.showFile();
    }
    this.showLayout();
  }

  private showLayout() {
    const layout = this.viewOptions.showLayout();
    if (layout === this.root.dataset.layout) return;
    this.root.dataset.layout = layout;
    setIcon(this.buttons.get("rdit:layout")!, layout);
  }

  private listen() {
    const { signal } = this.listening;
    const on = (target: EventTarget, type: string, act: (event: Event) => void) =>
      target.addEventListener(type, act, { signal });
    on(window, "beforeunload", event => {
      if (this.document.isDirty) event.preventDefault();
    });
    on(window, "blur", () => this.document.saveByItself("autosave"));
    on(window, "focus", () => void this.document.look(true));
    on(document, "visibilitychange", () => void this.document.look(true));
    // Keys that work wherever the focus is, but in another document of this page. The editor's own
    // bindings run first and prevent the default.
    on(document, "keydown", event => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const here = event.target instanceof Element ? event.target.closest(".rdit-page") : null;
      if (here && here !== this.root) return;
      if (runScopeHandlers(this.view, event as KeyboardEvent, ANYWHERE)) event.preventDefault();
    });
  }
}
