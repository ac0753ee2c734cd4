// What is known of the name at a position: value, type and size, signature and documentation, by the
// kernel, which calls no code of the user's for it; without one, what the text says, or a language server.

import type { EditorView } from "@codemirror/view";
import { describedBy, expressionAt, writtenKind, writtenSignature } from "./ask";
import type { Known } from "./card";
import { bindingAt } from "./names";
import { partOfScript } from "./names_of_state";
import { serverOf } from "./server";

const PATIENCE_MS = 40;

/// The name at a position, and what is known of what it ends: of `a.b` for `b`; null without a name
/// there, or if nothing is known.
export async function knownAt(
  view: EditorView,
  pos: number,
): Promise<{ from: number; to: number; known: Known } | null> {
  const { state } = view;
  const script = partOfScript(state, PATIENCE_MS);
  const found = script && expressionAt(script.tree, pos);
  if (!found) return null;
  const { name, expression } = found;
  const { from, to } = name;
  const text = state.sliceDoc(from, to);
  const asked = await describedBy(state, script, expression);
  if (asked) return { from, to, known: { ...asked, name: text } };
  const signature = writtenSignature(state, script, expression);
  if (signature) return { from, to, known: { signatures: [signature] } };
  const binding = bindingAt(script.names, from)?.[0];
  const written = binding?.scope ? { name: text, type: writtenKind(binding) } : null;
  const known = (await typed(view, from)) ?? written;
  return known && { from, to, known };
}

/// What a language server says, if the text is still the same.
async function typed(view: EditorView, pos: number): Promise<Known | null> {
  const { doc } = view.state;
  const server = await serverOf(view);
  if (!server || view.state.doc !== doc) return null;
  const told = await server.describe(pos);
  return told && { type: told.head, documentation: told.documentation };
}
