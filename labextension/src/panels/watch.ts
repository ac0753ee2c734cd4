// The watched expressions of a script, above its variables: each with its value as of the last run, or its
// error. They are evaluated by the kernel, between runs: after each, and when the panel opens.

import type { EditorState } from "@codemirror/state";
import type { EditorView, ViewUpdate } from "@codemirror/view";
import { expressionAt } from "../editor/language/ask";
import { editorHost, hostChanged } from "../editor/host";
import { eventsArrived, runningStatement } from "../editor/statements";
import { syntaxTree } from "../editor/syntax";
import type { Variable, Watched } from "../protocol";
import { Asker } from "./asker";
import { h } from "./dom";
import { MOST_EXPRESSION, MOST_WATCHED, readWatches, WatchModel } from "./watch_model";

// After a run.
const SETTLE_MS = 60;

export class WatchSection {
  readonly dom: HTMLElement;
  private model = new WatchModel();
  private view: EditorView | null = null;
  private readonly note = h("span", { class: "rdit-watch-note" });
  private readonly list = h("ul", { class: "rdit-watch-list" });
  private readonly field: HTMLInputElement;
  private readonly asker: Asker;
  // Whether the last question has had no answer: the kernel may have died of it, and that which takes its
  // place would too. Then none is asked before the user has run or changed something.
  private isUnanswered = false;
  private isRunning = false;

  constructor(
    private readonly say: (text: string) => string,
    isSeen: () => boolean,
  ) {
    this.asker = new Asker(() => this.ask(), isSeen);
    this.field = h("input", {
      class: "rdit-watch-field rdit-panel-filter",
      type: "text",
      placeholder: say("Watch an expression"),
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      maxlength: MOST_EXPRESSION,
      "aria-label": say("Watch an expression"),
      onkeydown: event => this.onFieldKey(event as KeyboardEvent),
    });
    const head = h("div", { class: "rdit-watch-head" }, h("span", {}, say("Watch")), this.note);
    this.dom = h(
      "section",
      { class: "rdit-watch", "aria-label": say("Watch") },
      head,
      this.list,
      this.field,
    );
    this.show();
  }

  /// Shows the expressions of the script in this editor; null: of none.
  attach(view: EditorView | null) {
    this.view = view;
    this.model = readWatches(recall(this.key));
    this.list.replaceChildren();
    this.isRunning = !!view && runningStatement(view.state) !== null;
    this.model.isOld = this.isRunning;
    this.isUnanswered = false;
    this.show();
    this.refresh();
  }

  destroy() {
    this.asker.destroy();
  }

  /// The panel is seen, or the values may be others.
  refresh() {
    if (this.model.expressions.length) this.asker.soon(SETTLE_MS);
  }

  update({ transactions }: ViewUpdate) {
    for (const { effects } of transactions)
      for (const effect of effects) {
        if (effect.is(hostChanged)) this.refresh();
        if (!effect.is(eventsArrived)) continue;
        for (const event of effect.value.events)
          if (event.type === "plan") this.hold();
          else if (event.type === "done") this.renew();
          else if (event.type === "session" && isFree(event.state)) this.refresh();
      }
  }

  /// Adds what is selected in a state of the editor, or the name at the cursor with what it is of: `a.b` for `b`. Goes
  /// to the field where there is neither.
  addFrom(state: EditorState) {
    const { main } = state.selection;
    const tree = syntaxTree(state);
    const found = main.empty ? tree && expressionAt(tree, main.head)?.expression : main;
    const text = found ? state.sliceDoc(found.from, found.to) : "";
    if (text.trim() && this.add(text)) return;
    this.field.focus();
  }

  private get key(): string {
    return this.view?.state.facet(editorHost)?.keptKey?.("watches") ?? "";
  }

  // -- what is asked ----------------------------------------------------------------------------------

  /// A run begins: the values are of before it.
  private hold() {
    this.isRunning = this.model.isOld = true;
    this.showOld();
  }

  private renew() {
    this.isRunning = this.isUnanswered = false;
    this.refresh();
  }

  private async ask() {
    const { view, model } = this;
    const host = view?.state.facet(editorHost);
    if (!model.expressions.length || this.isUnanswered) return;
    const isAsked = host?.capabilities?.().includes("evaluate") ?? false;
    const answer = (await host?.query?.("evaluate", model.params())) ?? null;
    if (this.asker.isDestroyed || model !== this.model) return;
    this.isUnanswered = isAsked && answer === null;
    if (!answer) model.isOld = true;
    if (answer && model.take(answer)) this.show();
    else this.showOld();
  }

  // -- what is shown ----------------------------------------------------------------------------------

  private show() {
    const { model } = this;
    const isFull = model.expressions.length >= MOST_WATCHED;
    this.dom.toggleAttribute("data-empty", !model.expressions.length);
    this.field.hidden = !this.view;
    this.field.disabled = isFull;
    this.field.title = isFull ? this.say("No more than 25 expressions are watched.") : "";
    const focused = this.list.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.focus
      : undefined;
    // While one is edited the others wait.
    if (this.list.querySelector("input")) return;
    this.list.replaceChildren(
      ...model.expressions.flatMap((expression, index) => this.rows(expression, index)),
    );
    if (focused)
      this.list.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
    this.showOld();
  }

