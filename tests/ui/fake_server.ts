// A session in memory behind the WebSocket interface: a log with numbers, replay, viewers that come
// and go, and the ways in which a network fails.
import type { Answer, Event, Request } from "../../labextension/src/protocol";

type Body<E> = E extends unknown ? Omit<E, "seq"> : never;

export class FakeServer {
  received: Request[] = [];
  attempts = 0;
  capabilities: string[] = [];
  /// Handshakes succeed.
  isUp = true;
  /// What is sent to the server is lost on the way.
  isDeaf = false;
  /// Nothing comes back, and nothing is closed: a cable pulled out.
  isSilent = false;
  /// The connection ends in the middle of a snapshot.
  cutsSnapshot = false;
  /// The live events of a new viewer come before its replay.
  isEager = false;
  private life = 1;
  private log: Event[] = [];
  private sockets = new Set<FakeSocket>();

  readonly open = (): WebSocket => {
    this.attempts += 1;
    const socket = new FakeSocket(this);
    setTimeout(() => {
      if (this.isSilent) return;
      if (!this.isUp) return socket.drop(1006);
      this.sockets.add(socket);
      socket.readyState = 1;
      socket.onopen?.();
    }, 1);
    return socket as unknown as WebSocket;
  };

  print(text: string, run = "r0") {
    this.emit({ type: "output", run, nodeIndex: 0, output: { type: "stdout", text } });
  }

  emit(body: Body<Event>) {
    const event = { ...body, seq: this.log.length + 1 } as Event;
    this.log.push(event);
    for (const socket of this.sockets) if (socket.isAttached) this.send(socket, [event]);
  }

  answer(answer: Omit<Answer, "type">) {
    for (const socket of this.sockets) this.send(socket, [{ type: "answer", ...answer }]);
  }

  repeatLast() {
    for (const socket of this.sockets) this.send(socket, this.log.slice(-1));
  }

  cut(code = 1006) {
    const sockets = [...this.sockets];
    this.sockets.clear();
    for (const socket of sockets) socket.drop(code);
  }

  restart() {
    this.life += 1;
    this.log = [];
  }

  take(socket: FakeSocket, request: Request) {
    if (this.isDeaf || this.isSilent) return;
    this.received.push(request);
    if (request.type !== "attach") return;
    const log = `life-${this.life}`;
    const snapshot = request.log !== log || !request.since;
    const since = snapshot ? 0 : (request.since ?? 0);
    if (this.isEager) this.send(socket, this.log.slice(-1));
    const { capabilities } = this;
    const seq = this.log.length;
    this.send(socket, [{ type: "attached", log, since, seq, snapshot, capabilities }]);
    this.send(socket, snapshot ? this.snapshot() : this.log.slice(since));
    if (this.cutsSnapshot) return this.cut();
    socket.isAttached = true;
  }

  // Text of one run in one event, which has the number of its first part; the last one that of the log.
  private snapshot(): Event[] {
    const whole = new Map<string, Event>();
    for (const event of this.log) {
      const key = event.type === "output" ? event.run : `${event.type} ${whole.size}`;
      const before = whole.get(key);
      if (before?.type === "output" && event.type === "output")
        before.output = { ...before.output, text: before.output.text + event.output.text };
      else whole.set(key, structuredClone(event));
    }
    const events = [...whole.values()];
    if (this.cutsSnapshot) events.pop();
    else if (events.length) Object.assign(events.at(-1)!, { seq: this.log.length });
    return events;
  }

  leave(socket: FakeSocket) {
    this.sockets.delete(socket);
  }

  private send(socket: FakeSocket, events: Event[]) {
    if (!this.isSilent && events.length) socket.onmessage?.({ data: JSON.stringify(events) });
  }
}

class FakeSocket {
  readyState = 0;
  isAttached = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;

  constructor(private readonly server: FakeServer) {}

  send(text: string) {
    this.server.take(this, JSON.parse(text) as Request);
  }

  close() {
    this.server.leave(this);
    this.readyState = 3;
  }

  drop(code: number) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}
