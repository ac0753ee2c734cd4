// Find references: a panel below the code with the lines that have the name, those places marked in the
// text. Of an attribute whose owner the text does not tell all of that name are listed, and it says so.

import { EditorSelection, StateEffect, StateField, type Extension } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  showPanel,
  type DecorationSet,
  type Panel,
} from "@codemirror/view";
import { editorHost, writingCommands } from "../host";
import type { Range } from "./names";
import { wholeScript } from "./names_of_state";
import { placesOf } from "./occurrences";

const PATIENCE_MS = 500;
const MOST_LINES = 500;

interface Found {
  readonly name: string;
  readonly ranges: readonly Range[];
  readonly isByName: boolean;
}

const find = StateEffect.define<Found | null>();

const found = StateField.define<Found | null>({
  create: () => null,
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(find)) return effect.value;
    if (!value || !tr.docChanged) return value;
    // Places move with the text; what is gone is left out.
    const ranges = value.ranges
      .map(({ from, to }) => ({
        from: tr.changes.mapPos(from, 1),
        to: tr.changes.mapPos(to, -1),
      }))
      .filter(({ from, to }) => to > from && tr.newDoc.sliceString(from, to) === value.name);
    return ranges.length ? { ...value, ranges } : null;
  },
  provide: field => [
    showPanel.from(field, value => value && panel),
    EditorView.decorations.from(field, marks),
  ],
});

const mark = Decoration.mark({ class: "rdit-reference" });

function marks(value: Found | null): DecorationSet {
  return Decoration.set((value?.ranges ?? []).map(({ from, to }) => mark.range(from, to)));
}

const panel = (view: EditorView): Panel => {
  const dom = document.createElement("section");
  dom.className = "rdit-references";
  dom.dataset.panel = "references";
  dom.setAttribute("aria-label", "References");
  const head = document.createElement("div");
  head.className = "rdit-references-head";
  const title = document.createElement("span");
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => leave(view));
  head.append(title, close);
  const list = document.createElement("ol");
  dom.append(head, list);
  dom.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") leave(view);
    else if (step) focusNext(list, step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const show = () => {
    const value = view.state.field(found);
    if (!value) return;
    const { doc } = view.state;
    const lines = new Map<number, Range[]>();
    for (const range of value.ranges.slice(0, MOST_LINES)) {
      const { number } = doc.lineAt(range.from);
      lines.set(number, [...(lines.get(number) ?? []), range]);
    }
    const { length } = value.ranges;
    const places = length === 1 ? "1 place" : `${length} places`;
    const how = value.isByName ? ", by the name alone" : "";
    const rest = length > MOST_LINES ? `, the first ${MOST_LINES} listed` : "";
    title.textContent = `${value.name}: ${places} in ${lines.size === 1 ? "1 line" : `${lines.size} lines`}${how}${rest}`;
    list.replaceChildren(...[...lines].map(([number, ranges]) => item(view, number, ranges)));
  };
  show();
  return {
    dom,
    update: update => {
      if (update.startState.field(found) !== update.state.field(found)) show();
    },
  };
};

function item(view: EditorView, number: number, ranges: readonly Range[]): HTMLElement {
  const line = view.state.doc.line(number);
  const entry = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.line = String(number);
  const where = document.createElement("span");
  where.className = "rdit-references-line";
  where.textContent = String(number);
  const code = document.createElement("code");
  let at = line.from + (line.text.length - line.text.trimStart().length);
  for (const { from, to } of ranges) {
    const name = document.createElement("b");
    name.textContent = view.state.sliceDoc(from, to);
    code.append(view.state.sliceDoc(at, from), name);
    at = to;
  }
  code.append(view.state.sliceDoc(at, line.to));
  button.append(where, code);
  button.addEventListener("click", () => {
    const { from, to } = ranges[0]!;
    view.dispatch({
      selection: EditorSelection.single(from, to),
      effects: EditorView.scrollIntoView(from, { y: "center" }),
      userEvent: "select.reference",
    });
    view.focus();
  });
  entry.append(button);
  return entry;
}

function focusNext(list: HTMLElement, step: number) {
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus();
}

function leave(view: EditorView) {
  view.dispatch({ effects: find.of(null) });
  view.focus();
}

function show(view: EditorView): boolean {
  const { state } = view;
  const say = (text: string) => state.facet(editorHost)?.say?.(text);
  const pos = state.selection.main.head;
  const script = wholeScript(state, PATIENCE_MS);
  if (!script) return (say("The script was not read in time: try again."), true);
  const places = placesOf(script, state.doc, pos);
  if (!places) return (say("There is no name at the cursor."), true);
  const { name, ranges, doubtful, binding, type } = places;
  const isByName = !binding && !type;
  const all = [...ranges, ...doubtful].sort((a, b) => a.from - b.from);
  view.dispatch({ effects: find.of({ name, ranges: all, isByName }) });
  view.dom.querySelector<HTMLElement>('[data-panel="references"] li button')?.focus();
  return true;
}

/// The extension.
export const references = (): Extension => [found, writingCommands.of({ "rdit:references": show })];
