// The outline as a panel: filter, list and what the caret stands in. It knows the editor, and not where it
// stands itself: the host puts its element somewhere, passes on the editor's updates and removes it.

import { EditorSelection, type EditorState } from "@codemirror/state";
import { EditorView, type ViewUpdate } from "@codemirror/view";
import { itemAt, outlineOf, type OutlineItem, type OutlineKind } from "../editor/outline";
import { statusesIn } from "../editor/section_status";
import { staleField } from "../editor/stale";
import { statementsField } from "../editor/statements";

const PATIENCE_MS = 150;
const SIGNS: Record<OutlineKind, string> = {
  section: "§",
  heading: "#",
  class: "C",
  function: "ƒ",
  method: "m",
};
const STATUS_NAMES: Record<string, string> = {
  running: "running",
  queued: "waiting",
  error: "ended with an error",
  interrupted: "interrupted",
  cancelled: "did not run",
  stale: "stale",
  ok: "ran",
};

let count = 0;

export class OutlinePanel {
  readonly dom = document.createElement("nav");
  private readonly filter = document.createElement("input");
  private readonly list = document.createElement("ul");
  private readonly empty = document.createElement("p");
  private items: readonly OutlineItem[] = [];
  private shown: OutlineItem[] = [];
  // What Enter goes to: the caret's item, until an arrow or the filter chooses another.
  private active: OutlineItem | null = null;
  // Whether the list is of an older text, or of older results.
  private isStale = false;
  private isMoved = false;
  // Whether an arrow has chosen what is active.
  private isChosen = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /// `close`: removes the panel; `went`: the user has gone to an item.
  constructor(
    private readonly view: EditorView,
    private readonly close: () => void,
    private readonly went: () => void,
  ) {
    const id = `rdit-outline-${++count}`;
    this.dom.className = "rdit-outline";
    this.dom.dataset.panel = "outline";
    this.dom.setAttribute("aria-label", "Outline");
    const attributes: [Element, Record<string, string>][] = [
      [
        this.filter,
        {
          class: "rdit-outline-filter rdit-panel-filter",
          type: "text",
          role: "combobox",
          placeholder: "Outline",
          spellcheck: "false",
          autocomplete: "off",
          "aria-label": "Filter the outline",
          "aria-expanded": "true",
          "aria-autocomplete": "list",
          "aria-controls": id,
        },
      ],
      [this.list, { id, class: "rdit-outline-list", role: "listbox", "aria-label": "Outline" }],
      [this.empty, { class: "rdit-outline-empty", role: "status" }],
    ];
    for (const [element, values] of attributes)
      for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
    this.dom.append(this.filter, this.list, this.empty);
    this.filter.addEventListener("input", () => {
      this.isChosen = false;
      this.show(true);
    });
    this.dom.addEventListener("keydown", event => this.onKey(event));
    // The focus stays in the filter.
    this.list.addEventListener("mousedown", event => event.preventDefault());
    this.list.addEventListener("click", event => {
      const row = (event.target as Element).closest<HTMLElement>("[data-index]");
      if (row) this.go(this.shown[Number(row.dataset.index)]!);
    });
    this.read();
  }

