// What ran, in the order in which it ran, and the names that each execution read and bound: from it
// freshness.ts tells which results are stale. Pure; kept by results.ts.

import type { Event } from "../protocol";
import type { StatementProgress } from "./progress";

/// What a statement does with the script's global names. "*": may be all of them.
export interface NamesOf {
  readonly reads: readonly string[];
  readonly binds: readonly string[];
}

/// One execution of a statement.
export interface Execution extends NamesOf {
  readonly run: string;
  readonly nodeIndex: number;
  /// The text that ran.
  readonly source: string;
  /// The namespace it ran in: one more after each restart or reset.
  readonly epoch: number;
  /// It did not run to its end, interrupted or by an error: what it binds is half made, or not at all.
  readonly isPartial: boolean;
  /// Executions with the same one have bound the same objects: those of an import that ran again.
  readonly version?: string;
}

/// Whether two executions, or none, have bound the same.
export const isSame = (one: Execution | null, other: Execution | null) =>
  one === other || (one?.version !== undefined && one.version === other?.version);

/// The executions in order, and which namespace there is now.
export interface History {
  readonly executions: readonly Execution[];
  readonly epoch: number;
  /// Where Python ran last. Default: on the server.
  readonly backend?: string;
  /// How many runs have loaded edited modules anew.
  readonly reloads?: number;
  /// How many executions there were when those that nobody needs were dropped.
  readonly least?: number;
}

export const noHistory: History = { executions: [], epoch: 0 };

/// Returns what an event adds: the execution, and whether it replaces the last one; or where Python
/// runs now, and the namespace. Null for most events. `find` gives the statement of a `status` event.
export function executed(
  { executions, epoch, backend = "server", reloads = 0 }: History,
  event: Event,
  find: (run: string, nodeIndex: number) => StatementProgress | null,
): { execution: Execution; isLast: boolean } | Omit<Partial<History>, "executions"> | null {
  if (event.type === "session") {
    const { state, backend: now = "server" } = event;
    const isNew = ["reset", "dead", "restarting"].includes(state) || backend !== now;
    return isNew ? { backend: now, epoch: epoch + 1 } : null;
  }
  if (event.type === "plan") return event.reloaded?.length ? { reloads: reloads + 1 } : null;
  if (event.type !== "status" || event.status === "queued" || event.status === "cancelled")
    return null;
  const { run, nodeIndex } = event;
  const isPartial = event.status === "interrupted" || event.status === "error";
  // Statements run one after the other: if this one began before, it is the last.
  const last = executions[executions.length - 1];
  const isLast = last?.run === run && last.nodeIndex === nodeIndex;
  if (isLast) return isPartial ? { execution: { ...last, isPartial }, isLast } : null;
  const statement = find(run, nodeIndex);
  if (!statement) return null;
  const { reads = [], binds = [], source } = statement;
  const execution = { run, nodeIndex, source, reads, binds, epoch, isPartial };
  if (!plainImport.test(source)) return { execution, isLast };
  const version = versionOf(executions, execution, `${reloads} ${run} ${nodeIndex}`);
  return { execution: { ...execution, version }, isLast };
}

// Of names only: no `*`, which may bind any.
const plainImport = /^(import\s[\w.,\s]+|from\s+[\w.]+\s+import\b[\w,\s()]+)$/;

/// What an import binds: as long as nothing else has bound its names or its module's, and no module
/// was loaded anew, what it bound when it ran before. `mine`: else; it begins with how often modules were.
function versionOf(executions: readonly Execution[], now: Execution, mine: string): string {
  const module = /^from\s+(\w+)/.exec(now.source)?.[1] ?? "";
  const names = new Set([...now.binds, module, "*"]);
  for (let at = executions.length - 1; at >= 0; at--) {
    const { source, epoch, isPartial, binds, version } = executions[at]!;
    if (epoch !== now.epoch) break;
    if (source === now.source && version !== undefined && !isPartial)
      return version.startsWith(mine.split(" ", 1)[0] + " ") ? version : mine;
    if (binds.some(name => names.has(name))) break;
  }
  return mine;
}

/// The executions without those that no result is of any more (`isKept`), but for what they tell of the
/// names that they bound: that it is nobody's now.
export function withoutForgotten(
  executions: readonly Execution[],
  isKept: (execution: Execution) => boolean,
): Execution[] {
  // By name: the namespace whose last binder was forgotten.
  const forgotten = new Map<string, number>();
  return executions.flatMap(execution => {
    const { epoch } = execution;
    const kept = isKept(execution);
    // Of several in a row one is enough.
    const binds = kept
      ? execution.binds
      : execution.binds.filter(name => forgotten.get(name) !== epoch);
    for (const name of binds) forgotten.set(name, kept ? -1 : epoch);
    return kept ? execution : binds.length ? { ...execution, binds, reads: [] } : [];
  });
}
