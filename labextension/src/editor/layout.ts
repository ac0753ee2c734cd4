// The results layer: a pane inside the editor's scroller, with the elements of the results near the
// viewport, positioned absolutely from the editor's height map. It reads nothing from the DOM
// during an editor update, which would force a layout. A ResizeObserver finds results of another
// height than estimated; one transaction corrects the heights before the browser paints. All
// layouts use the same elements: margin/ places them without any room between the lines, this module
// at their spacers.

import { Facet, StateEffect, type Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type BlockInfo, type ViewUpdate } from "@codemirror/view";
import { once } from "../results/once";
import type { RenderContext } from "../results/parts/part";
import type { Span } from "./anchors";
import { Corrections } from "./corrections";
import { stack, type Layout } from "./geometry";
import { goneRuns } from "./gone";
import { editorHost } from "./host";
import { whenIdle } from "./idle";
import type { MarginColumn } from "./margin";
import { MountedResults, type Mounted } from "./mounted";
import type { Pace } from "./pace";
import { readMetrics, readScreen, writeScreen, type Screen } from "./screen";
import {
  geometryField,
  heightOf,
  layoutChosen,
  layoutOf,
  measured,
  Spacer,
  unfolded,
} from "./spacers";
import { contentOf, isVisible } from "./content";
import { foldingChosen, foldsField } from "./folds";
import { staleField } from "./stale";
import { eachGroup, statementsField } from "./statements";
import { foldedRanges } from "./syntax";
import { keepsPlaces } from "./kept_places";
import { frameOpener } from "./traceback_links";
import { questionReached } from "./typed";
import { savedWidth } from "./width";

const defaultRenderer = once(() => import("../results/rendermime").then(({ load }) => load()));
/// With an import for each, a grid would come in a frame of its own, after its text.
const loadGrids = once(() => import("./grids"));

/// The results are shown elsewhere: the pane has none.
export const resultsElsewhere = Facet.define<boolean, boolean>({
  combine: all => all.includes(true),
});

/// Milliseconds that it may take to make a result and to lay it out.
const costly = 5;

/// Number of results that are removed at a time while the browser is idle.
const few = 4;

/// Long, as both ways of placing (spacers, margin) and what is made while idle share what is mounted,
/// measured and focused.
class ResultsLayer {
  readonly pane = document.createElement("div");
  private readonly mounted: MountedResults;
  private readonly corrections: Corrections;
  private readonly resizes: ResizeObserver;
  /// The results in the margin; null until its chunk is loaded.
  column: MarginColumn | null = null;
  private isMarginAsked = false;
  private placedIn: Layout | null = null;
  private wantsFocus: number | null = null;
  private stopWaiting: (() => void) | null = null;
  /// The window, as of the last scroll event, and where it was at the last pass.
  private scrollTop = 0;
  private placedTop = 0;
  private windowHeight = 0;
  private placedFor: Span | null = null;
  /// Null until it is loaded: nothing rushes by before.
  private pace: Pace | null = null;
  private isDestroyed = false;
  /// As of the last update.
  private viewport: Span;

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
    // Before the editor's own listener, which changes the document: read later, it would force a layout.
    view.scrollDOM.addEventListener("scroll", this.onScroll, { capture: true });
    this.setWidth(savedWidth());
    import("./divider").then(
      ({ divider }) => pane.prepend(divider(pane, view, percent => this.setWidth(percent))),
      (error: unknown) => this.isWithout("the width of the results cannot be set", error),
    );

    this.add(
      import("./hints").then(({ hints }) => hints),
      "the hints in the margin cannot be shown",
    );
    this.add(
      import("./staleness").then(({ staleness }) => staleness),
      "stale results cannot be marked",
    );
    this.add(
      import("./follow").then(({ following }) => following),
      "results are not scrolled into view",
    );
    this.add(
      import("./question_panel").then(({ questionPanel }) => questionPanel),
      "a question that is not in view cannot be answered",
    );
    this.add(
      import("./paper").then(({ paper }) => paper),
      "only what is in view can be printed",
    );

