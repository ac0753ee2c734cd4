// The elements of the results near the viewport, in the pane. A pass shows what is in view, one
// result after the other; what was not shown in it goes, but for what would lose by that.
//
// To make an element, and to lay it out, takes as long as a frame may: so a pass makes only those that
// are in view, or about to be, and none while they rush by. The others wait, and are made while the browser is idle.

import { EditorView } from "@codemirror/view";
import type { StateEffect } from "@codemirror/state";
import type { RenderContext } from "../results/parts/part";
import { ResultView, type Shown } from "../results/render";
import type { Anchor, Span } from "./anchors";
import { goneRuns } from "./gone";
import { contentOf, hasBody, isVisible, type Content } from "./content";
import { resultMenu } from "./result_menu";
import { foldsField, isFolded, resultExpanded, resultsFolded } from "./folds";
import { staleReason } from "./stale";
import { statementsField } from "./statements";

/// A result that has an element.
export interface Mounted {
  readonly id: number;
  readonly view: ResultView;
  readonly dom: HTMLElement;
  content: Content;
  top: number;
  /// The last pass in which the result was in the viewport.
  turn: number;
  /// Its height in the DOM may differ from the one in the state.
  isUnsettled: boolean;
  /// Its height is that of a line.
  isFolded: boolean;
}

/// Number of results with iframes kept outside the viewport: an iframe that is removed and inserted
/// again reloads.
const keptFrames = 20;

/// How far from the window a result may wait for its element, as a share of the window's height: code
/// that scrolls by less in a frame shows no result without one.
export const urgentWithin = 1 / 8;

/// Number of results that have left the viewport and wait for idle time to be removed.
const keptLeft = 60;

/// The elements, by the id of their anchors.
export class MountedResults {
  private readonly items = new Map<number, Mounted>();
  private readonly byDom = new Map<Element, Mounted>();
  private readonly made: Mounted[] = [];
  private turn = 0;
  /// Without an element yet, with their distances from the window.
  private readonly waiting = new Map<number, number>();
  /// The one of them that the next pass makes.
  private wanted = -1;
  /// What is in view rushes by: it can wait as well.
  isRushing = false;
  /// Some were not shown in the last pass, and stay until there is time to remove them.
  private hasLeft = false;

  constructor(
    private readonly view: EditorView,
    private readonly pane: HTMLElement,
    private readonly context: RenderContext,
    private readonly resizes: ResizeObserver,
  ) {}

  /// The result of an anchor, if it has an element.
  get(id: number): Mounted | undefined {
    return this.items.get(id);
  }

  /// The result that an element is in.
  around(element: Element): Mounted | undefined {
    const dom = element.closest(".rdit-result");
    return dom ? this.byDom.get(dom) : undefined;
  }

  all(): Iterable<Mounted> {
    return this.items.values();
  }

  destroy(): void {
    for (const item of this.items.values()) item.view.destroy();
  }

  beginPass(): void {
    this.turn++;
    this.waiting.clear();
  }

  /// Whether there is something to do when the browser is idle: a pass after `wantNearest`.
  get isWaiting(): boolean {
    return this.waiting.size > 0 || this.hasLeft;
  }

  /// Whether one that waits may no longer, as the window has moved by `by` of its height since the pass.
  isUrgentAfter(by: number): boolean {
    if (this.isRushing) return false;
    for (const distance of this.waiting.values())
      if (distance - Math.abs(by) <= urgentWithin) return true;
    return false;
  }

  /// Lets the next pass make the element that will be in view first.
  wantNearest(): void {
    let least = Infinity;
    for (const [id, distance] of this.waiting)
      if (distance < least) [this.wanted, least] = [id, distance];
  }

  /// Lets the next pass make the element of this anchor. False: it does not wait for one.
  want(id: number): boolean {
    if (!this.waiting.has(id)) return false;
    this.wanted = id;
    return true;
  }

