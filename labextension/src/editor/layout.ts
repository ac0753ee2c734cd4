// The results layer: a pane inside the editor's scroller, with the elements of the results near the
// viewport, positioned absolutely from the editor's height map. It reads nothing from the DOM
// during an editor update, which would force a layout. A ResizeObserver finds results of another
// height than estimated; one transaction corrects the spacers before the browser paints. Both
// layouts use the same elements.

import type { Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type BlockInfo, type ViewUpdate } from "@codemirror/view";
import { foldedRanges } from "@codemirror/language";
import type { MimeRenderer } from "../results/mime";
import type { Metrics, RenderContext } from "../results/parts/part";
import { ResultView, type Shown } from "../results/render";
import { savedWidth } from "./width";
import { stack } from "./geometry";
import { goneRuns } from "./gone";
import { editorHost } from "./host";
import {
  geometryField,
  heightOf,
  layoutChosen,
  layoutOf,
  measured,
  Spacer,
  unfolded,
  type Geometry,
} from "./spacers";
import { frameOpener } from "./traceback_links";
import {
  contentOf,
  eachGroup,
  isVisible,
  statementsField,
  type Content,
  type Group,
} from "./statements";
import { attended } from "./typed";

interface Item {
  readonly id: number;
  readonly view: ResultView;
  readonly dom: HTMLElement;
  content: Content;
  top: number;
  /// The last pass of `place` in which the result was in the viewport.
  turn: number;
  isStale: boolean;
  /// Its height in the DOM may differ from the one in the state.
  isUnsettled: boolean;
}

/// Editors narrower than this, in CSS pixels, show results below the code.
const narrow = 720;
/// Number of results with iframes kept outside the viewport: an iframe that is removed and inserted
/// again reloads.
const keptFrames = 20;
/// How long a cleared result keeps its height, in milliseconds.
const emptyFor = 500;

let rich: Promise<MimeRenderer> | null = null;
const defaultRenderer = () => (rich ??= import("../results/rendermime").then(({ load }) => load()));

class ResultsLayer {
  readonly pane = document.createElement("div");
  private readonly items = new Map<number, Item>();
  private readonly byDom = new Map<Element, Item>();
  private readonly resizes: ResizeObserver;
  private readonly expanded = new Map<number, Set<number>>();
  private readonly context: RenderContext;
  private turn = 0;
  private isScheduled = false;
  private code = new Map<number, number>();
  private wantsFocus: number | null = null;
  private isDestroyed = false;
  private emptied = 0;

  constructor(readonly view: EditorView) {
    const { pane } = this;
    pane.className = "rdit-results";
    pane.setAttribute("role", "region");
    pane.setAttribute("aria-label", "Results");
    // Stops JupyterLab (Lumino) from handling keys typed in an output as shortcuts.
    pane.dataset.lmSuppressShortcuts = "true";
    pane.addEventListener("keydown", event => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      view.focus();
    });
    view.scrollDOM.append(pane);
    this.setWidth(savedWidth());
    import("./divider").then(
      ({ divider }) => pane.prepend(divider(pane, view, percent => this.setWidth(percent))),
      (error: unknown) => console.warn("rdit: the width of the results cannot be set.", error),
    );

