// Looks which results are stale, a moment after the text or what ran has changed: never at a key. A lazy
// chunk for both hosts.

import type { Extension } from "@codemirror/state";
import { ViewPlugin, type EditorView, type ViewUpdate } from "@codemirror/view";
import { describeStale, findStale } from "../results/freshness";
import { editorHost } from "./host";
import { keyOf, staleField, staleFound, type StaleReasons } from "./stale";
import { runStale } from "./stale_commands";
import { listStatements } from "./statement_list";
import { statementsField } from "./statements";

/// After the last key, and after events.
const TYPED_MS = 300;
const RAN_MS = 100;
/// So many times what a look takes is at least between two of them.
const REST = 20;

class Staleness {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private due = 0;
  private count = 0;
  private cost = 0;
  /// The count, where the host does not show it.
  private counter: HTMLButtonElement | null = null;

  constructor(private readonly view: EditorView) {
    this.lookIn(RAN_MS);
  }

  update({ docChanged, state, startState }: ViewUpdate): void {
    const before = startState.field(statementsField);
    const now = state.field(statementsField);
    const isMarked = state.field(staleField) !== null;
    if (isMarked !== (startState.field(staleField) !== null)) this.lookIn(0);
    else if (!isMarked) return;
    else if (docChanged) this.lookIn(TYPED_MS, true);
    else if (before !== now) this.lookIn(RAN_MS);
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.counter?.remove();
  }

  private lookIn(ms: number, isTyping = false): void {
    const wait = Math.max(ms, REST * this.cost);
    const due = Date.now() + wait;
    // What runs on and on does not put it off.
    if (this.timer !== undefined && !isTyping && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.look();
    }, wait);
  }

  private look(): void {
    const { view } = this;
    const marked = view.state.field(staleField);
    const start = performance.now();
    const { reasons, count } = marked ? staleIn(view.state) : { reasons: marked, count: 0 };
    this.cost = performance.now() - start;
    if (reasons && marked && !isEqual(reasons, marked))
      view.dispatch({ effects: staleFound.of(reasons) });
    if (count === this.count) return;
    this.count = count;
    const host = view.state.facet(editorHost);
    if (host?.onStale) host.onStale(count);
    else this.showCount();
  }

  private showCount(): void {
    if (!this.counter) {
      this.counter = document.createElement("button");
      this.counter.className = "rdit-stale-count";
      this.counter.type = "button";
      this.counter.title = "Run all whose result is stale, in order";
      this.counter.dataset.command = "rdit:run-stale";
      this.counter.addEventListener("click", () => {
        runStale(this.view);
        this.view.focus();
      });
      this.view.dom.append(this.counter);
    }
    this.counter.textContent = `${this.count} stale`;
    this.counter.hidden = !this.count;
  }
}

/// Why results are stale, but for those whose own text was edited; and how many are in all.
export function staleIn(state: EditorView["state"]): { reasons: StaleReasons; count: number } {
  const reasons = new Map<string, string>();
  let count = 0;
  const { anchors, results } = state.field(statementsField);
  if (anchors.size) {
    const statements = listStatements(state);
    const stale = findStale(statements, results.history);
    stale.forEach((why, index) => {
      const { anchor } = statements[index]!;
      // What waits is made again: of its new result nothing is known yet.
      if (!why || !anchor || results.get(anchor.run, anchor.nodeIndex)?.status === "queued") return;
      count++;
      if (!anchor.isStale) reasons.set(keyOf(anchor), describeStale(why, statements, stale));
    });
  }
  return { reasons, count };
}

function isEqual(a: StaleReasons, b: StaleReasons): boolean {
  if (a.size !== b.size) return false;
  for (const [key, reason] of a) if (b.get(key) !== reason) return false;
  return true;
}

export const staleness: Extension = ViewPlugin.fromClass(Staleness);
