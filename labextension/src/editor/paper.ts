// What is printed: the script with each result under its statement, in the flow of the page. The editor
// has elements only for what is in view, and places results by script, so that no page could break in
// them. Made while the browser prints, which waits for no chunk: this one is loaded before; or, by the
// command (print.ts), before it prints.

import { ensureSyntaxTree, highlightingFor, syntaxTree } from "@codemirror/language";
import type { EditorState, Extension } from "@codemirror/state";
import { ViewPlugin, type EditorView } from "@codemirror/view";
import type { Tag } from "@lezer/highlight";
import { colouredLines } from "../results/coloured_lines";
import { ResultView } from "../results/render";
import { contextOf, resultsElsewhere } from "./layout";
import { hasEmptyFrames, printers, type Printer } from "./print";
import { shownResults } from "./shown_results";

/// Beyond this the rest of the code is printed in one colour.
const PARSE_MS = 300;

class Paper implements Printer {
  private dom: HTMLElement | null = null;
  private views: ResultView[] = [];
  private readonly listening = new AbortController();

  constructor(private readonly view: EditorView) {
    const { signal } = this.listening;
    window.addEventListener("beforeprint", () => this.fill(), { signal });
    window.addEventListener("afterprint", () => this.clear(), { signal });
  }

  make(): void {
    this.clear();
    this.fill();
  }

  get isLoading(): boolean {
    return this.views.some(({ isLoading }) => isLoading) || hasEmptyFrames(this.dom);
  }

  destroy(): void {
    this.listening.abort();
    this.clear();
  }

  private fill(): void {
    const { view } = this;
    const { state } = view;
    // There already by the command. The reading view prints itself, and of documents that are not in
    // view, as behind another tab of JupyterLab, none is printed.
    if (this.dom || state.facet(resultsElsewhere) || !view.dom.checkVisibility()) return;
    const dom = document.createElement("div");
    dom.className = "rdit-paper rdit-results";
    dom.setAttribute("aria-hidden", "true");
    dom.inert = true;
    const lines = linesOf(state);
    let code: HTMLElement | null = null;
    let next = 1;
    const addLines = (last: number) => {
      if (next > last) return;
      code = document.createElement("pre");
      code.className = "rdit-paper-code";
      code.append(...lines.slice(next - 1, last));
      dom.append(code);
      next = last + 1;
    };
    for (const { shown, end } of shownResults(state)) {
      addLines(state.doc.lineAt(end).number);
      const result = new ResultView(contextOf(view), { fold() {}, expand() {} }, () => {});
      result.update(shown);
      dom.append(result.dom);
      this.views.push(result);
    }
    addLines(state.doc.lines);
    view.dom.append(dom);
    this.dom = dom;
  }

  private clear(): void {
    for (const view of this.views.splice(0)) view.destroy();
    this.dom?.remove();
    this.dom = null;
  }
}

/// The lines of the script, coloured as the editor colours them.
function linesOf(state: EditorState): HTMLElement[] {
  const { doc } = state;
  const tree = ensureSyntaxTree(state, doc.length, PARSE_MS) ?? syntaxTree(state);
  const highlighter = { style: (tags: readonly Tag[]) => highlightingFor(state, tags) };
  return colouredLines(doc.toString(), tree, highlighter, "rdit-paper-line");
}

const plugin = ViewPlugin.fromClass(Paper);

export const paper: Extension = [plugin, printers.of(view => view.plugin(plugin))];
