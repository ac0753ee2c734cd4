// The editor page for one script: connects file, editor, session and page chrome. Each of these is
// a module of its own and knows none of the others.
import type { Extension } from "@codemirror/state";
import { EditorView, runScopeHandlers, type ViewUpdate } from "@codemirror/view";
import type { Connection } from "../backends/backend";
import {
  applyEvents,
  layoutOf,
  markGone,
  rditEditor,
  runAll,
  runningStatement,
  setLayout,
  keepCaret,
  restoreCaret,
} from "../editor";
import { contentsPath, isFileAt } from "../backends/paths";
import { moduleNews } from "../backends/reloads";
import { ROOT } from "../backends/pyodide/messages";
import * as editorCommands from "../editor/commands";
import type { Event } from "../protocol";
import { pageCommands, scriptCommands, type CommandRow } from "../session/commands";
import { ANYWHERE, commandKeymap } from "../session/keymap";
import { createCode, goToLine, setEditing, setLanguage, setWrapping } from "./code";
import { baseName, editUrl, type PageConfig } from "./config";
import type { Files, TextFile } from "./contents";
import { h } from "./dom";
import type { Drawing } from "./icons";
import { ScriptFile } from "./file";
import { Notices } from "./notices";
import { isActive, isAsking, noSession, reduceStatus, type Session } from "../session/status";
import { Script, signIn } from "./script";
import type { Site } from "./site";
import { StatusBar } from "./statusbar";
import { preference, rememberFile, setPreference } from "./storage";
import { commandButton, crumbs, setIcon, topBar } from "./toolbar";
import { Switcher } from "./where/switcher";

// Imported lazily: not needed for the first paint.
const dialogs = () => import("./dialogs");

const LOOK_MS = 5_000;
const STOP_PATIENCE_MS = 2_000;
const OFFLINE_PATIENCE_MS = 2_000;
const TICK_MS = 100;

