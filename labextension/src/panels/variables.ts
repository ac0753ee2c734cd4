// The variables of a script as a panel: a tree of names and of what their values hold. It knows the
// editor, and not where it stands itself: the host puts its element somewhere, and removes it.
//
// The kernel keeps no list for it: each question is for the rows in view and those next to them, after
// a run, a scroll or an opened row. Only these have elements, which are kept from answer to answer.

import { Compartment, EditorSelection, StateEffect, type EditorState } from "@codemirror/state";
import { EditorView, type ViewUpdate } from "@codemirror/view";
import { newRunId } from "../editor/sending";
import { editorHost, hostChanged } from "../editor/host";
import { keyOf } from "../editor/stale";
import { eventsArrived, runningStatement, statementsField } from "../editor/statements";
import type { Variable } from "../protocol";
import { Asker } from "./asker";
import { h, setText } from "./dom";
import { Inspector } from "./inspector";
import { WatchSection } from "./watch";
import {
  bytesText,
  ROW_HEIGHT,
  VariablesModel,
  Window,
  type Kind,
  type Sort,
} from "./variables_model";

// After a run, and while it goes on.
const SETTLE_MS = 60;
const DURING_MS = 600;

const COLUMNS: readonly { title: string; name: string; sort?: Sort }[] = [
  { title: "Name", name: "name", sort: "name" },
  { title: "Type", name: "type", sort: "type" },
  { title: "Size", name: "size", sort: "size" },
  { title: "Memory", name: "bytes", sort: "bytes" },
  { title: "Value", name: "value" },
  { title: "Line", name: "line" },
];
const KINDS: readonly { kind: Kind; sign: string; title: string }[] = [
  { kind: "functions", sign: "ƒ", title: "Functions and classes" },
  { kind: "modules", sign: "M", title: "Modules" },
  { kind: "private", sign: "_", title: "Names that begin with _" },
];

const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*$/u;

let count = 0;

export interface VariablesHost {
  /// Removes the panel; absent where the host has a button of its own.
  close?(): void;
  /// The user has gone to a line.
  went?(): void;
  /// Translates. Default: as it is.
  translate?(text: string): string;
}

/// One panel for one editor at a time. Long, as rows, keys and questions share what is in view.
export class VariablesPanel {
  readonly dom: HTMLElement;
  readonly model = new VariablesModel();
  private readonly id = `rdit-variables-${++count}`;
  private readonly filter: HTMLInputElement;
  private readonly grid: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly room = h("div", { class: "rdit-variables-room", role: "presentation" });
  private readonly line = h("p", { class: "rdit-variables-line", role: "status" });
  private readonly inspector: Inspector;
  private readonly watch: WatchSection;
  private readonly heads = new Map<Sort, HTMLElement>();
  private readonly elements: HTMLElement[] = [];
  private readonly listener = new Compartment();
  private readonly sizes = new ResizeObserver(() => this.onMoved());
  private readonly asker: Asker = new Asker(
    () => this.askRows(),
    () => this.isSeen,
  );
  private view: EditorView | null = null;
  // Of the last question; null: none was asked yet.
  private hasAnswer: boolean | null = null;
  private frame = 0;
  // The name that Delete was pressed on: pressed again, it deletes that.
  private doomed = "";

