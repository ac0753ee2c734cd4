// A panel below the code that lists lines, to go to: those that have a name, the slowest statements.

import { EditorSelection } from "@codemirror/state";
import { EditorView, type Panel } from "@codemirror/view";

/// A line of the list. `ranges`: places in it, which are marked; the first is selected by a click.
export interface ListedLine {
  readonly line: number;
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
  /// Beside the code.
  readonly note?: string;
}

export interface LineList {
  readonly title: string;
  readonly lines: readonly ListedLine[];
}

/// The panel. `read` gives what it lists, null while it closes; `isOther` whether that has changed with an
/// update; `close` closes it. `id`: of the attribute `data-panel`.
export function lineListPanel(
  view: EditorView,
  id: string,
  label: string,
  read: (view: EditorView) => LineList | null,
  isOther: NonNullable<Panel["update"]> extends (update: infer Update) => void
    ? (update: Update) => boolean
    : never,
  close: (view: EditorView) => void,
): Panel {
  const leave = () => {
    close(view);
    view.focus();
  };
  const dom = document.createElement("section");
  dom.className = "rdit-line-list";
  dom.dataset.panel = id;
  dom.setAttribute("aria-label", label);
  const head = document.createElement("div");
  head.className = "rdit-line-list-head";
  const title = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Close";
  button.addEventListener("click", leave);
  head.append(title, button);
  const list = document.createElement("ol");
  dom.append(head, list);
  dom.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") leave();
    else if (step) focusNext(list, step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  let shown = "";
  const show = () => {
    const found = read(view);
    // What is the same keeps its elements, and the focus, or the press of a button, that is in one.
    if (!found) return;
    const texts = found.lines.map(line => [line, view.state.doc.line(line.line).text]);
    const now = JSON.stringify([found.title, texts]);
    if (now === shown) return;
    shown = now;
    const buttons = [...list.querySelectorAll("button")];
    const focused = buttons.findIndex(button => button === document.activeElement);
    title.textContent = found.title;
    list.replaceChildren(...found.lines.map(line => item(view, line)));
    if (focused >= 0) list.querySelectorAll("button")[focused]?.focus();
  };
  show();
  return {
    dom,
    update: update => {
      if (isOther(update)) show();
    },
  };
}

/// Focuses the first line of the list that is open.
export function focusList(view: EditorView, id: string): void {
  view.dom.querySelector<HTMLElement>(`[data-panel="${id}"] li button`)?.focus();
}

function item(view: EditorView, { line: number, ranges, note }: ListedLine): HTMLElement {
  const line = view.state.doc.line(number);
  const entry = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.line = String(number);
  const where = document.createElement("span");
  where.className = "rdit-line-list-line";
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
  if (note) {
    const aside = document.createElement("span");
    aside.className = "rdit-line-list-note";
    aside.textContent = note;
    button.append(aside);
  }
  button.addEventListener("click", () => {
    const { from, to } = ranges[0] ?? { from: line.from, to: line.from };
    view.dispatch({
      selection: EditorSelection.single(from, to),
      effects: EditorView.scrollIntoView(from, { y: "center" }),
      userEvent: "select",
    });
    view.focus();
  });
  entry.append(button);
  return entry;
}

function focusNext(list: HTMLElement, step: number): void {
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus();
}