    const host = () => view.state.facet(editorHost);
    this.context = {
      loadRenderer: () => host()?.loadRenderer?.() ?? defaultRenderer(),
      isHosted: mimeType => host()?.isHosted?.(mimeType) ?? false,
      openFrame: outcome => frameOpener(view, outcome),
      answerInput: text => {
        host()?.answerInput?.(text);
        view.dispatch({ effects: attended.of(null) });
        view.focus();
      },
    };
    // Observes results, and the scroll containers in them: their content can grow while the
    // result's own size stays.
    this.resizes = new ResizeObserver(entries => {
      for (const { target } of entries) {
        const item = this.byDom.get(target.closest(".rdit-result")!);
        if (item) item.isUnsettled = true;
      }
      this.settle();
    });
    this.resizes.observe(view.scrollDOM);
    view.requestMeasure(this.measureScreen);
    this.place();
  }

  update(update: ViewUpdate): void {
    const { state, startState } = update;
    const isOurs =
      state.field(statementsField) !== startState.field(statementsField, false) ||
      state.field(geometryField) !== startState.field(geometryField, false) ||
      state.field(goneRuns) !== startState.field(goneRuns, false) ||
      foldedRanges(state) !== foldedRanges(startState);
    if (update.geometryChanged) this.view.requestMeasure(this.measureScreen);
    if (
      isOurs ||
      update.docChanged ||
      update.viewportChanged ||
      update.heightChanged ||
      update.geometryChanged
    )
      this.place();
  }

  destroy(): void {
    this.isDestroyed = true;
    clearTimeout(this.emptied);
    this.resizes.disconnect();
    for (const item of this.items.values()) item.view.destroy();
    this.pane.remove();
  }

  /// Measures results that may have changed, and corrects heights and metrics in one transaction.
  /// Called from the ResizeObserver, thus after layout and before paint.
  settle(): void {
    // While the editor is hidden (another JupyterLab tab is in front), every height reads as 0.
    if (this.isDestroyed || !this.view.scrollDOM.clientWidth) return;
    const geometry = this.view.state.field(geometryField);
    const heights = new Map<number, number>();
    for (const item of this.items.values()) {
      if (!item.isUnsettled) continue;
      item.isUnsettled = false;
      item.view.settle();
      const known = geometry.heights.get(item.id);
      if (!known?.hasBody || known.isHeld) continue;
      const px = item.dom.getBoundingClientRect().height / this.view.scaleY;
      // An image that is not decoded yet has no height: keep the estimate.
      if (!px && item.view.isLoading) continue;
      if (Math.abs(px - known.px) > 0.25) heights.set(item.id, px);
    }
    const metrics = this.readMetrics();
    if (!heights.size && !metrics) return;
    this.view.dispatch({
      effects: measured.of({ heights, ...(metrics ?? {}) }),
    });
    // Reading a position makes the editor measure now. In the next frame it would take its scroll
    // anchor after the user has scrolled on, and the text would jump.
    this.view.lineBlockAtHeight(0);
  }

  /// Focuses the result of an anchor, or the field in it that waits for input. If the result is not
  /// rendered yet, it gets the focus as soon as it is.
  focus(id: number): void {
    const item = this.items.get(id);
    // Synchronously if it is rendered, so that the next key goes there.
    if (item) (item.view.input ?? item.dom).focus({ preventScroll: true });
    else this.wantsFocus = id;
  }

  /// The element of an anchor's result; null if it is not rendered.
  domOf(id: number): HTMLElement | null {
    return this.items.get(id)?.dom ?? null;
  }

  private focusWanted(): void {
    const item = this.wantsFocus === null ? undefined : this.items.get(this.wantsFocus);
    if (!item) return;
    this.wantsFocus = null;
    this.view.requestMeasure({
      read: () => undefined,
      write: () => (item.view.input ?? item.dom).focus({ preventScroll: true }),
    });
  }

  private place(): void {
    const { view } = this;
    const { state, viewport, scaleY } = view;
    const turn = ++this.turn;
    const { anchors, results } = state.field(statementsField);
    const geometry = state.field(geometryField);
    const layout = layoutOf(state);
    const origin = view.documentPadding.top / scaleY;
    const made: Item[] = [];
    let previous: Item | null = null;

    eachGroup(anchors, viewport.from, viewport.to, group => {
      const members = unfolded(state, group)
        .map(member => ({ ...member, content: contentOf(results, member.anchor) }))
        .filter(member => member.content && isVisible(member.content));
      if (!members.length) return;
      const block = view.lineBlockAt(group.from);
      const last = view.lineBlockAt(group.to);
      const top = block.top / scaleY;
      const codeHeight = (last.bottom - block.top - spacersIn(last)) / scaleY;
      const heights = members.map(({ anchor }) => heightOf(geometry, anchor));
      const offsets = members.map(({ from }) =>
        members.length === 1 ? 0 : view.lineBlockAt(from).top / scaleY - top,
      );
      const { tops } = stack(layout, offsets, heights, codeHeight, view.defaultLineHeight / scaleY);
      this.noteCode(group, codeHeight, heights);
      members.forEach(({ anchor, from, to, content }, index) => {
        const item = this.item(anchor.id, content!, anchor.isStale, from, to, previous, made);
        item.turn = turn;
        const y = Math.round((origin + top + tops[index]) * 100) / 100;
        if (item.top !== y) {
          item.top = y;
          item.dom.style.top = `${y}px`;
        }
        previous = item;
      });
    });

    this.sweep(turn);
    for (const { dom } of made) this.resizes.observe(dom);
    this.letGo(geometry);
    this.pane.style.minHeight = `max(100%, ${view.contentHeight / scaleY}px)`;
    if (this.code.size) this.schedule();
    this.focusWanted();
  }

  private item(
    id: number,
    content: Content,
    isStale: boolean,
    from: number,
    to: number,
    previous: Item | null,
    made: Item[],
  ): Item {
    const { doc } = this.view.state;
    const lineStart = doc.lineAt(from).number;
    const lineEnd = doc.lineAt(to).number;
    const shown: Shown = { ...content, isStale, lineStart, lineEnd };
    let item = this.items.get(id);
    if (!item) {
      let expanded = this.expanded.get(id);
      if (!expanded) this.expanded.set(id, (expanded = new Set()));
      const view = new ResultView(this.context, expanded, dom => this.resizes.observe(dom));
      item = { id, view, dom: view.dom, content, top: NaN, turn: 0, isStale, isUnsettled: true };
      this.items.set(id, item);
      this.byDom.set(view.dom, item);
      // DOM order is document order, for screen readers. An element with an iframe is never moved,
      // since moving reloads the iframe.
      this.pane.insertBefore(
        view.dom,
        previous ? previous.dom.nextSibling : this.pane.querySelector(".rdit-result"),
      );
      made.push(item);
    } else if (
      previous &&
      previous.dom.nextElementSibling !== item.dom &&
      this.precedes(item, previous)
    ) {
      if (!item.view.hasFrame && !item.dom.contains(document.activeElement))
        previous.dom.after(item.dom);
    }
    if (item.content.outcome !== content.outcome || item.content.input !== content.input)
      item.isUnsettled = true;
    item.content = content;
    item.dom.style.visibility = "";
    item.view.update(shown);
    item.dom.toggleAttribute("data-gone", this.view.state.field(goneRuns).has(content.outcome.run));
    return item;
  }

  private precedes(item: Item, other: Item): boolean {
    return Boolean(item.dom.compareDocumentPosition(other.dom) & Node.DOCUMENT_POSITION_FOLLOWING);
  }

  private sweep(turn: number): void {
    let frames = 0;
    for (const item of [...this.items.values()].sort((a, b) => b.turn - a.turn)) {
      if (item.turn === turn) continue;
      // Outside the viewport, an element stays if it has the focus, or an iframe (up to
      // `keptFrames`), as long as its statement exists.
      const isWanted =
        item.dom.contains(document.activeElement) || (item.view.hasFrame && frames++ < keptFrames);
      if (isWanted && this.isAnchored(item.id)) {
        // Its position is no longer updated: hide it, so that it does not cover other results.
        if (!item.dom.contains(document.activeElement)) item.dom.style.visibility = "hidden";
        continue;
      }
      this.resizes.unobserve(item.dom);
      this.items.delete(item.id);
      this.byDom.delete(item.dom);
      item.view.destroy();
    }
  }

  // Releases the height of cleared results after `emptyFor`. Usually the next output arrives
  // before, and the text below does not jump up and down.
  private letGo({ held, heights }: Geometry): void {
    if (!held.size || this.emptied) return;
    this.emptied = setTimeout(() => {
      this.emptied = 0;
      const { state } = this.view;
      const now = state.field(geometryField);
      // A result that was cleared again meanwhile starts a new delay.
      const ids = [...held].filter(
        id => now.held.has(id) && now.heights.get(id) === heights.get(id),
      );
      if (ids.length)
        this.view.dispatch({
          effects: measured.of({ heights: new Map(ids.map(id => [id, 0])) }),
        });
      else this.letGo(now);
    }, emptyFor) as unknown as number;
  }

  private isAnchored(id: number): boolean {
    const { anchors, results } = this.view.state.field(statementsField);
    for (const cursor = anchors.iter(); cursor.value; cursor.next())
      if (cursor.value.id === id) {
        const content = contentOf(results, cursor.value);
        return content !== null && isVisible(content);
      }
    return false;
  }

  // Only the height map knows the height of wrapped or folded code. Where the state assumed
  // another, the spacer is wrong: collect the correction for one transaction.
  private noteCode(group: Group, codeHeight: number, heights: readonly number[]): void {
    if (!heights.some(px => px > 0)) return;
    const { id } = group.members[0].anchor;
    const { code, metrics } = this.view.state.field(geometryField);
    const { doc } = this.view.state;
    const lines = doc.lineAt(group.to).number - doc.lineAt(group.from).number + 1;
    const known = code.get(id) ?? lines * metrics.lineHeight;
    if (Math.abs(known - codeHeight) > 0.5) this.code.set(id, codeHeight);
    else this.code.delete(id);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    // A transaction may not be dispatched during an update: a microtask runs after it, before
    // paint.
    queueMicrotask(() => {
      this.isScheduled = false;
      const { code } = this;
      this.code = new Map();
      if (!this.isDestroyed && code.size) this.view.dispatch({ effects: measured.of({ code }) });
    });
  }

  private readonly measureScreen = {
    key: "rdit-screen",
    read: () => this.readScreen(),
    write: ({ left, width }: { left: number; width: number }) => {
      const { style } = this.view.scrollDOM;
      style.setProperty("--rdit-below-left", `${left}px`);
      style.setProperty("--rdit-below-width", `${Math.max(0, width - left)}px`);
      style.setProperty(
        "--rdit-line-height",
        `${this.view.defaultLineHeight / this.view.scaleY}px`,
      );
      // A transaction may not be dispatched in the measure phase: use a microtask.
      queueMicrotask(() => this.settle());
    },
  };

  private readScreen(): { left: number; width: number } {
    const { scrollDOM, contentDOM } = this.view;
    const gutters = scrollDOM.querySelector<HTMLElement>(".cm-gutters");
    const line = contentDOM.querySelector(".cm-line");
    let text = 0;
    for (const dom of [contentDOM, line])
      text += dom ? parseFloat(getComputedStyle(dom).paddingLeft) || 0 : 0;
    return { left: (gutters?.offsetWidth ?? 0) + text, width: scrollDOM.clientWidth };
  }

  private readMetrics(): { metrics?: Metrics; isNarrow?: boolean } | null {
    const { view } = this;
    const geometry = view.state.field(geometryField);
    const total = view.scrollDOM.clientWidth;
    if (!total) return null;
    const isNarrow = total < narrow;
    const width =
      layoutOf(view.state) === "beside"
        ? this.pane.clientWidth - 24
        : total -
          (parseFloat(view.scrollDOM.style.getPropertyValue("--rdit-below-left")) || 0) -
          24;
    const metrics: Metrics = {
      // The view's metrics are in screen pixels: divide by the scale of a CSS transform or zoom.
      lineHeight: view.defaultLineHeight / view.scaleY,
      columns: Math.max(10, Math.floor((width * view.scaleX) / view.defaultCharacterWidth)),
      width,
    };
    const { metrics: known } = geometry;
    const isSame =
      Math.abs(known.lineHeight - metrics.lineHeight) < 0.01 &&
      known.columns === metrics.columns &&
      Math.abs(known.width - width) < 1;
    if (isSame && isNarrow === geometry.isNarrow) return null;
    return { ...(isSame ? {} : { metrics }), isNarrow };
  }

  private setWidth(percent: number): void {
    const width = Math.round(Math.max(20, Math.min(75, percent)) * 10) / 10;
    this.view.scrollDOM.style.setProperty("--rdit-results-width", `${width}%`);
    this.view.requestMeasure(this.measureScreen);
  }
}

