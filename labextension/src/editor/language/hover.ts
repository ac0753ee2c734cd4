// A card for the name under the pointer: value, type and size, signature and documentation, by the
// kernel, which calls no code of the user's for it; without one, what the text says, or a language server.

import type { Extension } from "@codemirror/state";
import { hoverTooltip, type EditorView, type Tooltip } from "@codemirror/view";
import { editorHost } from "../host";
import { describedBy, expressionAt, writtenKind, writtenSignature } from "./ask";
import { card, type Known } from "./card";
import { bindingAt } from "./names";
import { partOfScript } from "./names_of_state";
import { serverOf } from "./server";

const PATIENCE_MS = 40;
const HOVER_MS = 400;

async function tooltip(view: EditorView, pos: number): Promise<Tooltip | null> {
  const { state } = view;
  const host = state.facet(editorHost);
  if (host?.hovers?.() === false) return null;
  const script = partOfScript(state, PATIENCE_MS);
  const found = script && expressionAt(script.tree, pos);
  if (!found) return null;
  const { name, expression } = found;
  const text = state.sliceDoc(name.from, name.to);
  const asked = await describedBy(state, script, expression);
  const signature = writtenSignature(state, script, expression);
  const binding = bindingAt(script.names, name.from)?.[0];
  let known: Known | null = asked && { ...asked, name: text };
  if (!known && signature) known = { signatures: [signature] };
  if (!known) known = await typed(view, name.from);
  if (!known && binding?.scope) known = { name: text, type: writtenKind(binding) };
  if (!known) return null;
  const shown = known;
  return { pos: name.from, end: name.to, above: true, create: () => ({ dom: card(shown) }) };
}

/// What a language server says, if the text is still the same.
async function typed(view: EditorView, pos: number): Promise<Known | null> {
  const { doc } = view.state;
  const server = await serverOf(view);
  if (!server || view.state.doc !== doc) return null;
  const told = await server.describe(pos);
  return told && { type: told.head, documentation: told.documentation };
}

/// The extension.
export const hover: Extension = hoverTooltip(tooltip, { hideOnChange: true, hoverTime: HOVER_MS });
