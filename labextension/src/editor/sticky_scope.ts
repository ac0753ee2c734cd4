// The lines that begin what the topmost visible line stands in, a class and its method, kept in view at
// the top of the code. Off by default.

import { StateEffect, StateField, type Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type BlockInfo, type ViewUpdate } from "@codemirror/view";
import { outlineOf, pathTo } from "./outline";

const MOST = 4;

/// A line that is kept in view: its offset, text and number.
interface Head {
  readonly from: number;
  readonly text: string;
  readonly number: number;
}

/// `left`, `width`: of the code with its gutters, in CSS pixels within the editor; `indent`: of its text.
interface Measured {
  readonly heads: readonly Head[];
  readonly left: number;
  readonly width: number;
  readonly indent: number;
}

/// Turns it on or off.
export const setStickyScope = StateEffect.define<boolean>();

const isOn = StateField.define<boolean>({
  create: () => false,
  update(value, { effects }) {
    for (const effect of effects) if (effect.is(setStickyScope)) return effect.value;
    return value;
  },
});

class StickyScope {
  private readonly dom = document.createElement("div");
  private shown = "";
  private readonly onScroll = () => this.request();
  private readonly measure = {
    key: this,
    read: (view: EditorView) => this.read(view),
    write: (measured: Measured) => this.write(measured),
  };

  constructor(private readonly view: EditorView) {
    this.dom.className = "rdit-sticky-scope";
    // The same lines stand in the text.
    this.dom.setAttribute("aria-hidden", "true");
    this.dom.hidden = true;
    view.dom.append(this.dom);
    view.scrollDOM.addEventListener("scroll", this.onScroll, { passive: true });
    this.request();
  }

  update({ docChanged, geometryChanged, viewportChanged, transactions }: ViewUpdate) {
    const isSet = transactions.some(({ effects }) => effects.some(e => e.is(setStickyScope)));
    if (docChanged || geometryChanged || viewportChanged || isSet) this.request();
  }

  destroy() {
    this.view.scrollDOM.removeEventListener("scroll", this.onScroll);
    this.dom.remove();
  }

  private request() {
    if (this.view.state.field(isOn) || this.shown) this.view.requestMeasure(this.measure);
  }

  private read(view: EditorView): Measured {
    const heads = view.state.field(isOn) ? headsAbove(view) : [];
    const editor = view.dom.getBoundingClientRect();
    const scroller = view.scrollDOM.getBoundingClientRect();
    const content = view.contentDOM.getBoundingClientRect();
    return {
      heads,
      left: scroller.left - editor.left,
      width: Math.min(content.right, scroller.left + view.scrollDOM.clientWidth) - scroller.left,
      indent: content.left - scroller.left,
    };
  }

  private write(measured: Measured) {
    const shown = JSON.stringify(measured);
    if (shown === this.shown) return;
    const { heads, left, width, indent } = measured;
    this.shown = heads.length ? shown : "";
    this.dom.hidden = !heads.length;
    this.dom.style.left = `${left}px`;
    this.dom.style.width = `${width}px`;
    this.dom.style.paddingLeft = `${indent}px`;
    this.dom.replaceChildren(...heads.map(head => this.line(head)));
  }

  private line({ from, text, number }: Head): HTMLElement {
    const line = document.createElement("div");
    line.className = "rdit-sticky-line";
    line.title = `Go to line ${number}`;
    line.textContent = text;
    // The editor keeps the focus.
    line.addEventListener("mousedown", event => event.preventDefault());
    line.addEventListener("click", () => {
      this.view.dispatch({
        selection: { anchor: Math.min(from, this.view.state.doc.length) },
        effects: EditorView.scrollIntoView(from, { y: "start" }),
      });
      this.view.focus();
    });
    return line;
  }
}

/// Each head hides a line, and what that line stands in may have a head of its own.
function headsAbove(view: EditorView): Head[] {
  const top = view.scrollDOM.getBoundingClientRect().top - view.documentTop;
  if (top <= 0) return [];
  const { state, defaultLineHeight } = view;
  const scopes = outlineOf(state).filter(({ kind }) => kind !== "section" && kind !== "heading");
  const heads: Head[] = [];
  while (heads.length < MOST) {
    const height = top + heads.length * defaultLineHeight;
    const at: BlockInfo = view.lineBlockAtHeight(height);
    const scope = pathTo(scopes, at.to)[heads.length];
    // A head gives way to the end of what it begins.
    if (!scope || scope.to <= at.from || view.lineBlockAt(scope.from).top >= height) return heads;
    const line = state.doc.lineAt(scope.from);
    heads.push({ from: scope.from, text: line.text, number: line.number });
  }
  return heads;
}

/// The extension.
export const stickyScope: Extension = [isOn, ViewPlugin.fromClass(StickyScope)];
