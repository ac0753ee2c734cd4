// What every place that can execute statements offers to a page: requests in, events out. It must know
// nothing of editors, nor of where the code runs.
import type { Complete, Event, ExecuteRequest, Inspect, RunRequest, Variables } from "../protocol";

/// How things stand between this page and the place where the code runs.
export type Connection =
  /// The first attempt is under way.
  | { state: "connecting" }
  | { state: "open" }
  /// Lost; it comes back by itself. `held` runs are sent as soon as it does.
  /// `isRefused`: the server is there and does not take the connection.
  | { state: "waiting"; held: number; reason: string; isRefused?: true }
  /// The login has expired, and only a person can renew it.
  | { state: "signed-out" }
  | { state: "closed" };

export interface Subscriber {
  /// Events in the session's order, each exactly once.
  events(events: readonly Event[]): void;
  connection?(connection: Connection): void;
  /// The process whose runs were told until now is gone, and nothing more comes of them: another one
  /// answers. Its open runs have been ended by events.
  gone?(): void;
  /// Something large is being loaded; `null` when it is done.
  progress?(progress: { what: string; loaded: number; total: number } | null): void;
}

export interface ExecutionBackend {
  readonly kind: "server" | "pyodide";
  readonly connection: Connection;
  /// What an interrupt would cost here, in a sentence; empty or absent where it costs nothing.
  readonly stopLoses?: string;
  /// Whether code could be executed there, as far as can be told without executing any.
  isAvailable(): Promise<boolean>;
  /// Answered by the events of `request.run`, or by one `error` event that names it: never by silence.
  executeScript(request: Omit<RunRequest, "type">): void;
  executeStatements(request: Omit<ExecuteRequest, "type">): void;
  /// Ends the run under way and those that wait; a second one forces.
  interrupt(): void;
  /// Clears the namespace; with `restart`, by a new kernel process.
  reset(options?: { restart?: boolean }): void;
  /// The line that the running statement waits for.
  answerInput(text: string): void;
  /// What could stand at `cursor`, a column in `code` in code points. Null where nobody answers, here
  /// and below: the kernel is busy and cannot answer meanwhile, or there is none.
  complete?(code: string, cursor: number): Promise<Complete | null>;
  /// What is known of the name at `cursor`.
  inspect?(code: string, cursor: number, detail?: 0 | 1): Promise<Inspect | null>;
  /// The names that runs have defined.
  variables?(): Promise<Variables | null>;
  /// Ends what has not been sent, and tells an end of what was if that cannot be followed now: nobody is
  /// to wait here for what this place may never tell. What goes on there is told when it can be.
  leave?(reason: string): void;
  /// Returns what ends the subscription.
  subscribe(subscriber: Subscriber): () => void;
  close(): void;
}
