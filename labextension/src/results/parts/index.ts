// All kinds of output, by the type of their parts. A type of output that the protocol has and this
// table has not is an error of the compiler.

import type { Part } from "../results";
import { bundle } from "./bundle";
import { cut } from "./cut";
import { error } from "./error";
import type { PartKind } from "./part";
import { text } from "./text";

/// The kinds.
export const kinds: { readonly [Type in Part["type"]]: PartKind<Part & { type: Type }> } = {
  stdout: text,
  stderr: text,
  result: bundle,
  display: bundle,
  error,
  truncated: cut,
};

/// The kind of a part.
export function kindOf(part: Part): PartKind<Part> {
  return kinds[part.type] as PartKind<Part>;
}

/// Starts to load what the kinds will need.
export function preload(): void {
  for (const kind of Object.values(kinds)) kind.preload?.();
}

/// Whether two lists of outputs look the same, so that running a statement again with the same
/// outputs changes no heights.
export function sameParts(a: readonly Part[], b: readonly Part[]): boolean {
  return a === b || (a.length === b.length && a.every((part, index) => samePart(part, b[index]!)));
}

function samePart(a: Part, b: Part): boolean {
  return a === b || (a.type === b.type && kindOf(a).equal(a, b));
}
