// Whether two results look the same, so that running a statement again with the same outputs
// changes no heights.

import type { Part } from "./results";

/// Whether two lists of outputs look the same.
export function sameParts(a: readonly Part[], b: readonly Part[]): boolean {
  return a === b || (a.length === b.length && a.every((part, index) => samePart(part, b[index])));
}

export function samePart(a: Part, b: Part): boolean {
  if (a === b) return true;
  if (a.type === "truncated" || b.type === "truncated")
    return (
      a.type === "truncated" && b.type === "truncated" && a.bytes === b.bytes && a.tail === b.tail
    );
  if (a.type !== b.type || a.text !== b.text) return false;
  return !("data" in a) || !("data" in b) || sameBundle(a.data, b.data);
}

/// Whether two MIME bundles are equal, by value.
export function sameBundle(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => sameValue(a[key], b[key]));
}

function sameValue(a: unknown, b: unknown): boolean {
  return (
    a === b ||
    (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b))
  );
}
