// The session context of a script. The server owns the kernel; this class follows it, so that
// JupyterLab's toolbar items, dialogs, status bar and widgets work with it.

import { SessionContext, type ISessionContext } from "@jupyterlab/apputils";
import { SessionAPI, type Kernel, type Session } from "@jupyterlab/services";
import type { Signal } from "@lumino/signaling";

/// A `SessionContext` that starts and stops nothing itself: it forwards that to the server.
export class ScriptSessionContext extends SessionContext {
  private followed: string | null = null;
  private following: Promise<void> = Promise.resolve();

  constructor(
    options: SessionContext.IOptions,
    /// Asks the server to start a kernel of this name for the script.
    private readonly change: (name: string) => Promise<void>,
    /// Asks the server to shut the kernel down.
    private readonly end: () => Promise<void>,
    private readonly refuse: (message: string) => void,
    private readonly isRunning: () => boolean,
  ) {
    super({
      ...options,
      // The server starts the kernel, in a session whose path is that of no document.
      kernelPreference: { shouldStart: false, shouldReuse: false, language: "python" },
    });
    void this.initialize();
  }

  /// A request beside a run (variables, completion) ends with the kernel status "idle", which
  /// JupyterLab would show: report "busy" while a run is in progress.
  override get kernelDisplayStatus(): ISessionContext.KernelDisplayStatus {
    return this.isRunning?.() ? "busy" : super.kernelDisplayStatus;
  }

  /// Call when a run has started or ended: emits `statusChanged`.
  tellStatus(): void {
    const status = this.session?.kernel?.status ?? "unknown";
    (this.statusChanged as Signal<this, Kernel.Status>).emit(status);
  }

  override shutdown(): Promise<void> {
    return this.end();
  }

  /// Connects to the script's kernel. Resolves when connected, or when another kernel has replaced
  /// it.
  follow(id: string | null): Promise<void> {
    if (id === this.followed) return this.following;
    this.followed = id;
    return (this.following = id ? this.connect(id) : Promise.resolve());
  }

  private async connect(id: string): Promise<void> {
    const session = await this.find(id);
    if (this.isDisposed || id !== this.followed || !session) return;
    this.take(this.sessionManager.connectTo({ model: session }));
  }

  /// Called by JupyterLab's kernel dialog. Only a kernelspec can be chosen, not a running kernel.
  override async changeKernel(
    options: Partial<Kernel.IModel> = {},
  ): Promise<Kernel.IKernelConnection | null> {
    if (options.name) await this.change(options.name);
    else if (options.id && options.id !== this.session?.kernel?.id)
      this.refuse("A script has a kernel of its own. Choose a kernel to start, not one that runs.");
    return this.session?.kernel ?? null;
  }

  private async find(kernelId: string): Promise<Session.IModel | undefined> {
    const { sessionManager } = this;
    await sessionManager.ready;
    // A fresh request: the session manager polls, and its list may be stale.
    const running = await SessionAPI.listRunning(sessionManager.serverSettings);
    // Consoles with this kernel have sessions too, under other paths.
    const sessions = running.filter(({ kernel }) => kernel?.id === kernelId);
    return sessions.find(({ path }) => /-rdit-[0-9a-f]+$/.test(path)) ?? sessions[0];
  }

  // `_handleNewSession` is private, but SessionContext has no public way to adopt a session whose
  // path was unknown at construction.
  private take(session: Session.ISessionConnection) {
    (
      this as unknown as { _handleNewSession(session: Session.ISessionConnection): void }
    )._handleNewSession(session);
  }
}
