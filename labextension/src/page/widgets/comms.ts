// Jupyter's comms over a kernel's socket: who gets which message.
// https://jupyter-client.readthedocs.io/en/latest/messaging.html#custom-messages

import type { IClassicComm, ICallbacks } from "@jupyter-widgets/base";
import type { Json, KernelSocket, Message } from "./kernel_socket";

type Buffers = (ArrayBuffer | ArrayBufferView)[];
type Handler = (message: Message) => void;

/// A message's `callbacks` are kept until the kernel is idle after it. Of messages without an end, as those of a kernel that
/// dies, no more than these.
const MOST_PENDING = 1000;

/// Tells a sender that its message has no more answers: a model sends its next one only then. It counts its message when
/// `send` has returned, so this comes after that.
function end(callbacks: ICallbacks): void {
  const idle = { content: { execution_state: "idle" } } as never;
  queueMicrotask(() => callbacks.iopub?.status?.(idle));
}

export class Comms {
  /// Null while there is none: what is sent then is lost, and its sender told so.
  socket: KernelSocket | null = null;
  private readonly comms = new Map<string, Comm>();
  private readonly pending = new Map<string, ICallbacks>();

  /// `onOpen`: the kernel has opened a comm.
  constructor(private readonly onOpen: (comm: Comm, message: Message) => void) {}

  /// The comm of this id; made here if need be, as the kernel's end is there already.
  get(id: string, target: string): Comm {
    let comm = this.comms.get(id);
    if (!comm) this.comms.set(id, (comm = new Comm(id, target, this)));
    return comm;
  }

  send(
    type: string,
    content: Json,
    callbacks?: ICallbacks,
    metadata?: Json,
    buffers?: Buffers,
  ): string {
    const id = this.socket?.send("shell", type, content, metadata, buffers) ?? "";
    if (!callbacks) return id;
    if (!id) {
      end(callbacks);
      return id;
    }
    this.pending.set(id, callbacks);
    if (this.pending.size > MOST_PENDING) {
      const [oldest, waiting] = this.pending.entries().next().value!;
      this.pending.delete(oldest);
      end(waiting);
    }
    return id;
  }

  /// Ends what waits for answers: none will come.
  drop(): void {
    this.socket = null;
    for (const callbacks of this.pending.values()) end(callbacks);
    this.pending.clear();
  }

  receive(message: Message): void {
    const { content, header } = message;
    const id = String(content.comm_id);
    switch (header.msg_type) {
      case "comm_open":
        if (!this.comms.has(id)) this.onOpen(this.get(id, String(content.target_name)), message);
        return;
      case "comm_msg":
        return this.comms.get(id)?.onMessage?.(message);
      case "comm_close":
        this.comms.get(id)?.onClose?.(message);
        this.comms.delete(id);
        return;
      case "status": {
        const parent = message.parent_header.msg_id ?? "";
        this.pending.get(parent)?.iopub?.status?.(message as never);
        if (content.execution_state === "idle") this.pending.delete(parent);
      }
    }
  }
}

/// One end of a comm, as ipywidgets' models use it.
export class Comm implements IClassicComm {
  onMessage: Handler | null = null;
  onClose: Handler | null = null;

  constructor(
    readonly comm_id: string,
    readonly target_name: string,
    private readonly comms: Comms,
  ) {}

  open(data: unknown, callbacks?: ICallbacks, metadata?: Json, buffers?: Buffers): string {
    const { comm_id, target_name } = this;
    const content = { comm_id, target_name, data };
    return this.comms.send("comm_open", content, callbacks, metadata, buffers);
  }

  send(data: unknown, callbacks?: ICallbacks, metadata?: Json, buffers?: Buffers): string {
    const content = { comm_id: this.comm_id, data };
    return this.comms.send("comm_msg", content, callbacks, metadata, buffers);
  }

  close(data: unknown = {}, callbacks?: ICallbacks, metadata?: Json, buffers?: Buffers): string {
    const content = { comm_id: this.comm_id, data };
    return this.comms.send("comm_close", content, callbacks, metadata, buffers);
  }

  on_msg(handler: (message: never) => void): void {
    this.onMessage = handler as Handler;
  }

  on_close(handler: (message: never) => void): void {
    this.onClose = handler as Handler;
  }
}
