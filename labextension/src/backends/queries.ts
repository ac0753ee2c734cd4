// The queries of a backend that have no answer yet.
import type { Answer } from "../protocol";
import type { Method, Result } from "./backend";

// As on the server.
const MOST = 64;

export class PendingQueries {
  private readonly pending = new Map<string, (result: Answer["result"] | null) => void>();
  private count = 0;

  /// `timeout`: milliseconds after which a query resolves with null; 0: the other side answers each.
  constructor(private readonly timeout = 0) {}

  /// Sends a query under a new id. Resolves with its result; with null if `send` returns false, the
  /// answer is an error, or there is none: after the timeout or `drop`, or with too many unanswered.
  ask<M extends Method>(send: (id: string) => boolean): Promise<Result<M> | null> {
    return new Promise(resolve => {
      const id = `q${++this.count}`;
      if (this.pending.size >= MOST || !send(id)) return resolve(null);
      // It stays here after the timeout: the other side has it until it is answered.
      this.pending.set(id, result => resolve(result as Result<M> | null));
      if (this.timeout) setTimeout(() => resolve(null), this.timeout);
    });
  }

  settle({ id, result, error }: Omit<Answer, "type">) {
    const resolve = this.pending.get(id);
    this.pending.delete(id);
    resolve?.(error ? null : (result ?? null));
  }

  /// No answer will come any more.
  drop() {
    for (const resolve of this.pending.values()) resolve(null);
    this.pending.clear();
  }
}
