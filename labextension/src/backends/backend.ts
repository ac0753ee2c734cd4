// The interface of everything that can execute statements: requests in, events out. Independent of
// editors and of where the code runs.
import type { Event, ExecuteRequest, Queries, RunRequest } from "../protocol";

/// State of the connection between this page and the backend.
export type Connection =
  /// The first attempt is in progress.
  | { state: "connecting" }
  | { state: "open" }
  /// Lost; the backend reconnects by itself. `held`: number of runs to be sent then. `isRefused`:
  /// the server answers but rejects the connection.
  | { state: "waiting"; held: number; reason: string; isRefused?: true }
  /// The login has expired: the user must sign in again.
  | { state: "signed-out" }
  | { state: "closed" };

/// What a kernel may be asked: a method of `Queries`, its parameters and its result.
export type Method = keyof Queries;
export type Params<M extends Method> = Queries[M]["params"];
export type Result<M extends Method> = Queries[M]["result"];

/// What a subscriber is called with.
export interface Subscriber {
  /// A batch of events, in the session's order, each exactly once.
  events(events: readonly Event[]): void;
  connection?(connection: Connection): void;
  /// `ExecutionBackend.capabilities`, at once and whenever they change.
  capabilities?(methods: readonly Method[]): void;
  /// The process of the results shown so far has been replaced. Events have already ended its runs.
  gone?(): void;
  /// Progress of a download, in bytes; null when it has ended.
  progress?(progress: { what: string; loaded: number; total: number } | null): void;
}

/// A place that can execute statements. No method throws: failures are `error` events.
export interface ExecutionBackend {
  readonly kind: "server" | "pyodide";
  readonly connection: Connection;
  /// What the user would lose by an interrupt, as a sentence; empty or absent if nothing.
  readonly stopLoses?: string;
  /// Whether code could be executed, as far as can be told without executing any.
  isAvailable(): Promise<boolean>;
  /// The reply is the events of `request.run`, or one `error` event with its id; there is always
  /// one.
  executeScript(request: Omit<RunRequest, "type">): void;
  executeStatements(request: Omit<ExecuteRequest, "type">): void;
  /// Interrupts the current run and cancels the queue. A second call forces it.
  interrupt(): void;
  /// Clears the namespace; with `restart`, in a new kernel process.
  reset(options?: { restart?: boolean }): void;
  /// Replies to the open `input()` request.
  answerInput(text: string): void;
  /// The methods that `query` answers; none before the backend is connected.
  readonly capabilities: readonly Method[];
  /// Asks the kernel, also during a run. Resolves with null if it is none of `capabilities`, there
  /// is no kernel, or the kernel has no answer or gives none in time.
  query<M extends Method>(method: M, params: Params<M>): Promise<Result<M> | null>;
  /// The page switches to another backend: cancels runs that were not sent, and, if disconnected,
  /// emits an end for those in progress, so that nothing here waits forever. Real events of such
  /// runs are still delivered later.
  leave?(reason: string): void;
  /// Returns a function that unsubscribes.
  subscribe(subscriber: Subscriber): () => void;
  close(): void;
}