  constructor(private readonly host: VariablesHost = {}) {
    const t = (text: string) => this.say(text);
    const isSeen = () => this.isSeen;
    this.inspector = new Inspector(t("At the cursor"), isSeen);
    this.watch = new WatchSection(t, isSeen);
    this.filter = h("input", {
      class: "rdit-variables-filter rdit-panel-filter",
      type: "text",
      placeholder: t("Variables"),
      spellcheck: "false",
      autocomplete: "off",
      "aria-label": t("Filter by name or type"),
      "aria-controls": this.id,
      oninput: () => this.onFilter(),
    });
    const kinds = KINDS.map(({ kind, sign, title }) =>
      h(
        "button",
        {
          class: "rdit-variables-kind",
          type: "button",
          title: t(title),
          "aria-label": t(title),
          "aria-pressed": "false",
          "data-kind": kind,
          onclick: event => this.onKind(kind, event.currentTarget as HTMLElement),
        },
        sign,
      ),
    );
    const close =
      host.close &&
      h(
        "button",
        {
          class: "rdit-variables-kind rdit-variables-close",
          type: "button",
          title: t("Close"),
          "aria-label": t("Close"),
          onclick: () => host.close!(),
        },
        "×",
      );
    const head = h(
      "div",
      { class: "rdit-variables-row rdit-variables-head", role: "row", "aria-rowindex": 1 },
      ...COLUMNS.map(column => this.head(column)),
    );
    this.scroller = h(
      "div",
      { class: "rdit-variables-scroll", role: "presentation", onscroll: () => this.onMoved() },
      this.room,
    );
    this.grid = h(
      "div",
      {
        id: this.id,
        class: "rdit-variables-grid",
        role: "treegrid",
        tabindex: 0,
        "aria-label": t("Variables"),
      },
      head,
      this.scroller,
    );
    this.dom = h(
      "section",
      { class: "rdit-variables", "data-panel": "variables", "aria-label": t("Variables") },
      h("div", { class: "rdit-variables-bar" }, this.filter, ...kinds, close),
      this.watch.dom,
      this.grid,
      this.line,
      this.inspector.dom,
    );
    this.dom.addEventListener("keydown", event => this.onKey(event));
    this.room.addEventListener("click", event => this.onClick(event));
    this.room.addEventListener("dblclick", event => this.onDoubleClick(event));
    this.sizes.observe(this.scroller);
  }

  /// Shows the variables of the script in this editor, and follows its runs; null: of none.
  attach(view: EditorView | null) {
    if (view === this.view) return;
    this.view?.dispatch({ effects: this.listener.reconfigure([]) });
    this.view = view;
    if (view) this.follow(view);
    this.hasAnswer = null;
    this.model.clear();
    this.inspector.attach(view);
    this.watch.attach(view);
    this.show();
    this.asker.now();
  }

  focus() {
    this.filter.select();
    this.filter.focus();
    this.refresh();
  }

  /// The panel is seen, or the values may be others.
  refresh() {
    this.asker.soon(SETTLE_MS);
    this.watch.refresh();
    this.inspector.look();
  }

  /// Watches what is selected in this state of the editor, or the name at the cursor.
  watchSelection(state: EditorState) {
    this.refresh();
    if (this.view) this.watch.addFrom(state);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.asker.destroy();
    this.watch.destroy();
    this.inspector.destroy();
    this.sizes.disconnect();
    this.attachNone();
    this.dom.remove();
  }

  private attachNone() {
    // Not while the editor itself goes.
    const { view } = this;
    this.view = null;
    if (view?.dom.isConnected) view.dispatch({ effects: this.listener.reconfigure([]) });
  }

  /// An editor that this had before has the listener's place in its configuration.
  private follow(view: EditorView) {
    const listener = EditorView.updateListener.of(update => this.onUpdate(update));
    const effect = this.listener.get(view.state)
      ? this.listener.reconfigure(listener)
      : StateEffect.appendConfig.of(this.listener.of(listener));
    view.dispatch({ effects: effect });
  }

  private get isSeen(): boolean {
    return this.dom.isConnected && this.scroller.offsetParent !== null;
  }

  private say(text: string): string {
    return this.host.translate?.(text) ?? text;
  }

  // -- what is asked ----------------------------------------------------------------------------------

  private onUpdate(update: ViewUpdate) {
    this.inspector.update(update);
    this.watch.update(update);
    if (update.docChanged) this.showLines();
    for (const { effects } of update.transactions)
      for (const effect of effects) {
        if (effect.is(hostChanged)) this.asker.soon(SETTLE_MS);
        if (!effect.is(eventsArrived)) continue;
        for (const event of effect.value.events)
          if (event.type === "done" || event.type === "session") {
            this.asker.soon(SETTLE_MS);
            this.inspector.look();
          } else if (event.type === "status" && event.elapsed != null) this.asker.soon(DURING_MS);
      }
  }

