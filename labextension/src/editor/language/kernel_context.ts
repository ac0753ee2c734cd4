// What of the script the kernel is sent with a question about a position in it: the statement around it,
// and those above that it may depend on. Never all of a long script.

import type { Text } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";
import type { Names } from "./names";

/// Of the statement, in UTF-16 units. What stands further above the position is cut at a line.
export const MOST_CODE = 10_000;
/// Of the statements above, all together.
export const MOST_BEFORE = 4_000;

export interface KernelContext {
  readonly code: string;
  /// The position in `code`, in code points.
  readonly cursor: number;
  /// Imports above, and what binds the name that is asked about. The kernel leaves out those whose
  /// names it has.
  readonly before: readonly string[];
}

/// For a question about `pos`. `root`: where the name begins that is asked about.
export function contextAt(
  tree: Tree,
  names: Names,
  doc: Text,
  pos: number,
  root: number,
): KernelContext {
  const statement = topLevel(tree, pos);
  const line = doc.lineAt(pos);
  let from = Math.min(statement?.from ?? line.from, line.from);
  if (pos - from > MOST_CODE) from = doc.lineAt(pos - MOST_CODE).to + 1;
  if (from > pos) from = pos - MOST_CODE;
  const to = Math.min(line.to, pos + MOST_CODE);
  return {
    code: doc.sliceString(from, to),
    cursor: [...doc.sliceString(from, pos)].length,
    before: before(tree, names, doc, statement?.from ?? line.from, root),
  };
}

/// The statement of the script around a position, or the one that ends there.
function topLevel(tree: Tree, pos: number): SyntaxNode | null {
  let node: SyntaxNode | null = tree.resolve(pos, -1);
  if (node.type.isTop) node = tree.resolve(pos, 1);
  if (node.type.isTop) return null;
  while (node?.parent && !node.parent.type.isTop) node = node.parent;
  return node;
}

function before(tree: Tree, names: Names, doc: Text, until: number, root: number): string[] {
  const found = new Map<number, string>();
  let left = MOST_BEFORE;
  const add = ({ from, to }: SyntaxNode) => {
    if (found.has(from) || to - from > left) return;
    left -= to - from;
    found.set(from, doc.sliceString(from, to));
  };
  const name = /^[\p{L}_][\p{L}\p{N}_]*/u.exec(doc.sliceString(root, root + 100))?.[0];
  const binding = name ? names.module.bindings.get(name) : undefined;
  const binds = (binding?.occurrences ?? []).filter(
    ({ role, from }) => role === "bind" && from < until,
  );
  for (const { from } of binds.slice(-3)) {
    const statement = topLevel(tree, from + 1);
    if (statement) add(statement);
  }
  for (let at = tree.topNode.firstChild; at && at.from < until; at = at.nextSibling)
    if (at.type.name === "ImportStatement") add(at);
  return [...found].sort(([a], [b]) => a - b).map(([, text]) => text);
}
