// Jupyter's own websocket of a kernel, as the widgets' protocol needs it: messages with binary buffers, and
// whose answer each is. Of what the kernel publishes it sees everything, and passes on what is of widgets.
// The format: https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html

const PROTOCOL = "v1.kernel.websocket.jupyter.org";

export type Channel = "shell" | "control" | "iopub" | "stdin";
export type Json = Record<string, unknown>;

export interface Message {
  readonly channel: Channel;
  readonly header: { readonly msg_id: string; readonly msg_type: string };
  readonly parent_header: { readonly msg_id?: string };
  readonly metadata: Json;
  readonly content: Json;
  readonly buffers: DataView[];
}

export class KernelSocket {
  private readonly session = crypto.randomUUID();
  private readonly socket: WebSocket;
  private asked = "";

  /// `url`: of the kernel's channels. `onReady`: from now on no message of the kernel's is missed. `onClosed`
  /// comes once, unless `close` was called.
  constructor(
    url: URL,
    private readonly on: {
      message(message: Message): void;
      ready(): void;
      closed(reason: string): void;
    },
  ) {
    url.searchParams.set("session_id", this.session);
    const socket = (this.socket = new WebSocket(url, PROTOCOL));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      if (socket.protocol !== PROTOCOL) return this.fail("The server speaks an older protocol.");
      // The server opens the kernel's channels after this socket, and drops what is published before. A status
      // that the control channel gives, also beside a run, has come through them.
      this.asked = this.send("control", "kernel_info_request", {});
    };
    socket.onmessage = ({ data }) => {
      const message = read(data as ArrayBuffer);
      if (message) this.receive(message);
    };
    socket.onclose = ({ reason }) => this.fail(reason);
  }

  /// Sends a message and returns its id; "" if the socket is not open.
  send(
    channel: Channel,
    type: string,
    content: Json,
    metadata: Json = {},
    buffers: readonly (ArrayBuffer | ArrayBufferView)[] = [],
  ): string {
    if (this.socket.readyState !== WebSocket.OPEN) return "";
    const id = crypto.randomUUID();
    const header = {
      msg_id: id,
      msg_type: type,
      session: this.session,
      username: "",
      date: new Date().toISOString(),
      version: "5.4",
    };
    this.socket.send(write(channel, [header, {}, metadata, content], buffers));
    return id;
  }

  close(): void {
    this.socket.onclose = this.socket.onmessage = null;
    this.socket.close();
  }

  private fail(reason: string): void {
    this.close();
    this.on.closed(reason);
  }

  private receive(message: Message): void {
    if (this.asked && message.parent_header.msg_id === this.asked) {
      this.asked = "";
      this.on.ready();
    }
    this.on.message(message);
  }
}

// The number of offsets, the offsets, then what they lead to: channel, four parts of JSON, buffers.

export function write(
  channel: Channel,
  parts: readonly object[],
  buffers: readonly (ArrayBuffer | ArrayBufferView)[],
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const pieces = [
    encoder.encode(channel),
    ...parts.map(part => encoder.encode(JSON.stringify(part))),
    ...buffers.map(bytesOf),
  ];
  const offsets = [8 * (pieces.length + 2)];
  for (const piece of pieces) offsets.push(offsets.at(-1)! + piece.byteLength);
  const message = new Uint8Array(offsets.at(-1)!);
  const view = new DataView(message.buffer);
  [offsets.length, ...offsets].forEach((offset, index) =>
    view.setBigUint64(8 * index, BigInt(offset), true),
  );
  pieces.forEach((piece, index) => message.set(piece, offsets[index]));
  return message;
}

/// What widgets hear of. Also the events and answers of the script's session come here, which its own socket brings.
const heard = ["comm_open", "comm_msg", "comm_close", "status"];

/// A message for widgets; null for any other, of which only the header has been decoded.
export function read(data: ArrayBuffer): Message | null {
  const view = new DataView(data);
  const count = Number(view.getBigUint64(0, true));
  const offset = (index: number) => Number(view.getBigUint64(8 * (index + 1), true));
  const piece = (index: number) =>
    new Uint8Array(data, offset(index), offset(index + 1) - offset(index));
  const decoder = new TextDecoder();
  const json = (index: number) => JSON.parse(decoder.decode(piece(index))) as never;
  const channel = decoder.decode(piece(0)) as Channel;
  const header: Message["header"] = json(1);
  if (channel !== "iopub" || !heard.includes(header.msg_type)) return null;
  return {
    channel,
    header,
    parent_header: json(2),
    metadata: json(3),
    content: json(4),
    // Copies, as typed arrays of any kind may be made of them: these must be aligned.
    buffers: Array.from({ length: count - 6 }, (_, index) => {
      const { buffer } = piece(index + 5).slice();
      return new DataView(buffer);
    }),
  };
}

export function bytesOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}
