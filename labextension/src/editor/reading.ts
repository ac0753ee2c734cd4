// The reading view: the results without the code, in one column. They have elements of their own, made
// when they come near the window, or all of them for print; the editor's stay where they are.

import { Compartment, StateEffect, type Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { ResultView, type Shown } from "../results/render";
import { foldsField, resultsFolded } from "./folds";
import { goneRuns } from "./gone";
import { contextOf, resultsElsewhere } from "./layout";
import { hasEmptyFrames, printers, type Printer } from "./print";
import { answeredElsewhere } from "./question";
import { elementsElsewhere, type ResultElements } from "./result_elements";
import { resultMenu } from "./result_menu";
import { geometryField, heightOf } from "./spacers";
import { shownResults } from "./shown_results";
import { staleField } from "./stale";
import { statementsField } from "./statements";

/// How far outside of the window results are made.
const margin = "800px";

interface Item {
  readonly id: number;
  /// Stands in for the result until it is made.
  readonly place: HTMLElement;
  shown: Shown;
  view: ResultView | null;
}

class Reader implements Printer {
  readonly dom = document.createElement("div");
  private readonly column = document.createElement("div");
  private readonly empty = document.createElement("p");
  private readonly items = new Map<number, Item>();
  private readonly byPlace = new Map<Element, Item>();
  private readonly seen: IntersectionObserver;
  private readonly resizes: ResizeObserver;
  readonly make = () => {
    for (const item of this.items.values()) this.show(item);
  };

  constructor(private readonly view: EditorView) {
    this.dom.className = "rdit-reading-view rdit-results";
    this.dom.tabIndex = 0;
    this.dom.setAttribute("role", "region");
    this.dom.setAttribute("aria-label", "Results without the code");
    // Stops JupyterLab (Lumino) from handling keys typed here as shortcuts.
    this.dom.dataset.lmSuppressShortcuts = "true";
    this.dom.addEventListener("keydown", event => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      toggle(view);
    });
    const leave = document.createElement("button");
    leave.type = "button";
    leave.className = "rdit-quiet-button rdit-reading-leave";
    leave.dataset.command = "rdit:reading-view";
    leave.textContent = "Back to the code";
    leave.title = "Escape";
    leave.addEventListener("click", () => toggle(view));
    this.column.className = "rdit-reading-column";
    this.empty.className = "rdit-line";
    this.empty.textContent = "There are no results yet. Run the script, and they stand here.";
    this.dom.append(leave, this.empty, this.column);
    view.dom.append(this.dom);
    this.seen = new IntersectionObserver(
      entries => {
        for (const { isIntersecting, target } of entries) {
          const item = isIntersecting && this.byPlace.get(target);
          if (item) this.show(item);
        }
      },
      { root: this.dom, rootMargin: margin },
    );
    // What scrolls sideways is marked as soon as it has a size.
    this.resizes = new ResizeObserver(entries => {
      for (const { target } of entries)
        this.byPlace.get(target.closest(".rdit-reading-item")!)?.view?.settle();
    });
    window.addEventListener("beforeprint", this.make);
    this.list();
    this.goTo(view.state.selection.main.head);
    this.dom.focus({ preventScroll: true });
  }

  get isLoading(): boolean {
    return [...this.items.values()].some(({ view }) => view?.isLoading) || hasEmptyFrames(this.dom);
  }

  update({ state, startState, docChanged }: ViewUpdate): void {
    if (
      docChanged ||
      state.field(statementsField) !== startState.field(statementsField) ||
      state.field(foldsField) !== startState.field(foldsField) ||
      state.field(staleField) !== startState.field(staleField) ||
      state.field(goneRuns) !== startState.field(goneRuns)
    )
      this.list();
  }

  destroy(): void {
    window.removeEventListener("beforeprint", this.make);
    this.seen.disconnect();
    this.resizes.disconnect();
    for (const { view } of this.items.values()) view?.destroy();
    this.dom.remove();
    // When the code is in view again
    queueMicrotask(() => this.view.focus());
  }

  private list(): void {
    const { state } = this.view;
    const geometry = state.field(geometryField);
    const wanted = shownResults(state);
    // What leaves goes first: else all that follows it would move, and frames that move load anew.
    const stays = new Set(wanted.map(({ anchor }) => anchor.id));
    for (const item of [...this.items.values()]) if (!stays.has(item.id)) this.drop(item);
    let next = this.column.firstElementChild;
    for (const { anchor, shown } of wanted) {
      const { id } = anchor;
      let item = this.items.get(id);
      if (!item) {
        item = { id, place: document.createElement("div"), shown, view: null };
        item.place.className = "rdit-reading-item";
        item.place.style.minHeight = `${heightOf(geometry, anchor)}px`;
        this.items.set(id, item);
        this.byPlace.set(item.place, item);
      }
      item.shown = shown;
      item.view?.update(shown);
      if (item.place === next) next = next.nextElementSibling;
      else {
        this.column.insertBefore(item.place, next);
        this.seen.observe(item.place);
      }
    }
    this.empty.hidden = this.items.size > 0;
  }

  private show(item: Item): void {
    if (item.view) return;
    this.seen.unobserve(item.place);
    const { id } = item;
    const context = contextOf(this.view);
    item.view = new ResultView(
      {
        ...context,
        // The code, which has the focus after an answer, cannot have it here.
        answerInput: text => {
          context.answerInput(text);
          this.dom.focus({ preventScroll: true });
        },
      },
      {
        fold: isFolded =>
          this.view.dispatch({ effects: resultsFolded.of({ ids: [id], isFolded }) }),
        expand: () => {},
        ...resultMenu(this.view, id),
      },
      dom => this.resizes.observe(dom),
    );
    item.view.update(item.shown);
    item.place.style.minHeight = "";
    item.place.append(item.view.dom);
    this.resizes.observe(item.view.dom);
  }

  /// Focuses the field of an open question.
  ask(id: number): void {
    const item = this.items.get(id);
    if (!item) return;
    this.show(item);
    item.view!.input?.focus({ preventScroll: true });
    item.place.scrollIntoView({ block: "nearest" });
  }

  /// Its results, for who looks for one of them.
  get elements(): ResultElements {
    return {
      scroller: this.dom,
      domOf: id => this.items.get(id)?.view?.dom ?? null,
      make: id => {
        const item = this.items.get(id);
        if (item) this.show(item);
        return item?.view ?? null;
      },
    };
  }

  private drop({ id, place, view }: Item): void {
    this.seen.unobserve(place);
    view?.destroy();
    place.remove();
    this.items.delete(id);
    this.byPlace.delete(place);
  }

  /// Begins at the result of this position, or the next one.
  private goTo(pos: number): void {
    const line = this.view.state.doc.lineAt(pos).number;
    if (line === 1) return;
    const here = [...this.items.values()].find(({ shown }) => shown.lineEnd >= line);
    here?.place.scrollIntoView({ block: "start" });
  }
}

const reader = ViewPlugin.fromClass(Reader);
const open: Extension = [
  reader,
  EditorView.editorAttributes.of({ class: "rdit-reading" }),
  resultsElsewhere.of(true),
  printers.of(view => view.plugin(reader)),
  elementsElsewhere.of(view => view.plugin(reader)?.elements ?? null),
  answeredElsewhere.of((view, id) => view.plugin(reader)?.ask(id)),
];
const place = new Compartment();

/// Opens the reading view, or closes it.
export function toggle(view: EditorView): void {
  const isOpen = Boolean(view.plugin(reader));
  const effects =
    place.get(view.state) === undefined
      ? StateEffect.appendConfig.of(place.of(open))
      : place.reconfigure(isOpen ? [] : open);
  view.dispatch({ effects });
}
