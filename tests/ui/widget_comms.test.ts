// Who waits for an answer of the kernel's is told that there is none, whatever becomes of the connection.
import { expect, it } from "vitest";
import { Comms, type Comm } from "../../labextension/src/page/widgets/comms";
import type { KernelSocket } from "../../labextension/src/page/widgets/kernel_socket";

/// Sends as ipywidgets' models do: one message at a time, and what is to be sent meanwhile when it has ended. A
/// message is counted when `send` has returned.
class Sender {
  readonly sent: string[] = [];
  private pending = 0;
  private buffer: number | null = null;

  constructor(private readonly comm: Comm) {}

  set(value: number): void {
    if (this.pending) this.buffer = value;
    else this.send(value);
  }

  private send(value: number): void {
    const status = ({ content }: { content: { execution_state: string } }) => {
      if (content.execution_state !== "idle") return;
      this.pending--;
      expect(this.pending).toBeGreaterThanOrEqual(0);
      if (this.buffer === null) return;
      this.send(this.buffer);
      this.buffer = null;
    };
    const id = this.comm.send({ value }, { iopub: { status: status as never } });
    if (id) this.sent.push(`${id}: ${value}`);
    this.pending++;
  }
}

/// A socket that is open, and of which nothing comes.
function open(name: string): KernelSocket {
  let count = 0;
  return { send: () => `${name}${++count}` } as unknown as KernelSocket;
}

const settled = () => new Promise(resolve => setTimeout(resolve));

it("is silent only while the connection is lost", async () => {
  const comms = new Comms(() => {});
  const sender = new Sender(comms.get("id", "target"));
  comms.socket = open("a");
  sender.set(1);
  sender.set(2);
  comms.drop();
  await settled();
  sender.set(3);
  sender.set(4);
  await settled();
  comms.socket = open("b");
  sender.set(5);
  expect(sender.sent).toEqual(["a1: 1", "b1: 5"]);
});

it("sends again where messages of others had no end", async () => {
  const comms = new Comms(() => {});
  comms.socket = open("a");
  const first = new Sender(comms.get("first", "target"));
  first.set(1);
  for (let at = 0; at < 1000; at++) new Sender(comms.get(String(at), "target")).set(at);
  await settled();
  first.set(2);
  expect(first.sent).toEqual(["a1: 1", "a1002: 2"]);
});
