// How the column is moved by hand: wheel, touch and keys. What is under the pointer moves one to one:
// over the column the results, over the code the code, by the browser itself. Also what shows a result
// that the browser has gone to: the focus, a selection, a match of its search.

import type { EditorView } from "@codemirror/view";
import type { MountedResults } from "../mounted";
import { reducedMotion, type MarginColumn } from "./column";

/// Events of a wheel that are nearer than this are one gesture, in milliseconds.
const pause = 150;
/// How long a notch of a mouse wheel takes, in milliseconds, and the momentum after a touch.
const notch = 45;
const momentum = 325;

type Owner = "column" | "code" | "inner";

export class Gestures {
  private readonly listening = new AbortController();
  private owner: Owner = "code";
  private wheeledAt = -Infinity;
  /// Until when scrolling is the user's.
  private handUntil = 0;
  /// What is still to be moved.
  private rest = 0;
  private decay = notch;
  private frame = 0;
  private movedAt = 0;
  /// A button or a finger is down, or the click that a finger has made is still to come.
  private isPointing = false;
  private focusedAt = -Infinity;
  private touch: { id: number; y: number; at: number; speed: number } | null = null;

  /// `isOn`: whether the layout is that of the margin.
  constructor(
    private readonly view: EditorView,
    private readonly pane: HTMLElement,
    private readonly column: MarginColumn,
    private readonly mounted: MountedResults,
    isOn: () => boolean,
  ) {
    const { scrollDOM } = view;
    const { signal } = this.listening;
    const on = <Name extends keyof HTMLElementEventMap>(
      target: HTMLElement,
      name: Name,
      act: (event: HTMLElementEventMap[Name]) => void,
      options: AddEventListenerOptions = {},
    ) =>
      target.addEventListener(
        name,
        event => {
          if (isOn()) act(event);
        },
        { ...options, signal },
      );
    // Before the editor's own listener, which measures: the results are then placed once.
    on(scrollDOM, "scroll", event => event.target === scrollDOM && this.onScroll(), {
      capture: true,
    });
    // The browser has scrolled to something in a result: the column goes there instead.
    on(pane, "scroll", () => {
      const by = pane.scrollTop;
      pane.scrollTop = 0;
      // What has just got the focus is shown already.
      if (by && performance.now() - this.focusedAt > pause) column.advance(by);
    });
    on(scrollDOM, "wheel", event => this.onWheel(event), { passive: false });
    on(scrollDOM, "pointerdown", event => this.onPointerDown(event));
    on(pane, "pointermove", event => this.onPointerMove(event));
    on(pane, "keydown", event => this.onKey(event));
    on(scrollDOM, "keydown", () => (this.handUntil = 0));
    // A finger gives the focus between `pointerup` and `click`.
    for (const name of ["keydown", "click"] as const)
      window.addEventListener(name, () => (this.isPointing = false), { capture: true, signal });
    on(pane, "focusin", event => this.onFocus(event.target as Element));
    for (const name of ["pointerup", "pointercancel"] as const)
      window.addEventListener(name, event => this.onPointerUp(event), { signal });
    document.addEventListener("selectionchange", () => isOn() && this.onSelection(), { signal });
  }

  destroy(): void {
    this.listening.abort();
    cancelAnimationFrame(this.frame);
  }

  private onScroll(): void {
    const now = performance.now();
    // Scrolling over a frame sends no events here.
    const isByHand = now < this.handUntil || this.pane.querySelector("iframe:hover") !== null;
    if (isByHand) this.handUntil = Math.max(this.handUntil, now + pause);
    this.column.scrolled(isByHand);
  }

  private onWheel(event: WheelEvent): void {
    const { deltaX, deltaY, deltaMode, timeStamp } = event;
    // With Ctrl it zooms; with Shift it goes sideways.
    if (event.ctrlKey || event.shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) return;
    const isNew = timeStamp - this.wheeledAt > pause;
    this.wheeledAt = timeStamp;
    const { view, column } = this;
    const { scaleY } = view;
    const unit = [1, view.defaultLineHeight / scaleY, view.scrollDOM.clientHeight][deltaMode];
    const by = (deltaY * unit) / (deltaMode ? 1 : scaleY);
    if (isNew) this.owner = this.ownerOf(event.target as Element, by);
    if (this.owner === "code") this.handUntil = performance.now() + 3 * pause;
    if (this.owner !== "column" || !event.cancelable) return;
    event.preventDefault();
    // A mouse has notches, which are eased; a trackpad brings its own ease.
    const { wheelDeltaY = 0 } = event as { wheelDeltaY?: number };
    const isNotch = deltaMode !== 0 || (wheelDeltaY % 120 === 0 && Math.abs(deltaY) >= 50);
    if (isNotch && !reducedMotion()) this.push(by, notch);
    else {
      this.stop();
      column.advance(by);
    }
  }

  /// What a gesture that begins here moves.
  private ownerOf(target: Element, by: number): Owner {
    const { column } = this;
    if (this.pane.contains(target)) return scrollerOf(target, this.pane, by) ? "inner" : "column";
    return column.isAtEnd(by) && column.canAdvance(by) ? "column" : "code";
  }

