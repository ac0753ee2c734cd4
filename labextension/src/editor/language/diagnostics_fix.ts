// Quick fixes: the ones of the line at the caret as a small menu, and all safe ones at once.

import {
  closeHoverTooltips,
  EditorView,
  showTooltip,
  type Command,
  type TooltipView,
} from "@codemirror/view";
import { ChangeSet, StateEffect, StateField, type Extension, type Text } from "@codemirror/state";
import type { Finding } from "../../protocol";
import { textChanges } from "../diff";
import { editorHost } from "../host";
import { findingsIn, mend, tell, type Shown } from "./diagnostics";
import { isAboutScripts, safeEdits } from "./ruff";

// A fix may make room for another: an import that only unused code used.
const MOST_ROUNDS = 10;

const offer = StateEffect.define<readonly Shown[]>();

/// What is offered: it goes with the next edit or movement.
const offered = StateField.define<readonly Shown[]>({
  create: () => [],
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(offer)) return effect.value;
    return value.length && (tr.docChanged || tr.selection) ? [] : value;
  },
  provide: field =>
    showTooltip.from(field, shown =>
      shown.length
        ? { pos: shown[0]!.from, above: false, create: view => menu(view, shown) }
        : null,
    ),
});

/// The extension that shows the menu.
export const quickFixes: Extension = [
  offered,
  EditorView.theme({
    ".rdit-fixes": { display: "flex", flexDirection: "column", padding: "4px" },
    ".rdit-fixes button": {
      padding: "3px 10px",
      border: "0",
      borderRadius: "3px",
      background: "none",
      color: "inherit",
      font: "inherit",
      textAlign: "left",
      cursor: "pointer",
    },
    ".rdit-fixes button:is(:hover, :focus-visible)": {
      background: "var(--jp-layout-color2, Highlight)",
      outline: "none",
    },
  }),
];

/// Offers what mends the findings at the caret, else those of its line: a menu for the keyboard.
/// The only one that is safe is made at once.
export const quickFix: Command = view => {
  const { state } = view;
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  const canMend = (from: number, to: number) =>
    findingsIn(state, from, to).filter(({ finding }) => finding?.fix);
  const here = canMend(head, head);
  const shown = here.length ? here : canMend(line.from, line.to);
  if (!shown.length) return tell(view, "There is no quick fix on this line.");
  const [only] = shown;
  if (shown.length === 1 && only!.finding!.fix!.isSafe) return mend(view, only!, only!.from);
  view.dispatch({ effects: [offer.of(shown), closeHoverTooltips] });
  return true;
};

/// Makes all safe fixes in one step that undo takes back whole.
export const fixAll: Command = view => {
  void mendAll(view);
  return true;
};

async function mendAll(view: EditorView): Promise<void> {
  const { state } = view;
  if (state.readOnly) return void tell(view, "This script is read-only.", "warning");
  try {
    const ruff = await state.facet(editorHost)?.ruff?.();
    if (!ruff) return void tell(view, "There is no ruff here, which has the fixes.", "warning");
    let doc: Text = state.doc;
    let count = 0;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const { findings } = await ruff.lint(doc.toString());
      const { edits, fixes } = safeEdits(doc, wanted(doc, findings));
      if (!fixes) break;
      count += fixes;
      doc = ChangeSet.of(edits, doc.length).apply(doc);
    }
    if (view.state.doc !== state.doc)
      return void tell(view, "The text has changed meanwhile: nothing was mended.");
    if (!count) return void tell(view, "There is nothing that can be mended safely.");
    view.dispatch({
      changes: textChanges(state.doc.toString(), doc.toString()),
      userEvent: "input.fix",
    });
    tell(view, count === 1 ? "One finding is mended." : `${count} findings are mended.`);
  } catch (error) {
    tell(view, error instanceof Error ? error.message : String(error), "warning");
  }
}

const wanted = (doc: Text, findings: readonly Finding[]) =>
  findings.filter(finding => isAboutScripts(doc, finding));

/// A menu that takes the focus as it comes.
function menu(view: EditorView, shown: readonly Shown[]): TooltipView {
  const dom = document.createElement("div");
  dom.className = "rdit-fixes";
  dom.setAttribute("role", "menu");
  dom.setAttribute("aria-label", "Quick fixes");
  for (const one of shown) {
    const { title, isSafe } = one.finding!.fix!;
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "menuitem");
    button.textContent = isSafe ? title : `${title} (may change what it does)`;
    button.onclick = () => {
      view.dispatch({ effects: offer.of([]) });
      mend(view, one, one.from);
    };
    dom.append(button);
  }
  dom.onkeydown = event => {
    const buttons = [...dom.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) buttons[(at + step + buttons.length) % buttons.length]!.focus();
    else if (event.key === "Escape") {
      view.dispatch({ effects: offer.of([]) });
      view.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // JupyterLab has tooltips outside of the editor, and they get their place a frame later.
  return { dom, mount: () => requestAnimationFrame(() => dom.querySelector("button")?.focus()) };
}