  private showOld() {
    const { model } = this;
    const isOld = model.isOld && model.expressions.some(each => model.valueOf(each));
    this.dom.toggleAttribute("data-old", isOld);
    const words = this.isRunning ? "as of before this run" : "as of before";
    this.note.textContent = isOld ? this.say(words) : "";
  }

  private rows(expression: string, index: number): HTMLElement[] {
    const value = this.model.valueOf(expression);
    const [own, ...below] = value?.rows ?? [];
    const title = h(
      "button",
      {
        class: "rdit-watch-name",
        type: "button",
        "data-focus": `name ${index}`,
        title: `${expression}\n${this.say("Click to change it")}`,
        onclick: () => this.edit(index),
      },
      expression,
    );
    const remove = h(
      "button",
      {
        class: "rdit-watch-remove",
        type: "button",
        title: this.say("Remove"),
        "aria-label": `${this.say("Remove")} ${expression}`,
        onclick: () => this.remove(index),
      },
      "×",
    );
    const row = h(
      "li",
      { class: "rdit-watch-row", "data-expression": expression },
      this.twisty(own),
      title,
      ...this.said(value, own),
      remove,
    );
    row.addEventListener("keydown", event => {
      if (event.key === "Delete" && event.target === title) this.remove(index);
    });
    const rest = (value?.total ?? 0) - (value?.rows?.length ?? 0);
    return [
      row,
      ...below.map(each => this.child(each)),
      ...(rest > 0 ? [h("li", { class: "rdit-watch-rest" }, `… ${rest} ${this.say("more")}`)] : []),
    ];
  }

  private child(row: Variable): HTMLElement {
    const element = h(
      "li",
      { class: "rdit-watch-row" },
      this.twisty(row),
      h("span", { class: "rdit-watch-name", title: row.name }, row.name),
      ...this.said(undefined, row),
    );
    element.style.setProperty("--rdit-depth", String(row.depth ?? 0));
    return element;
  }

  private twisty(row: Variable | undefined): HTMLElement {
    if (!row?.opens) return h("span", { class: "rdit-watch-twisty" });
    return h("button", {
      class: "rdit-watch-twisty",
      type: "button",
      "aria-expanded": String(row.opened ?? false),
      "aria-label": `${this.say("What it holds")}: ${row.name}`,
      "data-focus": `twisty ${JSON.stringify(row.path ?? row.name)}`,
      onclick: () => {
        this.isUnanswered = false;
        if (this.model.toggle(row)) this.asker.now();
      },
    });
  }

  /// Type, size and value, or the error.
  private said(value: Watched | undefined, row: Variable | undefined): HTMLElement[] {
    const cell = (kind: string, text = "") =>
      h("span", { class: `rdit-watch-${kind}`, title: text }, text);
    if (value?.error) return [cell("error", value.error)];
    if (!row) return [cell("error", this.view ? this.say("not evaluated yet") : "")];
    return [cell("type", row.type), cell("size", row.size), cell("value", row.value)];
  }

  // -- what the user does -----------------------------------------------------------------------------

  private add(text: string): boolean {
    const isAdded = this.model.add(text);
    if (isAdded) this.changed();
    return isAdded;
  }

  private remove(index: number) {
    if (this.model.remove(index)) this.changed();
    const names = this.list.querySelectorAll<HTMLElement>("button.rdit-watch-name");
    (names[Math.min(index, names.length - 1)] ?? this.field).focus();
  }

  private changed() {
    this.isUnanswered = false;
    store(this.key, this.model.expressions);
    this.show();
    this.asker.now();
  }

  private onFieldKey(event: KeyboardEvent) {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      if (this.add(this.field.value)) this.field.value = "";
    } else if (event.key === "Escape" && this.field.value) this.field.value = "";
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /// Puts a field in the place of the expression, until Enter, Escape or another place has the focus.
  private edit(index: number) {
    const button = this.list.querySelectorAll<HTMLElement>("button.rdit-watch-name")[index]!;
    const { model } = this;
    let isOver = false;
    const end = (isTaken: boolean, goesOn: boolean) => {
      if (isOver) return;
      isOver = true;
      // Unless the panel is of another script by now.
      const isChanged = isTaken && model === this.model && model.replace(index, field.value);
      field.replaceWith(button);
      if (isChanged) this.changed();
      else this.show();
      if (goesOn) this.list.querySelectorAll<HTMLElement>("button.rdit-watch-name")[index]?.focus();
    };
    const field = h("input", {
      class: "rdit-watch-edit",
      type: "text",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      maxlength: MOST_EXPRESSION,
      "aria-label": this.say("Watch an expression"),
      onblur: () => end(true, false),
      onkeydown: event => {
        const { key, isComposing } = event as KeyboardEvent;
        if (isComposing || (key !== "Enter" && key !== "Escape")) return;
        event.preventDefault();
        event.stopPropagation();
        end(key === "Enter", true);
      },
    });
    field.value = this.model.expressions[index]!;
    button.replaceWith(field);
    field.select();
    field.focus();
  }
}

const isFree = (state: string) => state === "idle" || state === "reset";

function recall(name: string): string | null {
  try {
    return name ? sessionStorage.getItem(name) : null;
  } catch {
    return null; // no storage
  }
}

function store(name: string, expressions: readonly string[]) {
  if (!name) return;
  try {
    if (expressions.length) sessionStorage.setItem(name, JSON.stringify(expressions));
    else sessionStorage.removeItem(name);
  } catch {
    // Storage is not available: they last as long as the panel.
  }
}