  private push(by: number, decay: number): void {
    if (decay !== this.decay || by * this.rest < 0) this.rest = 0;
    this.decay = decay;
    this.rest += by;
    if (this.frame) return;
    this.movedAt = performance.now();
    this.frame = requestAnimationFrame(this.tick);
  }

  private stop(): void {
    this.rest = 0;
  }

  private readonly tick = (now: number) => {
    const share = 1 - Math.exp(-Math.max(1, now - this.movedAt) / this.decay);
    this.movedAt = now;
    const by = Math.abs(this.rest) < 1 ? this.rest : this.rest * share;
    this.rest -= by;
    this.frame = 0;
    if (by) this.rest += this.column.advance(by);
    if (this.rest) this.frame = requestAnimationFrame(this.tick);
  };

  private onPointerDown(event: PointerEvent): void {
    const { target, pointerType, pointerId, clientY, timeStamp, button } = event;
    this.stop();
    this.isPointing = true;
    const isInPane = this.pane.contains(target as Node);
    // The scroll bar, the wheel as a button, a finger on the code.
    const isScrolling =
      target === this.view.scrollDOM || button === 1 || (!isInPane && pointerType === "touch");
    this.handUntil = isScrolling ? Infinity : 0;
    if (isInPane && pointerType === "touch" && event.isPrimary)
      this.touch = { id: pointerId, y: clientY, at: timeStamp, speed: 0 };
  }

  private onPointerMove({ pointerId, clientY, timeStamp }: PointerEvent): void {
    const { touch } = this;
    if (touch?.id !== pointerId) return;
    const by = (touch.y - clientY) / this.view.scaleY;
    const time = Math.max(1, timeStamp - touch.at);
    const speed = touch.speed + (by / time - touch.speed) * Math.min(1, time / 40);
    this.touch = { id: pointerId, y: clientY, at: timeStamp, speed };
    this.column.advance(by);
  }

  private onPointerUp({ type, timeStamp, pointerType }: PointerEvent): void {
    if (type === "pointercancel" || pointerType !== "touch") this.isPointing = false;
    if (this.handUntil === Infinity) this.handUntil = performance.now() + 3 * pause;
    const { touch } = this;
    this.touch = null;
    if (!touch || type === "pointercancel" || timeStamp - touch.at > 60) return;
    if (Math.abs(touch.speed) > 0.2) this.push(touch.speed * momentum, momentum);
  }

  private onKey(event: KeyboardEvent): void {
    const { key, target } = event;
    // With Shift they select text.
    if (event.defaultPrevented || event.shiftKey) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const height = this.view.scrollDOM.clientHeight;
    const line = this.view.defaultLineHeight / this.view.scaleY;
    const ways: Record<string, number> = {
      PageDown: 0.9 * height,
      PageUp: -0.9 * height,
      ArrowDown: 2 * line,
      ArrowUp: -2 * line,
      Home: -Infinity,
      End: Infinity,
    };
    const by = ways[key];
    const at = target as HTMLElement;
    if (!by || at.isContentEditable || at.matches("input, textarea, select, [role=separator]"))
      return;
    if (scrollerOf(at, this.pane, by)) return;
    event.preventDefault();
    if (Math.abs(by) === Infinity) this.column.goToEnd(by);
    else if (reducedMotion()) this.column.advance(by);
    else this.push(by, notch);
  }

  /// Shows a result that has got the focus, before the browser scrolls to where it stood. Not what is being
  /// pressed: it would move from under the pointer, and the click would go elsewhere.
  private onFocus(target: Element): void {
    const item = this.isPointing ? undefined : this.mounted.around(target);
    if (!item) return;
    this.focusedAt = performance.now();
    this.column.show(item.id, false);
  }

  private onSelection(): void {
    const selection = document.getSelection();
    const node = selection?.focusNode;
    if (!node || selection.isCollapsed || !this.pane.contains(node)) return;
    const at = node instanceof Element ? node : node.parentElement!;
    const item = this.mounted.around(at);
    if (!item) return;
    const range = document.createRange();
    range.setStart(node, selection.focusOffset);
    const rect = range.getClientRects()[0] ?? at.getBoundingClientRect();
    if (this.isSeen(rect)) return;
    const { top } = item.dom.getBoundingClientRect();
    const { scaleY } = this.view;
    const start = (rect.top - top) / scaleY;
    this.column.show(item.id, this.isPointing, { start, stop: start + rect.height / scaleY });
  }

  private isSeen({ top, bottom }: DOMRect): boolean {
    const window = this.view.scrollDOM.getBoundingClientRect();
    return top >= window.top - 1 && bottom <= window.bottom + 1;
  }
}

/// The element around `target`, within `pane`, that scrolls in this direction by itself.
function scrollerOf(target: Element, pane: Element, by: number): Element | null {
  for (let at: Element | null = target; at && at !== pane; at = at.parentElement) {
    const most = at.scrollHeight - at.clientHeight;
    if (most < 2 || !/auto|scroll/.test(getComputedStyle(at).overflowY)) continue;
    if (by > 0 ? at.scrollTop < most - 1 : at.scrollTop > 1) return at;
  }
  return null;
}