  /// The editor's update.
  update({ docChanged, selectionSet, startState, state }: ViewUpdate) {
    const isRun =
      state.field(statementsField, false) !== startState.field(statementsField, false) ||
      state.field(staleField, false) !== startState.field(staleField, false);
    if (!docChanged && !selectionSet && !isRun) return;
    this.isMoved ||= selectionSet && !docChanged;
    this.isStale ||= docChanged || isRun;
    // Not put off by what follows: a run may write all the time.
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.isMoved) this.isChosen = false;
      this.isMoved = false;
      if (this.isStale) this.read();
      else this.follow();
    }, PATIENCE_MS);
  }

  focus() {
    this.filter.select();
    this.filter.focus();
  }

  destroy() {
    clearTimeout(this.timer);
    this.dom.remove();
  }

  private get state(): EditorState {
    return this.view.state;
  }

  private read() {
    this.isStale = false;
    this.items = outlineOf(this.state);
    this.show(false);
  }

  /// Shows the items that have the filter's words. `isFiltered`: the filter has changed.
  private show(isFiltered: boolean) {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    this.shown = this.items.filter(({ text }) =>
      words.every(word => text.toLowerCase().includes(word)),
    );
    const statuses = statusesIn(this.state, this.shown);
    const least = Math.min(...this.shown.map(({ level }) => level));
    this.list.replaceChildren(
      ...this.shown.map((item, index) => this.row(item, index, least, statuses.get(item))),
    );
    this.empty.textContent = this.shown.length
      ? ""
      : words.length
        ? "Nothing with these words."
        : "Sections (# %%), headings, functions and classes of this script stand here.";
    if (isFiltered && words.length) this.choose(this.shown[0] ?? null);
    else this.follow();
  }

  /// The item of the list that is shown now which is one of before.
  private again({ kind, text, from }: OutlineItem): OutlineItem | null {
    const same = this.shown.filter(item => item.kind === kind && item.text === text);
    const distance = (item: OutlineItem) => Math.abs(item.from - from);
    return same.sort((a, b) => distance(a) - distance(b))[0] ?? null;
  }

  private row(item: OutlineItem, index: number, least: number, status: string | undefined) {
    const row = document.createElement("li");
    row.id = `${this.list.id}-${index}`;
    row.className = "rdit-outline-item";
    row.setAttribute("role", "option");
    row.dataset.index = String(index);
    row.dataset.kind = item.kind;
    row.dataset.line = String(this.state.doc.lineAt(item.from).number);
    row.style.setProperty("--rdit-depth", String(item.level - least));
    const sign = document.createElement("span");
    sign.className = "rdit-outline-sign";
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = SIGNS[item.kind];
    const text = document.createElement("span");
    text.className = "rdit-outline-text";
    text.textContent = item.text;
    row.append(sign, text);
    if (status) {
      row.dataset.status = status;
      const mark = document.createElement("span");
      mark.className = "rdit-outline-status";
      mark.title = STATUS_NAMES[status] ?? status;
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", mark.title);
      row.append(mark);
    }
    return row;
  }

  /// Marks what the caret stands in; Enter goes there too.
  private follow() {
    const here = itemAt(this.shown, this.state.selection.main.head);
    for (const row of this.list.children)
      row.toggleAttribute(
        "data-here",
        this.shown[Number((row as HTMLElement).dataset.index)] === here,
      );
    const chosen = this.isChosen && this.active ? this.again(this.active) : null;
    this.choose(chosen ?? here ?? this.shown[0] ?? null);
  }

  private choose(item: OutlineItem | null) {
    this.active = item;
    this.filter.removeAttribute("aria-activedescendant");
    for (const row of this.list.children) {
      const isActive = this.shown[Number((row as HTMLElement).dataset.index)] === item;
      row.setAttribute("aria-selected", String(isActive));
      if (!isActive) continue;
      this.filter.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    }
  }

  private move(by: number) {
    this.isChosen = true;
    const at = this.active ? this.shown.indexOf(this.active) : -1;
    const next = Math.max(0, Math.min(this.shown.length - 1, at + by));
    this.choose(this.shown[next] ?? null);
  }

  private onKey(event: KeyboardEvent) {
    const { key } = event;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 10,
      PageUp: -10,
    };
    if (steps[key]) this.move(steps[key]);
    else if (key === "Enter" && this.active) this.go(this.active);
    else if (key === "Escape" && this.filter.value) {
      this.filter.value = "";
      this.show(true);
    } else if (key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private go(item: OutlineItem) {
    // Of the text as it is now, in which it may be gone.
    if (this.isStale) this.read();
    const now = this.again(item);
    if (!now) return;
    goToItem(this.view, now);
    this.went();
  }
}

/// Puts the caret on an item, near the upper edge.
export function goToItem(view: EditorView, { from }: OutlineItem) {
  view.dispatch({
    selection: EditorSelection.cursor(from),
    effects: EditorView.scrollIntoView(from, { y: "start", yMargin: 80 }),
  });
  view.focus();
}