/// The page on one open file. It starts to connect to a backend at once, and lives as long as the
/// document: it has no `dispose`.
export class EditPage {
  private readonly name: string;
  readonly script: Script;
  private readonly notices = new Notices();
  private readonly view: EditorView;
  private readonly switcher: Switcher;
  private readonly status: StatusBar;
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly placeButton: HTMLButtonElement;
  private readonly layoutButton: HTMLButtonElement;
  private readonly wrapButton: HTMLButtonElement;
  private readonly progress = h("div", { class: "rdit-progress", "aria-hidden": "true" });
  private readonly commands: readonly CommandRow[];
  /// What the page's own commands do.
  private readonly own: Record<string, { run(): void; icon?: Drawing }>;
  private session: Session = noSession;
  private tick = 0;
  private stopTimer = 0;
  private offlineTimer = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly config: PageConfig,
    files: Files,
    private readonly path: string,
    file: TextFile,
    language: Extension | null,
    editing: Extension | null,
    site: Site | null,
  ) {
    this.name = baseName(path);
    const scriptFile = new ScriptFile(files, path, file);
    this.commands = [...scriptCommands, ...pageCommands].filter(row => !row.isOfSite || site);
    this.own = {
      "rdit:save": { run: () => void this.script.save() },
      "rdit:help": { run: () => void this.help() },
      ...site?.commands(this.name, () => this.view.state.doc.toString(), this.notices),
    };
    this.layoutButton = statusButton("Results beside or below the code", () => this.toggleLayout());
    this.wrapButton = statusButton("Wrap long lines, or let them run on", () => this.toggleWrap());
    this.placeButton = statusButton("Where Python runs", () => void this.choosePlace());
    this.placeButton.dataset.command = "rdit:place";
    this.status = new StatusBar(
      () => void this.chooseSaving(),
      this.placeButton,
      this.wrapButton,
      this.layoutButton,
    );
    const main = h("main", { class: "rdit-main", "aria-label": this.name });
    root.replaceChildren(
      topBar(crumbs(config.baseUrl, path, true), this.toolbar()),
      this.progress,
      this.notices.banners,
      main,
      this.notices.toasts,
      this.status.dom,
    );
    this.view = createCode({
      parent: main,
      text: scriptFile.text,
      label: `${this.name}, Python script`,
      isWrapped: this.isWrapped,
      isReadOnly: !scriptFile.isWritable,
      language,
      editing,
      extensions: [
        rditEditor({
          run: request => {
            this.backend.executeScript(request);
            this.script.saveByItself("saveOnRun");
          },
          answerInput: text => this.backend.answerInput(text),
          isScript: framePath => this.isScript(framePath),
          openFrame: (framePath, line) => this.openFrame(framePath, line),
          canOpen: framePath => this.localPath(framePath) !== null,
        }),
        commandKeymap(this.commands, row => this.perform(row)),
        keepCaret(() => `rdit.caret:${config.baseUrl}${path}`),
        EditorView.updateListener.of(update => this.onUpdate(update)),
      ],
    });
    this.script = new Script(
      this.name,
      scriptFile,
      this.view,
      this.notices,
      text => this.showFile(text),
      config.baseUrl + (config.isSite ? location.pathname : ""),
      config.isSite,
    );
    this.switcher = new Switcher({
      config,
      path,
      loadFiles: async () => (await import("./script_files")).scriptFiles(files),
      notices: this.notices,
      confirm: async ({ name }) => (await dialogs()).confirmForeign(name),
      onChange: () => this.showPlace(),
    });
    this.backend.subscribe({
      events: events => this.onEvents(events),
      connection: connection => this.onConnection(connection),
      progress: progress => this.status.showProgress(progress),
      gone: () => this.onGone(),
    });
    this.listen();
    setLayout(this.view, this.wantedLayout);
    this.showLayout();
    this.showWrap();
    this.showPlace();
    this.showFile();
    this.showSession();
    this.showCursor();
    rememberFile(config.baseUrl, path);
    if (scriptFile.isWritable) void this.script.offerDrafts();
    const line = /^#L(\d+)$/.exec(location.hash);
    if (line) goToLine(this.view, Number(line[1]));
    else {
      restoreCaret(this.view, `rdit.caret:${config.baseUrl}${path}`);
      this.view.focus();
    }
  }

  setLanguage(language: Extension) {
    setLanguage(this.view, language);
  }

  setEditing(editing: Extension) {
    setEditing(this.view, editing);
  }

  private get backend() {
    return this.switcher.backend;
  }

  // -- commands -------------------------------------------------------------------------------------

  /// Performs a command; false if it does not apply.
  private perform({ id, edit, run }: CommandRow): boolean {
    if (edit) return editorCommands[edit](this.view);
    if (run) run(this);
    else this.own[id]!.run();
    return true;
  }

  private toolbar(): HTMLElement {
    const groups: HTMLElement[] = [];
    for (const row of [...this.commands].sort((a, b) => a.page! - b.page!)) {
      if (!row.page) continue;
      const group = Math.floor(row.page / 10);
      const isIconOnly = group > 1;
      const perform = () => {
        this.perform(row);
        if (row.edit && !row.movesFocus) this.view.focus();
      };
      const button = commandButton(row, perform, { isIconOnly, drawing: this.own[row.id]?.icon });
      this.buttons.set(row.id, button);
      (groups[group] ??= h("div", { class: "rdit-group" })).append(button);
    }
    return h(
      "div",
      { class: "rdit-toolbar", role: "group", "aria-label": "Commands" },
      ...Object.values(groups),
    );
  }

  runAll() {
    runAll(this.view);
    this.view.focus();
  }

  async interrupt() {
    const { stopLoses } = this.backend;
    if (stopLoses && this.session.state === "busy" && !isAsking(this.session)) {
      if (!(await (await dialogs()).confirmStop(stopLoses)) || !isActive(this.session)) return;
    }
    this.backend.interrupt();
    if (!isActive(this.session)) return;
    clearTimeout(this.stopTimer);
    this.stopTimer = window.setTimeout(() => {
      if (!isActive(this.session)) return;
      this.notices.banner({
        id: "stop",
        kind: "warning",
        text: `${this.runningPlace() ?? "The run"} has not stopped yet.`,
        actions: [
          { label: "Stop by force", run: () => void this.interrupt() },
          { label: "Restart kernel", run: () => this.backend.reset({ restart: true }) },
        ],
      });
    }, STOP_PATIENCE_MS);
  }

  async reset() {
    if (await (await dialogs()).confirmReset()) this.backend.reset();
    this.view.focus();
  }

  async restart() {
    if (await (await dialogs()).confirmRestart()) this.backend.reset({ restart: true });
    this.view.focus();
  }

  private async help() {
    (await import("./help")).showHelp(this.config.version);
  }

  // Tracebacks have file paths as the kernel sees them; the page uses Contents paths.
  private isScript(path: string) {
    return isFileAt(path, this.path, this.filesRoot);
  }

  private openFrame(path: string, line: number) {
    const local = this.localPath(path);
    if (local !== null) window.open(`${editUrl(this.config.baseUrl, local)}#L${line}`, "_blank");
  }

  /// The Contents path of a traceback's file; null if the server does not serve it.
  private localPath(path: string) {
    return contentsPath(path, this.filesRoot, this.config.givesHidden);
  }

  private get filesRoot() {
    return this.backend.kind === "pyodide" ? ROOT : this.config.root;
  }

  // -- the session ----------------------------------------------------------------------------------

  private onEvents(events: readonly Event[]) {
    const before = this.session;
    const now = Date.now();
    for (const { text, isLoaded } of moduleNews(events))
      this.notices.toast(text, isLoaded ? "success" : "warning");
    for (const event of events) {
      this.session = reduceStatus(this.session, event, now);
      if (event.type === "error") this.notices.toast(event.message, "error");
      if (event.type === "session" && event.state === "reset")
        this.notices.toast(event.reason || "The namespace is empty.", "success");
    }
    applyEvents(this.view, events);
    // The user has run something since: the message was read.
    if (events.some(event => event.type === "plan")) this.notices.clear("gone");
    this.showSession();
    // A death in a snapshot happened before the page was opened. The result at the statement shows
    // it; no banner.
    const isHistory = events.some(event => event.type === "attached" && event.snapshot);
    if (this.session.death !== before.death && !isHistory) this.showDeath();
    if (this.session.state === "dead" && before.state !== "dead" && !this.session.death)
      this.notices.banner({
        id: "kernel",
        kind: "error",
        text: `${this.session.reason || "There is no kernel. Run again to start one."} ${this.switcher.difference}`.trim(),
        actions: this.switcher.offers(),
      });
    if (!isActive(this.session)) {
      clearTimeout(this.stopTimer);
      this.notices.clear("stop");
    }
    if (this.session.state === "busy" && before.state !== "busy" && !this.session.death)
      this.notices.clear("kernel");
  }

  private onGone() {
    if (!markGone(this.view)) return;
    this.notices.banner({
      id: "gone",
      kind: "info",
      text: "The server was restarted. The results that are dimmed are of a Python process that is gone, and so is what it had defined: run the script again to go on.",
    });
  }

  private showDeath() {
    const { death } = this.session;
    if (!death) return this.notices.clear("kernel");
    const { statement, reason } = death;
    const where = statement ? ` in line ${statement.lineStart}` : "";
    const cause = reason.replace(/^The kernel /, "It ");
    this.notices.banner({
      id: "kernel",
      kind: "error",
      text: `The kernel died${where}. ${cause} What it had defined is lost; run again to go on.`,
      actions: statement
        ? [
            {
              label: `Go to line ${statement.lineStart}`,
              run: () => goToLine(this.view, statement.lineStart),
            },
          ]
        : [],
    });
  }

  private runningPlace(): string | null {
    const running = runningStatement(this.view.state);
    return running && `Line ${running.lineStart}`;
  }

  private onConnection(connection: Connection) {
    this.root.dataset.connection = connection.state;
    this.status.showConnection(connection);
    this.showSession();
    if (connection.state === "waiting") {
      // Runs that ended with their server do not continue: the connection's banner replaces that of
      // the kernel.
      const isEnded = this.session.state === "dead" && !this.session.death;
      const text = isEnded
        ? `${this.session.reason} Trying to reach the server again.`
        : `${connection.reason}. Trying again; what runs goes on meanwhile, and its results come later.`;
      const said = {
        id: "connection",
        kind: "warning" as const,
        text: `${text} ${this.switcher.difference}`.trim(),
        actions: this.switcher.offers(),
      };
      if (this.notices.has("connection")) return this.notices.banner(said);
      clearTimeout(this.offlineTimer);
      this.offlineTimer = window.setTimeout(() => {
        if (this.switcher.isRefused) return;
        if (isEnded) this.notices.clear("kernel");
        this.notices.banner(said);
        this.switcher.onGone();
      }, OFFLINE_PATIENCE_MS);
      return;
    }
    clearTimeout(this.offlineTimer);
    if (connection.state === "signed-out")
      this.notices.banner({
        id: "connection",
        kind: "error",
        text: "You are no longer signed in. Your text is still here; sign in again to run and save.",
        actions: [signIn()],
      });
    else this.notices.clear("connection");
    if (connection.state === "open") this.notices.clear("refused");
  }

  // -- what is shown --------------------------------------------------------------------------------

  private showPlace() {
    // Called from the constructor, before `switcher` is assigned.
    const place = (this.switcher as Switcher | undefined)?.backend;
    this.root.dataset.backend = place?.kind ?? (this.config.isSite ? "pyodide" : "server");
    this.placeButton.textContent = place?.kind === "pyodide" ? "In this browser" : "On the server";
    this.placeButton.title = `Where Python runs. ${place?.reason ?? ""}`.trim();
  }

  private async choosePlace() {
    await this.switcher.choose();
    this.view.focus();
  }

  private async chooseSaving() {
    await (await import("./saving")).chooseSaving();
    this.script.typed();
    this.view.focus();
  }

  private showSession() {
    const { session } = this;
    this.root.dataset.state = session.state;
    this.status.showSession(session);
    const active = isActive(session);
    const { connection } = this.backend;
    const isHeld = connection.state === "waiting" && connection.held > 0;
    const isElsewhere = this.backend.isRunningElsewhere;
    this.buttons.get("rdit:interrupt")!.disabled = !active && !isHeld && !isElsewhere;
    this.progress.classList.toggle(
      "rdit-progress-on",
      session.state === "starting" || session.state === "restarting",
    );
    this.showRunning();
    if (active && !this.tick) this.tick = window.setInterval(() => this.showRunning(), TICK_MS);
    else if (!active && this.tick) {
      clearInterval(this.tick);
      this.tick = 0;
    }
  }

  private showRunning() {
    const running = this.session.running && runningStatement(this.view.state);
    this.status.showRunning(running || null, Date.now());
  }

  private showFile(saying?: string) {
    // Called from the constructor, before `script` is assigned.
    if (!this.script) return;
    const { isDirty, file, state } = this.script;
    this.status.showFile(saying ?? state);
    this.root.querySelector<HTMLElement>(".rdit-dirty")!.hidden = !isDirty;
    this.root.toggleAttribute("data-dirty", isDirty);
    this.buttons.get("rdit:save")!.disabled = !file.isWritable;
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
    if (update.selectionSet || update.docChanged) this.showCursor();
    if (update.docChanged) {
      if (!update.transactions.some(tr => tr.isUserEvent("reload"))) this.script.typed();
      this.showFile();
    }
    this.showLayout();
  }

  private get wantedLayout() {
    return preference("layout");
  }

  toggleLayout() {
    if (layoutOf(this.view.state) !== this.wantedLayout)
      return this.notices.toast("In a narrow window results stand below the code.");
    setPreference("layout", this.wantedLayout === "beside" ? "below" : "beside");
    setLayout(this.view, this.wantedLayout);
  }

  /// Shows the layout in use, which in a narrow window may differ from the preference.
  private showLayout() {
    const layout = layoutOf(this.view.state);
    if (layout === this.root.dataset.layout) return;
    this.root.dataset.layout = layout;
    this.layoutButton.textContent = layout === "beside" ? "Beside" : "Below";
    setIcon(this.buttons.get("rdit:layout")!, layout);
  }

  private get isWrapped() {
    return preference("wrap");
  }

  private toggleWrap() {
    setPreference("wrap", !this.isWrapped);
    setWrapping(this.view, this.isWrapped);
    this.showWrap();
  }

  private showWrap() {
    this.wrapButton.textContent = this.isWrapped ? "Wrap" : "No wrap";
  }

  private listen() {
    window.addEventListener("beforeunload", event => {
      if (this.script.isDirty) event.preventDefault();
    });
    window.addEventListener("blur", () => this.script.saveByItself("autosave"));
    window.addEventListener("focus", () => void this.script.look(true));
    document.addEventListener("visibilitychange", () => void this.script.look(true));
    setInterval(() => void this.script.look(false), LOOK_MS);
    // Keys work wherever the focus is. The editor's own bindings run first and prevent the default.
    document.addEventListener("keydown", event => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (runScopeHandlers(this.view, event, ANYWHERE)) event.preventDefault();
    });
  }
}

function statusButton(label: string, run: () => void): HTMLButtonElement {
  return h("button", {
    class: "rdit-status-button",
    type: "button",
    title: label,
    onclick: run,
  });
}
