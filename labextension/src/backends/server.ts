// The backend for rdit_ext, over one websocket per page. The session and its numbered event log
// live on the server. This class delivers each event of the log once and in order, across any
// number of lost connections:
//
//   connect -> attach {since, log} -> attached -> replay of missed events -> live events
//      ^                                                                         |
//      +---------- connection lost: reconnect with exponential backoff ----------+
import type { Event, ExecuteRequest, Request, RunRequest, RunStatus } from "../protocol";
import type { Connection, ExecutionBackend, Method, Params, Result, Subscriber } from "./backend";
import { Gather } from "./gather";
import { PendingQueries } from "./queries";

const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 15_000;
// Heartbeat: a network failure does not close a socket, so a missing reply is the only sign of it.
const HEARTBEAT_MS = 20_000;
const ANSWER_MS = 10_000;
// A run that cannot be sent within this time is refused: code should not start minutes after the
// user asked for it.
const HOLD_MS = 30_000;
const TOO_BIG = 1009;

/// Resolves with whether the user is signed in; null if the server did not answer, or not with a
/// status that tells.
export type SignedIn = () => Promise<boolean | null>;

type Run = RunRequest | ExecuteRequest;

/// An `ExecutionBackend` that connects at once and stays connected until `close`. It throws
/// nothing: what fails is told as `error` events and as `connection`.
/// Long, as connecting, resuming and what waits for either share one state.
export class PythonServerBackend implements ExecutionBackend {
  readonly kind = "server";
  connection: Connection = { state: "connecting" };
  capabilities: readonly Method[] = [];
  private readonly subscribers = new Set<Subscriber>();
  private readonly gather = new Gather(events => {
    for (const subscriber of this.subscribers) subscriber.events(events);
  });
  private socket: WebSocket | null = null;
  // The server has confirmed the attach on this socket: requests may be sent, and events arrive in
  // order.
  private attached = false;
  private log = "";
  private seq = 0;
  // While a snapshot is received: the sequence number it ends with. Its events are compacted and do
  // not map to single numbers, so a snapshot cut off in the middle must be requested again as a
  // whole.
  private snapshotEnd = 0;
  private attempts = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private heartbeat: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  // Runs without any event so far. `log`: id of the server's log when the run was sent; null if it
  // was not sent yet.
  private readonly unanswered = new Map<
    string,
    { request: Run; log: string | null; since: number }
  >();
  // Runs in progress, by their `plan` and `done` events. They end if the server that ran them is
  // replaced.
  private readonly running = new Set<string>();
  private holding: ReturnType<typeof setTimeout> | undefined;
  private readonly queries = new PendingQueries();

  constructor(
    // A function if the address can change, as when a script is renamed.
    private readonly url: string | (() => string),
    private readonly signedIn: SignedIn,
    private readonly open: (url: string) => WebSocket = url => new WebSocket(url),
  ) {
    for (const change of ["online", "offline"]) globalThis.addEventListener?.(change, this.wake);
    globalThis.document?.addEventListener("visibilitychange", this.wake);
    this.connect();
  }

  async isAvailable() {
    return (await this.signedIn()) === true;
  }

  executeScript(request: Omit<RunRequest, "type">) {
    this.run({ type: "run", ...request });
  }

  executeStatements(request: Omit<ExecuteRequest, "type">) {
    this.run({ type: "execute", ...request });
  }

  interrupt() {
    if (this.send({ type: "interrupt" })) return;
    const held = [...this.unanswered.values()].filter(run => run.log === null);
    for (const { request } of held) this.refuse(request.run, "Stopped before it was sent.");
    if (!held.length) this.say("Not connected to the server: Stop could not be sent.");
  }

  reset({ restart = false }: { restart?: boolean } = {}) {
    if (!this.send({ type: "reset", restart }))
      this.say(
        `Not connected to the server: the ${restart ? "restart" : "reset"} could not be sent.`,
      );
  }

  answerInput(text: string) {
    if (!this.send({ type: "input", text }))
      this.say("Not connected to the server: the answer could not be sent.");
  }

  query<M extends Method>(method: M, params: Params<M>): Promise<Result<M> | null> {
    return this.queries.ask(
      id => this.capabilities.includes(method) && this.send({ type: "query", id, method, params }),
    );
  }

  subscribe(subscriber: Subscriber) {
    this.subscribers.add(subscriber);
    subscriber.connection?.(this.connection);
    subscriber.capabilities?.(this.capabilities);
    return () => void this.subscribers.delete(subscriber);
  }