  /// The lines that bind names have moved with an edit.
  private showLines() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.show());
  }

  /// Other rows are in view: asks for them if they are not known.
  private onMoved() {
    this.show();
    const { first, count } = this.window;
    if (!this.model.covers(first, count)) this.asker.now();
  }

  private async askRows(): Promise<void> {
    const { view, model } = this;
    const host = view?.state.facet(editorHost);
    const { first, count } = this.window;
    const params = model.params(first, count);
    const answer = (await host?.query?.("variables", params)) ?? null;
    if (this.asker.isDestroyed) return;
    // Asked of another script meanwhile.
    if (view !== this.view) return this.asker.now();
    this.hasAnswer = answer !== null;
    if (answer) model.take(params, answer);
    this.show();
    // Scrolled meanwhile.
    if (answer && this.window.first !== first) this.onMoved();
  }

  private get window(): Window {
    return new Window(this.scroller.scrollTop, this.scroller.clientHeight, this.model.total);
  }

  // -- what is shown ----------------------------------------------------------------------------------

  private show() {
    const { model, window } = this;
    this.room.style.height = `${window.height}px`;
    const first = window.first;
    const end = Math.min(model.total, first + window.count);
    const lines = this.linesOf();
    for (let slot = 0; slot < Math.max(end - first, this.elements.length); slot++) {
      const index = first + slot;
      const element = (this.elements[slot] ??= this.make());
      element.hidden = index >= end;
      if (element.hidden) continue;
      element.style.transform = `translateY(${window.top(index)}px)`;
      this.fill(element, index, lines);
    }
    const { active } = model;
    const chosen = this.elements.find(
      ({ hidden, dataset }) => !hidden && dataset.index === String(active),
    );
    if (chosen) this.grid.setAttribute("aria-activedescendant", chosen.id);
    else this.grid.removeAttribute("aria-activedescendant");
    this.grid.setAttribute("aria-rowcount", String(model.total + 1));
    for (const [sort, element] of this.heads)
      element.setAttribute(
        "aria-sort",
        sort !== model.sort ? "none" : model.isDescending ? "descending" : "ascending",
      );
    setText(this.line, this.said());
  }

  /// What stands below the list: why there is nothing, or why it may be old.
  private said(): string {
    const { view, model } = this;
    if (!view) return this.say("Open a script with rdit to see its variables.");
    const host = view.state.facet(editorHost);
    const isRunning = runningStatement(view.state) !== null;
    if (this.doomed) return this.doomedSaid();
    if (this.hasAnswer === null) return "";
    if (!this.hasAnswer)
      return isRunning
        ? this.say("Python does not answer while it computes: this is asked again after the run.")
        : host?.waitsFor?.() || this.say("No Python to ask: run a statement.");
    if (model.total) return "";
    if (model.names)
      return model.words
        ? this.say("Nothing with these words.")
        : this.say("Only functions, classes, modules or private names.");
    return this.say("No variables yet: run a statement.");
  }

  private doomedSaid(): string {
    if (runningStatement(this.view!.state))
      return this.say("A statement runs: names are deleted between runs.");
    if (!IDENTIFIER.test(this.doomed)) return this.say("This is no name that `del` takes.");
    return `${this.doomed}: ${this.say("Delete once more deletes this name, Escape keeps it.")}`;
  }

  /// Asks, and at the second time deletes the name of a row, by a run of its own: as all runs do, it
  /// waits for its turn, and other viewers see it.
  private delete(row: Variable) {
    const { view } = this;
    if (!view || row.depth) return;
    const isSure = this.doomed === row.name && this.doomedSaid().includes(row.name);
    this.doomed = isSure ? "" : row.name;
    if (isSure)
      view.state.facet(editorHost)?.execute?.(newRunId(), `del ${row.name}  # in the variables`);
    this.show();
  }

  private head({ title, name, sort }: (typeof COLUMNS)[number]): HTMLElement {
    const text = this.say(title);
    const cell = h(
      "div",
      { class: "rdit-variables-cell", role: "columnheader", "data-column": name },
      sort
        ? h(
            "button",
            {
              type: "button",
              tabindex: -1,
              onclick: () => {
                this.model.sortBy(sort);
                this.asker.now();
              },
            },
            text,
          )
        : text,
    );
    if (sort) this.heads.set(sort, cell);
    return cell;
  }

  private make(): HTMLElement {
    const cells = COLUMNS.map(({ name }) =>
      h("div", { class: "rdit-variables-cell", role: "gridcell", "data-column": name }),
    );
    cells[0]!.append(
      h("span", { class: "rdit-variables-twisty", "aria-hidden": "true" }),
      h("span", { class: "rdit-variables-name" }),
    );
    const row = h("div", { class: "rdit-variables-row", role: "row" }, ...cells);
    row.id = `${this.id}-${this.elements.length}`;
    row.style.height = `${ROW_HEIGHT}px`;
    this.room.append(row);
    return row;
  }

  private fill(element: HTMLElement, index: number, lines: ReadonlyMap<string, number>) {
    const row = this.model.row(index);
    const { dataset } = element;
    dataset.index = String(index);
    element.setAttribute("aria-rowindex", String(index + 2));
    element.setAttribute("aria-selected", String(index === this.model.active));
    const depth = row?.depth ?? 0;
    element.setAttribute("aria-level", String(depth + 1));
    element.style.setProperty("--rdit-depth", String(depth));
    dataset.name = row?.name ?? "";
    if (row?.opens) element.setAttribute("aria-expanded", String(row.opened ?? false));
    else element.removeAttribute("aria-expanded");
    const { size = "", value = "" } = row ?? {};
    const line = row && !depth ? lines.get(row.name) : undefined;
    const texts = [row?.name ?? "", row?.type ?? "", size, bytesText(row?.bytes), value];
    const cells = [...element.children] as HTMLElement[];
    cells[0] = element.querySelector<HTMLElement>(".rdit-variables-name")!;
    texts.forEach((text, at) => {
      const cell = cells[at]!;
      setText(cell, text);
      if (cell.title !== text) cell.title = text;
    });
    setText(cells[5]!, line === undefined ? "" : String(line));
    cells[5]!.title = line === undefined ? "" : `${this.say("Bound last on line")} ${line}`;
  }

  /// By name, the line of the statement that bound it last.
  private linesOf(): Map<string, number> {
    const lines = new Map<string, number>();
    if (!this.view) return lines;
    const { doc } = this.view.state;
    for (const [name, from] of this.boundAt()) lines.set(name, doc.lineAt(from).number);
    return lines;
  }

  private boundAt(): Map<string, number> {
    const found = new Map<string, number>();
    const { results, anchors } = this.view!.state.field(statementsField, false) ?? {};
    if (!results || !anchors) return found;
    const { executions, epoch } = results.history;
    const ran = new Set(executions.map(keyOf));
    const places = new Map<string, number>();
    // Of statements that are to run again, by their text: what they bound stays bound until then.
    const waiting = new Map<string, number>();
    for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
      const key = keyOf(cursor.value);
      places.set(key, cursor.from);
      if (!ran.has(key)) waiting.set(cursor.value.source, cursor.from);
    }
    for (const execution of executions) {
      const { binds, source, epoch: its } = execution;
      if (its !== epoch) continue;
      const from = places.get(keyOf(execution)) ?? waiting.get(source);
      for (const name of binds)
        if (from === undefined) found.delete(name);
        else found.set(name, from);
    }
    return found;
  }

  // -- what the user does -----------------------------------------------------------------------------

  private onFilter() {
    this.doomed = "";
    this.model.words = this.filter.value.trim();
    this.scroller.scrollTop = 0;
    this.asker.now();
  }

  private onKind(kind: Kind, button: HTMLElement) {
    this.model.toggleKind(kind);
    button.setAttribute("aria-pressed", String(this.model.kinds.has(kind)));
    this.asker.now();
  }

  private indexOf(event: Event): number {
    const row = (event.target as Element).closest<HTMLElement>("[data-index]");
    return row ? Number(row.dataset.index) : -1;
  }

  private onClick(event: MouseEvent) {
    const index = this.indexOf(event);
    const row = this.model.row(index);
    if (!row) return;
    this.model.choose(index);
    const cell = (event.target as Element).closest<HTMLElement>("[data-column]");
    if (cell?.dataset.column === "line" && cell.textContent) return this.go(row);
    if (row.opens && cell?.dataset.column === "name") this.toggle(row);
    this.show();
  }

  private onDoubleClick(event: MouseEvent) {
    const row = this.model.row(this.indexOf(event));
    const column = (event.target as Element).closest<HTMLElement>("[data-column]")?.dataset.column;
    if (row && column !== "name") this.go(row);
  }

  private toggle(row: Variable, open?: boolean) {
    if (!this.model.toggle(row, open)) return;
    this.asker.now();
  }

  /// Goes to the statement that bound the row's name last.
  private go(row: Variable) {
    const { view } = this;
    const name = row.path?.[0]?.name ?? row.name;
    const from = view && this.boundAt().get(name);
    if (from === null || from === undefined) return;
    view!.dispatch({
      selection: EditorSelection.cursor(from),
      effects: EditorView.scrollIntoView(from, { y: "center" }),
    });
    view!.focus();
    this.host.went?.();
  }

  private move(to: number) {
    const { model, scroller } = this;
    model.choose(Math.max(0, Math.min(to, model.total - 1)));
    const { scrollTop, clientHeight } = scroller;
    const top = Window.scrollTo(model.active, scrollTop, clientHeight, model.total);
    if (top !== scrollTop) scroller.scrollTop = top;
    this.show();
  }

  private onKey(event: KeyboardEvent) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    if (this.doomed && event.key !== "Delete") {
      this.doomed = "";
      this.show();
      if (event.key === "Escape") return event.stopPropagation();
    }
    const isFilter = target === this.filter;
    const isHandled =
      event.key === "Escape"
        ? this.onEscape()
        : isFilter
          ? this.onFilterKey(event.key)
          : target === this.grid && this.onGridKey(event.key);
    if (!isHandled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private onEscape(): boolean {
    if (this.filter.value) {
      this.filter.value = "";
      this.onFilter();
      return true;
    }
    this.host.close?.();
    return Boolean(this.host.close);
  }

  private onFilterKey(key: string): boolean {
    if (key !== "ArrowDown" && key !== "Enter") return false;
    this.grid.focus();
    this.move(Math.max(0, this.model.active));
    return true;
  }

  private onGridKey(key: string): boolean {
    const { model } = this;
    const { active } = model;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 1);
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: model.total - 1,
    };
    if (key in steps) {
      if (key === "ArrowUp" && active <= 0) this.filter.focus();
      else this.move(steps[key]!);
      return true;
    }
    const row = model.row(active);
    if (!row) return false;
    if (key === "ArrowRight") {
      if (!row.opened) this.toggle(row, true);
      else this.move(active + 1);
    } else if (key === "ArrowLeft") {
      if (row.opened) this.toggle(row, false);
      else if (model.parent(active) >= 0) this.move(model.parent(active));
    } else if (key === "Enter") {
      if (row.opens) this.toggle(row);
      else this.go(row);
    } else if (key === "F12") this.go(row);
    else if (key === "Delete") this.delete(row);
    else return false;
    return true;
  }
}
