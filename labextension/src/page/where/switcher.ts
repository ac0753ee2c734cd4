// Where this page runs Python, as the user sees it: the notices about a server that is away, is
// back, or refuses to run code, what they offer, and the preference for that case.
import type { Chosen, ServerAddress } from "../../backends/choose";
import type { ScriptFiles } from "../../backends/pyodide/folder_sync";
import {
  askSignedIn,
  foreignSessionUrl,
  PythonServerBackend,
  sessionUrl,
} from "../../backends/server";
import { SwitchingBackend, type Kind } from "../../backends/switching";
import { pageAddress, type PageConfig } from "../config";
import type { Action } from "../../session/notifier";
import type { Notices } from "../chrome/notices";
import { reasonOf } from "../reason";
import { preference } from "../storage";

const PREPARE_MS = 4_000;

export interface SwitcherOptions {
  config: PageConfig;
  path: string;
  /// Loads the access to the script's folder.
  loadFiles(): Promise<ScriptFiles>;
  notices: Notices;
  /// Asks whether code may be sent to a server of another origin.
  confirm(server: ServerAddress): Promise<boolean>;
  /// The backend in use, or the reason for it, has changed.
  onChange(): void;
}

/// Connects when created.
export class Switcher {
  readonly backend: SwitchingBackend;
  /// The server does not let this user run code.
  isRefused = false;
  isDisposed = false;
  private files: Promise<ScriptFiles> | null = null;
  private preparing = 0;

  constructor(private readonly options: SwitcherOptions) {
    const { config, confirm, notices, onChange } = options;
    this.backend = new SwitchingBackend({
      page: pageAddress,
      own: config.isSite ? null : config.baseUrl,
      isBrowserAllowed: config.isBrowserAllowed,
      confirm,
      makeServer: server => this.makeServer(server),
      makePyodide: () => this.makePyodide(),
      onChange,
      onChosen: chosen => this.onChosen(chosen),
      onFailed: text => notices.banner({ id: "place", kind: "error", text }),
      onRefused: () => void this.lookWhyRefused(),
      onServerBack: () => void unreachable().then(({ sayServerIsBack }) => sayServerIsBack(this)),
    });
    this.backend.subscribe({
      events: () => {},
      connection: ({ state }) => {
        if (state === "open" && this.backend.kind === "server") this.isRefused = false;
      },
    });
  }

  get notices() {
    return this.options.notices;
  }

  get isBrowserAllowed() {
    return this.options.config.isBrowserAllowed;
  }

  /// Switches to another backend. If it cannot be loaded, the current one stays and a banner offers
  /// to try again; never rejects.
  async switchTo(kind: Kind, reason: string) {
    try {
      await this.backend.switchTo(kind, reason);
    } catch (error) {
      this.notices.banner({
        id: "place",
        kind: "error",
        text: `Python for this browser cannot be loaded now: ${reasonOf(error)}`,
        actions: [{ label: "Try again", run: () => void this.switchTo(kind, reason) }],
      });
    }
  }

  async switchToBrowser(reason: string) {
    await this.switchTo("pyodide", reason);
    if (this.backend.kind === "pyodide") (await unreachable()).sayMoved(this.notices);
  }

  /// The actions a banner offers while the server fails; empty if running in the browser is not
  /// allowed or not wanted.
  offers(): Action[] {
    if (
      !this.isBrowserAllowed ||
      preference("whenGone") === "never" ||
      this.backend.kind !== "server"
    )
      return [];
    const run = () => void this.switchToBrowser("You chose it when the server was away.");
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
    if (preference("whenGone") === "always" && this.backend.kind === "server")
      void this.switchToBrowser("The server is away, and you want it so.");
  }

  loadFiles(): Promise<ScriptFiles> {
    this.files ??= this.options.loadFiles().catch((error: unknown) => {
      // A chunk that did not come, perhaps: the next call tries again.
      this.files = null;
      throw error;
    });
    return this.files;
  }

  dispose() {
    this.isDisposed = true;
    clearTimeout(this.preparing);
    this.backend.close();
  }

  private onChosen({ backend, server }: Chosen) {
    const isSecondChoice = backend.kind === "pyodide" && server;
    if (isSecondChoice && !pageAddress.searchParams.has("backend"))
      void unreachable().then(({ sayNoServer }) => sayNoServer(this));
    if (backend.kind === "server" && this.isBrowserAllowed) this.prepareLater();
  }

  private async lookWhyRefused() {
    if (this.isRefused || !this.backend.server) return;
    const { lookWhyRefused } = await unreachable();
    this.isRefused ||= await lookWhyRefused(this);
  }

  private makeServer(server: ServerAddress) {
    const { path } = this.options;
    const url = server.isForeign
      ? foreignSessionUrl(server.baseUrl, path, server.token)
      : sessionUrl(server.baseUrl, path, location);
    return new PythonServerBackend(url, askSignedIn(server.baseUrl, server.token));
  }

  private async makePyodide() {
    const { config, path } = this.options;
    const [{ PyodideBackend }, files] = await Promise.all([
      import("../../backends/pyodide/backend"),
      this.loadFiles(),
    ]);
    const { staticUrl, packagesUrl: packages } = config;
    return new PyodideBackend({ staticUrl, packages, path, files });
  }

  /// Prefetches Python for the browser while the page is idle, so that it can start after the
  /// server has gone.
  private prepareLater() {
    const { connection } = navigator as { connection?: { saveData?: boolean } };
    if (connection?.saveData || preference("whenGone") === "never") return;
    const { config, path } = this.options;
    this.preparing = window.setTimeout(() => {
      // Only a prefetch: if it fails, switching tries again and reports the error.
      unreachable()
        .then(({ prepare }) => prepare(this, config.staticUrl, path))
        .catch(() => {});
    }, PREPARE_MS);
  }
}

// Imported lazily: a page whose server answers does not need it.
const unreachable = () => import("./unreachable");
