// A card for the name under the pointer: value, type and size, signature and documentation, by the
// kernel, which calls no code of the user's for it; without one, what the text says.

import type { Extension } from "@codemirror/state";
import { hoverTooltip, type EditorView, type Tooltip } from "@codemirror/view";
import { editorHost } from "../host";
import { describedBy, expressionAt, writtenKind, writtenSignature } from "./ask";
import { card, type Known } from "./card";
import { bindingAt } from "./names";
import { partOfScript } from "./names_of_state";

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
  if (!known && binding?.scope) known = { name: text, type: writtenKind(binding) };
  if (!known) return null;
  const shown = known;
  return { pos: name.from, end: name.to, above: true, create: () => ({ dom: card(shown) }) };
}

/// The extension.
export const hover: Extension = hoverTooltip(tooltip, { hideOnChange: true, hoverTime: HOVER_MS });
