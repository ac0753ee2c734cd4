// Rename in the file: an input at the name, and all of its places in one transaction. Strings and comments
// stay as they are.

import { language } from "@codemirror/language";
import { StateEffect, StateField, type Extension } from "@codemirror/state";
import { EditorView, showTooltip, type Tooltip } from "@codemirror/view";
import { editorHost, writingCommands } from "../host";
import { expressionAt } from "./ask";
import { wholeScript } from "./names_of_state";
import { refusal, renamePlan } from "./rename_plan";

const PATIENCE_MS = 500;

interface Asking {
  readonly from: number;
  readonly to: number;
}

const ask = StateEffect.define<Asking | null>();

const asking = StateField.define<Asking | null>({
  create: () => null,
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(ask)) return effect.value;
    return tr.docChanged || tr.selection ? null : value;
  },
  provide: field => showTooltip.from(field, value => value && box(value)),
});

function box({ from, to }: Asking): Tooltip {
  return {
    pos: from,
    above: false,
    create: view => {
      const dom = document.createElement("form");
      dom.className = "rdit-card rdit-rename";
      const input = document.createElement("input");
      input.value = view.state.sliceDoc(from, to);
      input.setAttribute("aria-label", `New name for ${input.value}`);
      input.spellcheck = false;
      input.autocomplete = "off";
      input.size = Math.max(16, input.value.length + 4);
      const said = document.createElement("div");
      said.className = "rdit-rename-said";
      said.setAttribute("role", "alert");
      const hint = document.createElement("div");
      hint.className = "rdit-rename-hint";
      hint.textContent = "Enter renames, Escape leaves";
      dom.append(input, said, hint);
      const leave = () => {
        view.dispatch({ effects: ask.of(null) });
        view.focus();
      };
      dom.addEventListener("submit", event => {
        event.preventDefault();
        const error = rename(view, from, input.value.trim());
        said.textContent = error ?? "";
        if (!error) leave();
      });
      // The editor's own keys are not for what is typed here.
      dom.addEventListener("keydown", event => {
        event.stopPropagation();
        if (event.key !== "Escape") return;
        event.preventDefault();
        leave();
      });
      input.addEventListener("input", () => (said.textContent = ""));
      input.addEventListener("blur", () => {
        if (view.state.field(asking, false)) view.dispatch({ effects: ask.of(null) });
      });
      const mount = () => {
        input.focus();
        input.select();
      };
      return { dom, mount };
    },
  };
}

/// Renames what stands at `pos`; returns why it did not.
function rename(view: EditorView, pos: number, to: string): string | null {
  const { state } = view;
  const script = wholeScript(state, PATIENCE_MS);
  const parser = state.facet(language)?.parser;
  if (!script || !parser) return "The script was not read in time: try again.";
  const plan = renamePlan(script, state.doc, pos, to, text => parser.parse(text));
  if (typeof plan === "string") return plan;
  if (!plan.count) return null;
  const places = plan.count === 1 ? "1 place" : `${plan.count} places`;
  view.dispatch({
    changes: plan.changes,
    userEvent: "input.rename",
    scrollIntoView: true,
    effects: EditorView.announce.of(`Renamed to ${to} in ${places}`),
  });
  return null;
}

function start(view: EditorView): boolean {
  const { state } = view;
  const say = (text: string) => state.facet(editorHost)?.say?.(text);
  if (state.readOnly) return (say("This script is read-only."), true);
  const pos = state.selection.main.head;
  const script = wholeScript(state, PATIENCE_MS);
  if (!script) return (say("The script was not read in time: try again."), true);
  const refused = refusal(script, state.doc, pos);
  const keyword = script.names.keywords.find(({ from, to }) => from <= pos && pos <= to);
  const name = keyword ?? expressionAt(script.tree, pos)?.name;
  if (refused || !name) return (say(refused ?? "There is no name at the cursor."), true);
  view.dispatch({ effects: ask.of({ from: name.from, to: name.to }) });
  return true;
}

/// The extension.
export const renaming = (): Extension => [asking, writingCommands.of({ "rdit:rename": start })];