/// Height of the spacers in a block of the height map.
function spacersIn(block: BlockInfo): number {
  if (!Array.isArray(block.type)) return 0;
  let height = 0;
  for (const part of block.type) if (part.widget instanceof Spacer) height += part.height;
  return height;
}

/// The plugin, for modules that need a result's element or focus.
export const resultsLayer = ViewPlugin.fromClass(ResultsLayer);

/// Corrects the heights of results now, instead of at the next ResizeObserver callback. Call after
/// events were applied.
export function settle(view: EditorView): void {
  view.plugin(resultsLayer)?.settle();
}

/// Sets the layout that the user prefers. A narrow editor shows results below regardless.
export function setLayout(view: EditorView, layout: "beside" | "below"): void {
  view.dispatch({ effects: layoutChosen.of(layout) });
  settle(view);
}

export const layout: Extension = [
  geometryField,
  goneRuns,
  EditorView.editorAttributes.compute([geometryField], state => ({
    class: `rdit-${layoutOf(state)}`,
  })),
  resultsLayer,
  // The pane covers the end of long lines: keep the cursor out of it when scrolling into view.
  EditorView.scrollMargins.of(view => {
    const pane = view.plugin(resultsLayer)?.pane;
    return pane && layoutOf(view.state) === "beside" ? { right: pane.offsetWidth } : null;
  }),
];