    // Observes results, and the scroll containers in them: their content can grow while the
    // result's own size stays.
    this.resizes = new ResizeObserver(entries => {
      for (const { target } of entries) {
        const item = this.mounted.around(target);
        if (item) item.isUnsettled = true;
      }
      this.settle();
    });
    this.mounted = new MountedResults(view, pane, contextOf(view), this.resizes);
    this.corrections = new Corrections(view);
    this.loadMargin();
    import("./pace").then(
      ({ Pace }) => (this.pace = new Pace(() => this.slowed())),
      (error: unknown) => console.warn("rdit: fast scrolling drops frames.", error),
    );
    this.resizes.observe(view.scrollDOM);
    this.viewport = view.viewport;
    view.requestMeasure(this.measureScreen);
    this.place();
  }

  /// Tells what there is not: all else goes on.
  private isWithout(what: string, error: unknown): void {
    console.warn(`rdit: ${what}.`, error);
    if (this.isDestroyed) return;
    const text = `A part of the page could not be loaded: ${what}. Reload to try again.`;
    this.view.state.facet(editorHost)?.say?.(text);
  }

  /// Adds what is loaded later; without it the rest goes on.
  private add(loading: Promise<Extension>, without: string): void {
    loading.then(
      extension => {
        if (this.isDestroyed) return;
        this.view.dispatch({ effects: StateEffect.appendConfig.of(extension) });
      },
      (error: unknown) => this.isWithout(without, error),
    );
  }

  /// Loads the margin, if it is not here: again after a failure.
  private loadMargin(): void {
    if (this.isMarginAsked) return;
    this.isMarginAsked = true;
    import("./margin").then(
      ({ marginColumn }) => {
        if (this.isDestroyed) return;
        const { view, pane, mounted } = this;
        const isOn = () => this.isInMargin;
        this.column = marginColumn(view, pane, mounted, () => this.place(0), isOn);
        this.placedIn = null;
        // Not in the middle of an update.
        view.requestMeasure(this.measureScreen);
      },
      (error: unknown) => {
        this.isMarginAsked = false;
        console.warn("rdit: results cannot stand in the margin: the lines get room.", error);
        if (this.isDestroyed || !this.isInMargin) return;
        setLayout(this.view, "spaced");
        const text =
          "The margin could not be loaded: the lines get room. Choose it again to try again.";
        this.view.state.facet(editorHost)?.say?.(text, "warning");
      },
    );
  }

  private get isInMargin(): boolean {
    return layoutOf(this.view.state) === "beside";
  }

  update(update: ViewUpdate): void {
    const { state, startState } = update;
    const isElsewhere =
      state.field(geometryField) !== startState.field(geometryField, false) ||
      state.field(goneRuns) !== startState.field(goneRuns, false) ||
      state.field(staleField) !== startState.field(staleField, false) ||
      state.field(foldsField) !== startState.field(foldsField, false) ||
      state.facet(resultsElsewhere) !== startState.facet(resultsElsewhere) ||
      foldedRanges(state) !== foldedRanges(startState) ||
      update.heightChanged;
    const isDirty =
      isElsewhere ||
      update.viewportChanged ||
      update.geometryChanged || // it is with every edit
      state.field(statementsField) !== startState.field(statementsField, false);
    if (
      update.heightChanged ||
      (update.geometryChanged && !update.docChanged) ||
      state.field(foldsField).lines !== startState.field(foldsField, false)?.lines
    )
      this.view.requestMeasure(this.measureScreen);
    const isAttending = this.isInMargin && this.column?.update(update, isDirty);
    const isKept = !isElsewhere && !isAttending && keepsPlaces(update, this.viewport);
    this.viewport = this.view.viewport;
    const isMoved =
      state.field(statementsField) === startState.field(statementsField, false) &&
      state.facet(resultsElsewhere) === startState.facet(resultsElsewhere) &&
      foldedRanges(state) === foldedRanges(startState);
    if (isAttending || (isDirty && !isKept)) this.place(isMoved ? 0 : Infinity);
  }

  destroy(): void {
    this.isDestroyed = true;
    this.stopWaiting?.();
    this.pace?.destroy();
    this.view.scrollDOM.removeEventListener("scroll", this.onScroll, { capture: true });
    this.column?.destroy();
    this.corrections.destroy();
    this.resizes.disconnect();
    this.mounted.destroy();
    this.pane.remove();
  }

  /// Measures results that may have changed, and corrects heights and metrics in one transaction.
  /// Called from the ResizeObserver, thus after layout and before paint.
  settle(): void {
    // While the editor is hidden (another JupyterLab tab is in front), every height reads as 0.
    if (this.isDestroyed || !this.view.scrollDOM.clientWidth) return;
    // Shown again, while some results were left for idle time.
    if (this.mounted.isWaiting) this.stopWaiting ??= whenIdle(this.prepare);
    const geometry = this.view.state.field(geometryField);
    const metrics = readMetrics(this.view, () => this.pane.clientWidth);
    const heights = new Map<number, number>();
    for (const item of this.mounted.all()) {
      // With other metrics the state estimates anew: tell it what is known of all.
      if (!item.isUnsettled && !metrics?.metrics) continue;
      item.isUnsettled = false;
      item.view.settle();
      const known = geometry.heights.get(item.id);
      if (!known?.hasBody || known.isHeld || item.isFolded || item.view.isLarge) continue;
      const px = item.dom.getBoundingClientRect().height / this.view.scaleY;
      // An image that is not decoded yet has no height: keep the estimate.
      if (!px && item.view.isLoading) continue;
      if (metrics?.metrics || Math.abs(px - known.px) > 0.25) heights.set(item.id, px);
    }
    if (!heights.size && !metrics) return;
    this.view.dispatch({
      effects: measured.of({ heights, ...(metrics ?? {}) }),
    });
    // Reading a position makes the editor measure now. In the next frame it would take its scroll
    // anchor after the user has scrolled on, and the text would jump.
    if (!this.isInMargin) this.view.lineBlockAtHeight(0);
  }

  /// Focuses the result of an anchor, or the field in it that waits for input. If the result is not
  /// rendered yet, it gets the focus as soon as it is.
  focus(id: number): void {
    if (this.isInMargin) this.column?.show(id, true);
    const item = this.make(id);
    // Synchronously if it is rendered, so that the next key goes there.
    if (item) (item.view.input ?? item.dom).focus({ preventScroll: true });
    else this.wantsFocus = id;
  }

  /// The element of an anchor's result; null if it is not rendered.
  domOf(id: number): HTMLElement | null {
    return this.mounted.get(id)?.dom ?? null;
  }

  /// The result of an anchor, if it is near the window: rendered now, if that had been left for idle
  /// time. Not for where the layout is read.
  make(id: number): Mounted | null {
    if (this.mounted.want(id)) this.place(0);
    return this.mounted.get(id) ?? null;
  }

  /// Whether results that are not in view are still to be made. For tests.
  get isPreparing(): boolean {
    return this.stopWaiting !== null;
  }

  /// The anchor id of the result that has the focus; null if none has.
  get focused(): number | null {
    const { activeElement } = document;
    return (activeElement && this.mounted.around(activeElement)?.id) ?? null;
  }

  private focusWanted(): void {
    const item = this.wantsFocus === null ? undefined : this.mounted.get(this.wantsFocus);
    if (!item) return;
    this.wantsFocus = null;
    this.view.requestMeasure({
      read: () => undefined,
      write: () => (item.view.input ?? item.dom).focus({ preventScroll: true }),
    });
  }

  /// Places the results, and removes up to `most` of those that are not near the window any longer. All, unless only
  /// the window or their heights are others.
  private place(most = Infinity): void {
    const { view, pane } = this;
    const layout = layoutOf(view.state);
    const isOther = layout !== this.placedIn;
    if (isOther) this.begin(layout);
    const height = `max(100%, ${view.contentHeight / view.scaleY}px)`;
    if (pane.style.minHeight !== height) pane.style.minHeight = height;
    this.mounted.beginPass();
    if (view.state.facet(resultsElsewhere)) this.column?.end();
    else if (layout === "beside") this.column?.place();
    else this.placeAligned(layout);
    this.mounted.endPass(isOther ? Infinity : most);
    if (this.mounted.isWaiting) this.stopWaiting ??= whenIdle(this.prepare);
    this.corrections.releaseHeld(view.state.field(geometryField));
    this.focusWanted();
  }

  /// Makes some of the elements that will be in view soon, and lays them out: what that takes, no frame has to
  /// wait for. While they rush by, only in time that no frame needs.
  private readonly prepare = (left: () => number) => {
    this.stopWaiting = null;
    this.settle();
    const { mounted, view } = this;
    if (!mounted.isWaiting || !view.scrollDOM.clientWidth) return;
    if (!mounted.isRushing || left() > costly) {
      mounted.wantNearest();
      this.place(few);
      // Parts come a few promises later; and before the next frame, which would do it.
      setTimeout(() => this.settle());
    }
    this.stopWaiting ??= whenIdle(this.prepare);
  };

  private readonly onScroll = (event: Event) => {
    const { scrollDOM, scaleY } = this.view;
    if (event.target !== scrollDOM) return;
    this.scrollTop = scrollDOM.scrollTop / scaleY;
    if (!this.windowHeight) return;
    this.pace?.moved(this.scrollTop, this.windowHeight);
    this.mounted.isRushing = this.pace?.isFast ?? false;
    if (this.isInMargin) return;
    if (this.mounted.isUrgentAfter((this.scrollTop - this.placedTop) / this.windowHeight))
      this.view.requestMeasure(this.placeScrolled);
  };

  /// What is in view has to wait no longer. Not in the middle of an update.
  private readonly slowed = () => {
    this.mounted.isRushing = false;
    if (this.mounted.isWaiting) this.view.requestMeasure(this.placeScrolled);
  };

  /// After the editor has read the layout.
  private readonly placeScrolled = {
    key: "rdit-scrolled",
    read: () => undefined,
    write: () => this.place(0),
  };

  private begin(layout: Layout): void {
    this.placedIn = layout;
    this.placedFor = null;
    for (const item of this.mounted.all()) {
      item.top = NaN;
      item.dom.style.top = item.dom.style.transform = "";
    }
    if (layout !== "beside") this.column?.end();
    else if (this.column) this.column.begin();
    else this.loadMargin();
  }

  private placeAligned(layout: Layout): void {
    const { view } = this;
    const { state, viewport, scaleY } = view;
    const { anchors, results } = state.field(statementsField);
    const geometry = state.field(geometryField);
    const origin = view.documentPadding.top / scaleY;
    const { scrollTop, windowHeight, placedFor } = this;
    // Where the window goes to is not known: all that may be in it is made at once.
    const isJump = !placedFor || placedFor.from > viewport.to || placedFor.to < viewport.from;
    this.placedFor = viewport;
    this.placedTop = scrollTop;
    let previous: Mounted | null = null;

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
      this.corrections.noteCode(group, codeHeight, heights);
      members.forEach(({ anchor, from, to, content }, index) => {
        const y = Math.round((origin + top + tops[index]) * 100) / 100;
        const above = scrollTop - y - heights[index];
        const distance = isJump ? 0 : Math.max(above, y - scrollTop - windowHeight) / windowHeight;
        const item = this.mounted.show(anchor, content!, { from, to }, previous, distance);
        if (!item) return;
        if (item.top !== y) {
          item.top = y;
          item.dom.style.top = `${y}px`;
        }
        previous = item;
      });
    });
  }

  private readonly measureScreen = {
    key: "rdit-screen",
    read: readScreen,
    write: (screen: Screen) => {
      writeScreen(this.view, screen);
      this.windowHeight = screen.window;
      if (this.column?.resize(screen.window) && this.isInMargin) this.place();
      // A transaction may not be dispatched in the measure phase: use a microtask.
      queueMicrotask(() => this.settle());
    },
  };

  private setWidth(percent: number): void {
    const width = Math.round(Math.max(20, Math.min(75, percent)) * 10) / 10;
    this.view.scrollDOM.style.setProperty("--rdit-results-width", `${width}%`);
    this.view.requestMeasure(this.measureScreen);
  }
}

/// What results in this editor need of it.
export function contextOf(view: EditorView): RenderContext {
  const host = () => view.state.facet(editorHost);
  return {
    loadRenderer: () => host()?.loadRenderer?.() ?? defaultRenderer(),
    isHosted: mimeType => host()?.isHosted?.(mimeType) ?? false,
    scripted: () => view.state.field(statementsField).results.scripted,
    openFrame: outcome => frameOpener(view, outcome),
    answerInput: text => {
      host()?.answerInput?.(text);
      view.dispatch({ effects: questionReached.of(null) });
      view.focus();
    },
    say: text => host()?.say?.(text, "warning"),
    grid: (...shown) => loadGrids().then(({ gridIn }) => gridIn(view, ...shown)),
  };
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
export function setLayout(view: EditorView, layout: Layout): void {
  view.dispatch({ effects: layoutChosen.of(layout) });
  settle(view);
}

/// Sets how the user wants results to be folded.
export function setFolding(view: EditorView, isFolded: boolean, lines: number): void {
  view.dispatch({ effects: foldingChosen.of({ isFolded, lines }) });
  view.plugin(resultsLayer)?.settle();
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
    return pane && layoutOf(view.state) !== "below" ? { right: pane.offsetWidth } : null;
  }),
];
