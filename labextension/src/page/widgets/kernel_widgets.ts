// The widgets of one kernel process: the models here, and the connection that keeps them and the kernel the
// same. When the process has ended, they stay as they were.

import type { ExecutionBackend } from "../../backends/backend";
import type { MimeRenderer } from "../../results/mime";
import { KernelSocket, type Message } from "./kernel_socket";
import { WidgetManager } from "./manager";

/// `live`: what is done here reaches the kernel. `apart`: the connection is lost. `gone`: the process has ended.
export type Life = "connecting" | "live" | "apart" | "gone";

const RETRY_MS = 1_000;
const MOST_RETRY_MS = 30_000;

export class KernelWidgets {
  readonly manager: WidgetManager;
  life: Life = "connecting";
  /// Resolves with the first connection, when all models that the kernel has are here, or when there will be
  /// none.
  readonly loaded: Promise<void>;
  private setLoaded!: () => void;
  private socket: KernelSocket | null = null;
  private retry = RETRY_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  /// What has come before the models had their state.
  private early: Message[] | null = null;

  /// `url`: of the kernel's channels.
  constructor(
    private readonly url: URL,
    private readonly backend: ExecutionBackend,
    renderer: MimeRenderer,
  ) {
    this.manager = new WidgetManager(renderer);
    this.loaded = new Promise(resolve => (this.setLoaded = resolve));
    this.connect();
  }

  /// Calls whenever `life` has changed. Returns what ends that.
  onLife(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /// Makes the models of which no message has come yet.
  async lookAgain(): Promise<void> {
    if (this.life === "live") await this.load(false);
  }

  /// The process has ended.
  end(): void {
    clearTimeout(this.timer);
    this.socket?.close();
    this.leave("gone");
    this.setLoaded();
  }

  private connect(): void {
    const { manager } = this;
    const socket = new KernelSocket(this.url, {
      message: message => {
        if (this.early) this.early.push(message);
        else manager.comms.receive(message);
      },
      ready: () => void this.fill(socket),
      closed: () => {
        if (this.life === "gone") return;
        this.leave("apart");
        // A viewer who may not have the channels still sees what the widget's text says.
        this.setLoaded();
        this.timer = setTimeout(() => this.connect(), this.retry);
        this.retry = Math.min(MOST_RETRY_MS, 2 * this.retry);
      },
    });
    this.early = [];
    this.socket = socket;
  }

  private async fill(socket: KernelSocket): Promise<void> {
    await this.load(true);
    if (socket !== this.socket) return;
    const early = this.early ?? [];
    this.early = null;
    this.manager.comms.socket = socket;
    for (const message of early) this.manager.comms.receive(message);
    this.retry = RETRY_MS;
    this.become("live");
    this.setLoaded();
  }

  private async load(isAll: boolean): Promise<void> {
    const known = await this.backend.query("widgets", {});
    if (!known || this.life === "gone") return;
    try {
      await this.manager.load(known, isAll);
    } catch (error) {
      console.warn("rdit: widgets could not be made.", error);
    }
  }

  private leave(life: Life): void {
    this.socket = null;
    this.early = null;
    this.manager.comms.drop();
    this.become(life);
  }

  private become(life: Life): void {
    if (this.life === "gone" || this.life === life) return;
    this.life = life;
    if (life === "gone") this.manager.disconnect();
    for (const listener of this.listeners) listener();
  }
}
