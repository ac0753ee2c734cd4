// Tooltips with the kernel's documentation of the name under the pointer. Only for names, and the
// kernel looks them up without evaluating code. Not part of `rditEditor`, so that a host without it
// does not load it.

import { syntaxTree } from "@codemirror/language";
import { hoverTooltip, type EditorView, type Tooltip } from "@codemirror/view";
import { appendAnsi, newPen } from "../results/ansi";
import { textOf } from "../results/mime";
import { editorHost } from "./host";

const mostLines = 24;
const names = new Set(["VariableName", "PropertyName"]);

async function tooltip(view: EditorView, pos: number, side: -1 | 1): Promise<Tooltip | null> {
  const { state } = view;
  const host = state.facet(editorHost);
  if (!host?.inspect) return null;
  const node = syntaxTree(state).resolveInner(pos, side);
  if (!names.has(node.name)) return null;
  // For `b` in `a.b.c` the code to inspect is `a.b`.
  let from = node.from;
  for (let at = node.parent; at?.name === "MemberExpression" && at.to >= node.to; at = at.parent)
    from = at.from;
  const code = state.sliceDoc(from, node.to);
  const found = await host.inspect(code, [...code].length);
  const text = found?.found ? textOf(found.data?.["text/plain"]) : null;
  if (!text) return null;
  return {
    pos: node.from,
    end: node.to,
    above: true,
    create: () => ({ dom: card(text) }),
  };
}

function card(text: string): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "rdit-hover";
  const lines = text.trimEnd().split("\n");
  const shown = lines.slice(0, mostLines).join("\n");
  appendAnsi(dom, lines.length > mostLines ? `${shown}\n…` : shown, newPen());
  return dom;
}

/// The extension that shows the tooltips.
export const hover = hoverTooltip(tooltip, { hideOnChange: true, hoverTime: 500 });