  close() {
    for (const change of ["online", "offline"]) globalThis.removeEventListener?.(change, this.wake);
    globalThis.document?.removeEventListener("visibilitychange", this.wake);
    this.forget();
    clearTimeout(this.holding);
    this.gather.cancel();
    this.become({ state: "closed" });
  }

  private connect() {
    this.forget();
    const socket = this.open(typeof this.url === "string" ? this.url : this.url());
    this.socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.ask();
    };
    socket.onmessage = message => this.receive(JSON.parse(message.data as string) as Event[]);
    socket.onclose = close => {
      if (socket === this.socket) void this.lost(opened, close.code);
    };
    this.silence = setTimeout(() => socket === this.socket && void this.lost(false), ANSWER_MS);
  }

  // Sends `attach`. On a socket that is attached already, it is the heartbeat: the server replies
  // to each.
  private ask() {
    clearTimeout(this.heartbeat);
    clearTimeout(this.silence);
    const socket = this.socket;
    socket?.send(
      JSON.stringify({ type: "attach", since: this.seq, log: this.log } satisfies Request),
    );
    this.silence = setTimeout(() => socket === this.socket && void this.lost(true), ANSWER_MS);
  }

  // `opened` false: the handshake failed. A browser does not reveal its HTTP status, so `signedIn`
  // asks.
  private async lost(opened: boolean, code?: number) {
    this.forget();
    if (code === TOO_BIG)
      for (const run of [...this.unanswered.keys()])
        this.refuse(run, "The server refuses a script of this size.");
    this.wait(opened ? "Connection lost" : "The server does not answer");
    const attempt = this.attempts;
    const signedIn = opened ? true : await this.signedIn();
    // Race: another connect or `close` may have happened during the request.
    if (this.socket || this.connection.state === "closed" || attempt !== this.attempts) return;
    if (signedIn === false) return this.become({ state: "signed-out" });
    if (signedIn && !opened && attempt > 1) this.wait("The server refuses the connection", true);
    const delay = Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_MOST_MS);
    this.attempts += 1;
    this.retry = setTimeout(() => this.connect(), delay * (0.75 + Math.random() / 2));
  }

  private forget() {
    const socket = this.socket;
    this.socket = null;
    this.attached = false;
    clearTimeout(this.retry);
    clearTimeout(this.heartbeat);
    clearTimeout(this.silence);
    socket?.close();
    this.queries.drop();
  }

  // The network state changed or the tab became visible: verify an open socket, or reconnect
  // without waiting for the backoff.
  private readonly wake = () => {
    if (globalThis.document?.visibilityState === "hidden") return;
    if (this.attached) this.ask();
    else if (!this.socket && this.connection.state !== "closed") {
      this.attempts = 0;
      this.connect();
    }
  };

  private receive(events: Event[]) {
    // Any message proves the connection alive. Restarting the timer avoids heartbeats during a long
    // replay.
    clearTimeout(this.silence);
    clearTimeout(this.heartbeat);
    this.heartbeat = setTimeout(() => this.ask(), HEARTBEAT_MS);
    for (const event of events) this.take(event);
  }

  private take(event: Event) {
    if (event.type === "attached") return this.attach(event);
    if (event.type === "answer") return this.queries.settle(event);
    if ("seq" in event && event.seq && !this.isNext(event.seq)) return;
    if ("run" in event && event.run) this.unanswered.delete(event.run);
    if (event.type === "plan") this.running.add(event.run);
    else if (event.type === "done") this.running.delete(event.run);
    this.gather.add(event);
  }

  private isNext(seq: number): boolean {
    // Before `attached`, a live event may overtake those still to be replayed: drop it, the replay
    // contains it.
    if (!this.attached) return false;
    if (seq < this.snapshotEnd) return true;
    this.snapshotEnd = 0;
    if (seq <= this.seq) return false;
    this.seq = seq;
    return true;
  }

  private attach(event: Event & { type: "attached" }) {
    const isNew = !this.attached;
    if (event.snapshot) [this.seq, this.snapshotEnd] = [0, event.seq];
    // The log has another id: the server was restarted, and no snapshot contains the results shown
    // here. Keep them (no `snapshot` flag), and mark them as of a process that is gone.
    const isOther = event.snapshot && this.log !== "" && this.log !== event.log;
    if (isOther) this.outlive();
    if (event.snapshot || isNew) this.gather.add(isOther ? { ...event, snapshot: false } : event);
    this.log = event.log;
    this.learn((event.capabilities ?? []) as Method[]);
    if (!isNew) return;
    this.attached = true;
    this.attempts = 0;
    for (const [run, waiting] of this.unanswered) {
      if (waiting.log !== null && waiting.log !== event.log)
        this.refuse(run, "The server was restarted before this run began: run it again.");
      else this.transmit(waiting);
    }
    this.become({ state: "open" });
  }

  private learn(capabilities: readonly Method[]) {
    if (capabilities.join() === this.capabilities.join()) return;
    this.capabilities = capabilities;
    for (const subscriber of this.subscribers) subscriber.capabilities?.(capabilities);
  }

  private outlive() {
    this.end("died", "The server was restarted, and the kernel ended with it.");
    this.gather.flush();
    for (const subscriber of this.subscribers) subscriber.gone?.();
  }

  private end(status: RunStatus, reason: string) {
    for (const run of this.running)
      this.gather.add({ type: "done", run, seq: 0, status, elapsed: 0, reason });
    this.running.clear();
  }

  leave(reason: string) {
    for (const [run, { log }] of [...this.unanswered])
      if (log === null || !this.attached) this.refuse(run, reason);
    if (!this.attached) this.end("cancelled", reason);
  }

  private run(request: Run) {
    const run = { request, log: null, since: Date.now() };
    this.unanswered.set(request.run, run);
    if (this.attached) return this.transmit(run);
    this.hold();
    this.waitOn();
  }

  // Idempotent: the session ignores a run whose id it knows.
  private transmit(run: { request: Run; log: string | null }) {
    run.log = this.log;
    this.send(run.request);
  }

  private hold() {
    clearTimeout(this.holding);
    const held = [...this.unanswered.values()].filter(run => run.log === null);
    if (!held.length) return;
    const next = Math.min(...held.map(run => run.since)) + HOLD_MS - Date.now();
    this.holding = setTimeout(() => {
      for (const { request, log, since } of this.unanswered.values())
        if (log === null && Date.now() - since >= HOLD_MS)
          this.refuse(request.run, "Not connected to the server: this run was not sent.");
      this.hold();
    }, next);
  }

  private refuse(run: string, message: string) {
    this.unanswered.delete(run);
    this.say(message, run);
    this.waitOn();
  }

  private say(message: string, run?: string) {
    this.gather.add({ type: "error", message, ...(run && { run }) });
  }

  private send(request: Request): boolean {
    if (!this.attached || this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(request));
    return true;
  }

  private wait(reason: string, isRefused = false) {
    const held = [...this.unanswered.values()].filter(run => run.log === null).length;
    this.become({ state: "waiting", held, reason, ...(isRefused && { isRefused }) });
  }

  // Publishes the number of held runs again, with the reason unchanged.
  private waitOn() {
    const { connection } = this;
    if (connection.state === "waiting") this.wait(connection.reason, connection.isRefused);
  }

  private become(connection: Connection) {
    this.connection = connection;
    for (const subscriber of this.subscribers) subscriber.connection?.(connection);
  }
}

/// The websocket address for the script at `path` (a Contents path) of the server at `baseUrl`.
export function sessionUrl(baseUrl: string, path: string, location: Location): string {
  const url = new URL(`${baseUrl}rdit/ws`, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("path", path);
  return url.href;
}

/// The websocket address on a server of another origin. That server does not have this page's
/// files, so the session is addressed by name, not by path.
export function foreignSessionUrl(baseUrl: string, name: string, token: string): string {
  const url = new URL(`${baseUrl}rdit/ws`);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("session", name);
  if (token) url.searchParams.set("token", token);
  return url.href;
}

/// Returns a `SignedIn` that asks `api/me`: a rejected websocket handshake does not tell why.
export function askSignedIn(baseUrl: string, token = ""): SignedIn {
  return async () => {
    try {
      const answer = await fetch(`${baseUrl}api/me`, {
        redirect: "manual",
        cache: "no-store",
        ...(token && { headers: { Authorization: `token ${token}` } }),
      });
      if (answer.ok) return true;
      const refused = answer.type === "opaqueredirect" || [401, 403].includes(answer.status);
      return refused ? false : null;
    } catch {
      return null; // no network, or no server
    }
  };
}
