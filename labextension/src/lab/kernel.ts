// A script's kernel as JupyterLab sees kernels. The server owns it; this follows it, so that
// JupyterLab's own toolbar items, dialogs, status bar and widgets work on it as on any other.

import { SessionContext, type ISessionContext } from "@jupyterlab/apputils";
import { SessionAPI, type Kernel, type Session } from "@jupyterlab/services";
import type { Signal } from "@lumino/signaling";

export class ScriptSessionContext extends SessionContext {
  private followed: string | null = null;
  private following: Promise<void> = Promise.resolve();

  constructor(
    options: SessionContext.IOptions,
    /// Has the server give the script a kernel of this name.
    private readonly change: (name: string) => Promise<void>,
    /// Has the server end it.
    private readonly end: () => Promise<void>,
    private readonly refuse: (message: string) => void,
    private readonly isRunning: () => boolean,
  ) {
    super({
      ...options,
      // The server starts it, under a path of its own, which no document has.
      kernelPreference: { shouldStart: false, shouldReuse: false, language: "python" },
    });
    void this.initialize();
  }

  /// Questions beside a run make a kernel say that it is idle again, and JupyterLab believes it.
  override get kernelDisplayStatus(): ISessionContext.KernelDisplayStatus {
    return this.isRunning?.() ? "busy" : super.kernelDisplayStatus;
  }

  /// A run has begun or ended.
  tellStatus(): void {
    const status = this.session?.kernel?.status ?? "unknown";
    (this.statusChanged as Signal<this, Kernel.Status>).emit(status);
  }

  override shutdown(): Promise<void> {
    return this.end();
  }

  /// The script has this kernel now. Resolves when JupyterLab is connected to it.
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

  /// JupyterLab's dialog chose another.
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
    // Asked of the server: what the manager knows may be of a moment ago.
    const running = await SessionAPI.listRunning(sessionManager.serverSettings);
    // Consoles on this kernel have sessions too, with other paths.
    const sessions = running.filter(({ kernel }) => kernel?.id === kernelId);
    return sessions.find(({ path }) => /-rdit-[0-9a-f]+$/.test(path)) ?? sessions[0];
  }

  // Private in the base class, which has no other way to be given a session that runs under a path
  // that was not known when it was made.
  private take(session: Session.ISessionConnection) {
    (
      this as unknown as { _handleNewSession(session: Session.ISessionConnection): void }
    )._handleNewSession(session);
  }
}
