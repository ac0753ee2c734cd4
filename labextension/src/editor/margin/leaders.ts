// What ties a result of the margin to its statement: a line, where the result does not stand at the
// line of its statement, and a mark on both while the pointer is over one of them.

import type { EditorView } from "@codemirror/view";

/// A result as it stands, in CSS pixels from the top of the content.
interface Shown {
  readonly id: number;
  readonly doms: readonly HTMLElement[];
  /// Top and bottom of the statement.
  readonly line: number;
  readonly bottom: number;
  readonly top: number;
  readonly height: number;
}

/// Of a result and its leader.
const marks = ["rdit-attended", "rdit-hovered"];
const space = "http://www.w3.org/2000/svg";

export class Leaders {
  private readonly svg = document.createElementNS(space, "svg");
  private readonly mark = document.createElement("div");
  private readonly paths = new Map<number, SVGPathElement>();
  private readonly listening = new AbortController();
  private shown: readonly Shown[] = [];
  private window = { top: 0, bottom: 0 };
  private attended = -1;
  private hovered = -1;

  constructor(
    private readonly view: EditorView,
    pane: HTMLElement,
  ) {
    const { signal } = this.listening;
    this.svg.setAttribute("class", "rdit-leaders");
    this.svg.setAttribute("aria-hidden", "true");
    this.mark.className = "rdit-statement-mark";
    this.mark.hidden = true;
    pane.prepend(this.svg);
    view.scrollDOM.prepend(this.mark);
    // Not when results move under a pointer that rests.
    pane.addEventListener("pointermove", event => this.hover(this.inPane(event.target)), {
      signal,
    });
    view.contentDOM.addEventListener("pointermove", event => this.hover(this.inCode(event)), {
      signal,
    });
    view.scrollDOM.addEventListener("pointerleave", () => this.hover(-1), { signal });
  }

  destroy(): void {
    this.listening.abort();
    this.mark.remove();
  }

  /// Draws what belongs to these results. `window`: what is in view. A leader to a result that is not says only
  /// in which direction it is.
  draw(shown: readonly Shown[], attended: number, window = this.window): void {
    if (!shown.length)
      for (const dom of this.shown.flatMap(({ doms }) => doms)) dom.classList.remove(...marks);
    this.shown = shown;
    this.attended = attended;
    this.window = window;
    const seen = new Set<number>();
    const half = this.view.defaultLineHeight / this.view.scaleY / 2;
    for (const one of shown) {
      const { id, doms, line, top, height } = one;
      for (const dom of doms) {
        dom.classList.toggle("rdit-attended", id === attended);
        dom.classList.toggle("rdit-hovered", id === this.hovered);
      }
      if (!height || Math.abs(top - line) < 1) continue;
      seen.add(id);
      let path = this.paths.get(id);
      if (!path) {
        path = document.createElementNS(space, "path");
        this.paths.set(id, path);
        this.svg.append(path);
      }
      const from = line + half;
      // The nearest point of the result.
      const to = Math.max(top + half, Math.min(from, top + height - half));
      const isAbove = top + height - half < window.top;
      const way =
        isAbove || top + half > window.bottom
          ? `M0 ${from}H5L8 ${from + (isAbove ? -half : half)}`
          : `M0 ${from}H5${Math.abs(from - to) < 1 ? "" : `L16 ${to}`}H21M21 ${top + 2}V${top + height - 2}`;
      if (path.getAttribute("d") !== way) path.setAttribute("d", way);
      const name = `${id === attended ? "rdit-attended " : ""}${id === this.hovered ? "rdit-hovered" : ""}`;
      if (path.getAttribute("class") !== name) path.setAttribute("class", name);
    }
    for (const [id, path] of this.paths)
      if (!seen.has(id)) {
        path.remove();
        this.paths.delete(id);
      }
    const hovered = shown.find(({ id }) => id === this.hovered);
    if (this.mark.hidden === Boolean(hovered)) this.mark.hidden = !hovered;
    if (!hovered) return;
    this.mark.style.transform = `translateY(${hovered.line}px)`;
    this.mark.style.height = `${hovered.bottom - hovered.line}px`;
  }

  private inPane(target: EventTarget | null): number {
    const dom = (target as Element).closest(".rdit-result");
    return this.shown.find(({ doms }) => doms.some(one => one === dom))?.id ?? -1;
  }

  private inCode({ clientY }: PointerEvent): number {
    if (!this.shown.length) return -1;
    const { view } = this;
    const y = (clientY - view.documentTop) / view.scaleY + view.documentPadding.top / view.scaleY;
    return this.shown.find(({ line, bottom }) => line <= y && y < bottom)?.id ?? -1;
  }

  /// Marks a result and its statement; -1: none.
  hover(id: number): void {
    if (id === this.hovered) return;
    this.hovered = id;
    this.draw(this.shown, this.attended);
  }
}
