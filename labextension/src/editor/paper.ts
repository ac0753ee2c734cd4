// What is printed: the script with each result under its statement, in the flow of the page. The editor
// has elements only for what is in view, and places results by script, so that no page could break in
// them. Made while the browser prints, which waits for no chunk: this one is loaded before.

import { ensureSyntaxTree, highlightingFor, syntaxTree } from "@codemirror/language";
import type { EditorState, Extension } from "@codemirror/state";
import { ViewPlugin, type EditorView } from "@codemirror/view";
import { highlightTree } from "@lezer/highlight";
import { ResultView } from "../results/render";
import { contextOf, resultsElsewhere } from "./layout";
import { shownResults } from "./shown_results";

/// Beyond this the rest of the code is printed in one colour.
const PARSE_MS = 300;

class Paper {
  private dom: HTMLElement | null = null;
  private views: ResultView[] = [];
  private readonly listening = new AbortController();

  constructor(private readonly view: EditorView) {
    const { signal } = this.listening;
    window.addEventListener("beforeprint", () => this.fill(), { signal });
    window.addEventListener("afterprint", () => this.clear(), { signal });
  }

  destroy(): void {
    this.listening.abort();
    this.clear();
  }

  private fill(): void {
    const { view } = this;
    const { state } = view;
    this.clear();
    // The reading view prints itself.
    if (state.facet(resultsElsewhere)) return;
    const dom = document.createElement("div");
    dom.className = "rdit-paper rdit-results";
    const lines = colouredLines(state);
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
function colouredLines(state: EditorState): HTMLElement[] {
  const { doc } = state;
  const tree = ensureSyntaxTree(state, doc.length, PARSE_MS) ?? syntaxTree(state);
  const tokens: { from: number; to: number; classes: string }[] = [];
  highlightTree(tree, { style: tags => highlightingFor(state, tags) }, (from, to, classes) =>
    tokens.push({ from, to, classes }),
  );
  let next = 0;
  return Array.from({ length: doc.lines }, (_, index) => {
    const line = doc.line(index + 1);
    const dom = document.createElement("span");
    dom.className = "rdit-paper-line";
    dom.dataset.number = String(line.number);
    for (let at = line.from; at < line.to;) {
      while (next < tokens.length && tokens[next].to <= at) next++;
      const token = next < tokens.length ? tokens[next] : null;
      const isIn = token !== null && token.from <= at;
      const to = Math.min(line.to, isIn ? token.to : (token?.from ?? line.to));
      const text = line.text.slice(at - line.from, to - line.from);
      if (isIn) {
        const part = document.createElement("span");
        part.className = token.classes;
        part.textContent = text;
        dom.append(part);
      } else dom.append(text);
      at = to;
    }
    dom.append("\n");
    return dom;
  });
}

export const paper: Extension = ViewPlugin.fromClass(Paper);