  /// Shows this content for the statement in this range, after `previous`. A new element is
  /// observed only after the pass, by `endPass`. `distance`: from the window, in heights of it. Null if it can
  /// wait.
  show(
    anchor: Anchor,
    content: Content,
    { from, to }: Span,
    previous: Mounted | null,
    distance: number,
  ): Mounted | null {
    const { state } = this.view;
    const canWait = this.isRushing || distance > urgentWithin;
    if (canWait && anchor.id !== this.wanted && !this.items.has(anchor.id)) {
      this.waiting.set(anchor.id, distance);
      return null;
    }
    const { id } = anchor;
    const { doc } = state;
    const lineStart = doc.lineAt(from).number;
    const lineEnd = doc.lineAt(to).number;
    const folds = this.view.state.field(foldsField);
    const shown: Shown = {
      ...content,
      stale: staleReason(state, anchor),
      lineStart,
      lineEnd,
      isFolded: isFolded(folds, id) && hasBody(content) && !content.input,
      isExpanded: folds.expanded.has(id),
      isGone: this.view.state.field(goneRuns).has(content.outcome.run),
    };
    let item = this.items.get(id);
    if (!item) {
      const actions = {
        fold: (isFolded: boolean) =>
          this.view.dispatch({ effects: resultsFolded.of({ ids: [id], isFolded }) }),
        expand: (isExpanded: boolean) => this.expand(id, isExpanded),
        ...resultMenu(this.view, id),
      };
      const view = new ResultView(this.context, actions, dom => this.resizes.observe(dom));
      item = {
        id,
        view,
        dom: view.dom,
        content,
        top: NaN,
        turn: 0,
        isUnsettled: true,
        isFolded: false,
      };
      this.items.set(id, item);
      this.byDom.set(view.dom, item);
      // DOM order is document order, for screen readers. An element with an iframe is never moved,
      // since moving reloads the iframe.
      this.pane.insertBefore(
        view.dom,
        previous ? previous.dom.nextSibling : this.pane.querySelector(".rdit-result"),
      );
      this.made.push(item);
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
    if (item.isFolded !== shown.isFolded) item.isUnsettled = true;
    item.isFolded = shown.isFolded;
    item.content = content;
    item.turn = this.turn;
    item.dom.style.visibility = "";
    item.view.update(shown);
    return item;
  }

  /// Ends a pass: observes what is new, and removes up to `most` of what was not shown in it. The rest is only out
  /// of view, and can be removed later.
  endPass(most: number): void {
    const { turn } = this;
    this.wanted = -1;
    for (const { dom } of this.made.splice(0)) this.resizes.observe(dom);
    const left = [...this.items.values()].filter(item => item.turn !== turn);
    const count = Math.max(most, left.length - keptLeft);
    this.hasLeft = left.length > 0 && count <= 0;
    if (count <= 0) return;
    let frames = 0;
    const gone = left
      .sort((a, b) => b.turn - a.turn)
      .filter(item => {
        // Outside the viewport, an element stays if it has the focus, or an iframe (up to
        // `keptFrames`), as long as its statement exists.
        const hasFocus = item.dom.contains(document.activeElement);
        const isWanted =
          item.view.isLarge || hasFocus || (item.view.hasFrame && frames++ < keptFrames);
        if (!isWanted || !this.isAnchored(item.id)) return true;
        // Its position is no longer updated: hide it, so that it does not cover other results.
        if (!hasFocus) item.dom.style.visibility = "hidden";
        return false;
      });
    this.hasLeft = gone.length > count;
    for (const item of gone.slice(-count)) {
      this.resizes.unobserve(item.dom);
      this.items.delete(item.id);
      this.byDom.delete(item.dom);
      item.view.destroy();
    }
  }

  private expand(id: number, isExpanded: boolean): void {
    const effects: StateEffect<unknown>[] = [resultExpanded.of({ id, isExpanded })];
    // Its end, where the button was, may have been far below: stay at its statement.
    if (!isExpanded) {
      const at = this.placeOf(id);
      if (at !== null) effects.push(EditorView.scrollIntoView(at, { y: "nearest", yMargin: 60 }));
    }
    this.view.dispatch({ effects });
  }

  private placeOf(id: number): number | null {
    const { anchors } = this.view.state.field(statementsField);
    for (const cursor = anchors.iter(); cursor.value; cursor.next())
      if (cursor.value.id === id) return cursor.from;
    return null;
  }

  private precedes(item: Mounted, other: Mounted): boolean {
    return Boolean(item.dom.compareDocumentPosition(other.dom) & Node.DOCUMENT_POSITION_FOLLOWING);
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
}
