// A line diff of two texts: to load a changed file as a minimal edit (so that results stay on their
// statements), and to show two versions.

/// Lines [fromA, toA) of `a` were replaced by lines [fromB, toB) of `b`; 0-based.
export interface LineChange {
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
}

// Limit of the search, which is quadratic: beyond it the whole middle is one change.
const MOST_EDITS = 1000;

/// The changed lines, by Myers' greedy algorithm between the common prefix and suffix.
export function diffLines(a: readonly string[], b: readonly string[]): LineChange[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < Math.min(a.length, b.length) - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++;
  const n = a.length - head - tail;
  const m = b.length - head - tail;
  if (!n && !m) return [];
  const whole = [{ fromA: head, toA: head + n, fromB: head, toB: head + m }];
  if (!n || !m) return whole;

  // furthest[k]: the furthest x reached with `edits` edits on the diagonal k = x - y.
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(n + m, MOST_EDITS); edits++) {
    trace.push(new Map(furthest));
    for (let k = -edits; k <= edits; k += 2) {
      let x = startOf(furthest, k, edits);
      while (x < n && x - k < m && a[head + x] === b[head + x - k]) x++;
      furthest.set(k, x);
      if (x >= n && x - k >= m) return retrace(trace, n, m, head);
    }
  }
  return whole;
}

const at = (map: Map<number, number>, k: number) => map.get(k) ?? -1;
const goesDown = (map: Map<number, number>, k: number, edits: number) =>
  k === -edits || (k !== edits && at(map, k - 1) < at(map, k + 1));
const startOf = (map: Map<number, number>, k: number, edits: number) =>
  goesDown(map, k, edits) ? at(map, k + 1) : at(map, k - 1) + 1;

function retrace(trace: Map<number, number>[], n: number, m: number, head: number): LineChange[] {
  const changes: LineChange[] = [];
  let [x, y] = [n, m];
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const map = trace[edits]!;
    const k = x - y;
    const isInsert = goesDown(map, k, edits);
    const fromX = at(map, isInsert ? k + 1 : k - 1);
    const fromY = fromX - (isInsert ? k + 1 : k - 1);
    const [toX, toY] = isInsert ? [fromX, fromY + 1] : [fromX + 1, fromY];
    const next = changes[0];
    if (next && next.fromA === head + toX && next.fromB === head + toY) {
      next.fromA = head + fromX;
      next.fromB = head + fromY;
    } else
      changes.unshift({
        fromA: head + fromX,
        toA: head + toX,
        fromB: head + fromY,
        toB: head + toY,
      });
    [x, y] = [fromX, fromY];
  }
  return changes;
}

/// The changes from `a` to `b` as replaced ranges of characters in `a`, in order, for a ChangeSet.
export function textChanges(a: string, b: string): { from: number; to: number; insert: string }[] {
  const [linesA, linesB] = [a.split("\n"), b.split("\n")];
  const starts = [0];
  for (const line of linesA) starts.push(starts[starts.length - 1]! + line.length + 1);
  return diffLines(linesA, linesB).map(({ fromA, toA, fromB, toB }) => {
    const [from, to] = [starts[fromA]!, starts[toA]!];
    const insert = linesB
      .slice(fromB, toB)
      .map(line => line + "\n")
      .join("");
    if (to <= a.length) return { from, to, insert };
    // The last line has no newline after it: remove the one before it.
    if (!from) return { from, to: a.length, insert: insert.slice(0, -1) };
    return { from: from - 1, to: to - 1, insert: ("\n" + insert).slice(0, -1) };
  });
}
