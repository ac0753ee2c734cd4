// A card for the name under the pointer.

import type { Extension } from "@codemirror/state";
import { hoverTooltip, type EditorView, type Tooltip } from "@codemirror/view";
import { editorHost } from "../host";
import { card } from "./card";
import { knownAt } from "./known";

const HOVER_MS = 400;

async function tooltip(view: EditorView, pos: number): Promise<Tooltip | null> {
  if (view.state.facet(editorHost)?.hovers?.() === false) return null;
  const found = await knownAt(view, pos);
  if (!found) return null;
  const { from, to, known } = found;
  return { pos: from, end: to, above: true, create: () => ({ dom: card(known) }) };
}

/// The extension.
export const hover: Extension = hoverTooltip(tooltip, { hideOnChange: true, hoverTime: HOVER_MS });
