// The DOM of one result, updated incrementally: unchanged parts are kept. What depends on the kind
// of a part is in parts/. Independent of the editor; `RenderContext` connects it.
//
// A result that is higher than its cap shows its head, in one element that scrolls: that of its only
// part, else the body. One line below it offers the rest. Folded, it shows its gist alone.

import type { CountedLoop, Status } from "../protocol";
import { figureHeight, fitFigure } from "./caps";
import { once } from "./once";
import { kindOf, preload } from "./parts";
import { InputBox } from "./parts/input";
import type { PartView, RenderContext } from "./parts/part";
import type { InputWanted } from "./progress";
import type { Outcome, Part } from "./results";

/// What is shown for a statement. Line numbers are those of the current text.
export interface Shown {
  readonly outcome: Outcome;
  readonly status: Status;
  readonly startedAt: number;
  /// How far its loop is, if that is known.
  readonly loop?: CountedLoop | null | undefined;
  readonly input: InputWanted | null;
  /// Why it is not what the text gives now, in a sentence; "" if it is.
  readonly stale: string;
  /// The outputs are of an earlier run, shown until this run has an output or ends.
  readonly isEarlier: boolean;
  /// The process that made it has ended.
  readonly isGone: boolean;
  readonly lineStart: number;
  readonly lineEnd: number;
  /// In one line.
  readonly isFolded: boolean;
  /// Whole, however high it is.
  readonly isExpanded: boolean;
}

/// What the buttons of a result do.
export interface ResultActions {
  fold(isFolded: boolean): void;
  expand(isExpanded: boolean): void;
  /// Opens the menu of the result. Without this method it has none.
  menu?(at: HTMLElement, result: ResultView): void;
  /// Copies it as text.
  copy?(): void;
}

// Imported lazily, with the first result; until then a folded result has no text.
let gists: typeof import("./gist") | null = null;
const loadGists = once(() => import("./gist").then(module => void (gists = module)));

const loadRunning = once(() => import("./running"));
const moment = 500;

/// "line 12" or "lines 12–14".
export function linesOf(lineStart: number, lineEnd: number): string {
  return lineStart === lineEnd ? `line ${lineStart}` : `lines ${lineStart}–${lineEnd}`;
}

/// The element of one result. `update` is the only way to change it.
/// Long, as fold, head and live output change the same few elements.
export class ResultView {
  readonly dom = document.createElement("div");
  /// What the parts stand in.
  private readonly body = document.createElement("div");
  private readonly notes = document.createElement("div");
  private readonly edited = document.createElement("span");
  private readonly tools = document.createElement("div");
  private readonly foldButton: HTMLButtonElement;
  private views: PartView<Part>[] = [];
  private parts: readonly Part[] = [];
  private shown: Shown | null = null;
  private gist: HTMLButtonElement | null = null;
  private line: HTMLElement | null = null;
  private more: HTMLElement | null = null;
  private inputBox: InputBox | null = null;
  /// Ends what stands at a running statement; null if it does not run.
  private stopRunning: (() => void) | null = null;
  private isDestroyed = false;
  /// Its end was followed while its statement wrote.
  private hasGrown = false;
  /// Its statement has ended, and it is to begin at its head.
  private hasEnded = false;
  /// Closes the large view; null if the result is not in it.
  private closeLarge: (() => void) | null = null;

  /// `watch`: the caller is to observe the size of this element, and call `settle` when it changes.
  constructor(
    private readonly context: RenderContext,
    private readonly actions: ResultActions,
    private readonly watch: (dom: Element) => void = () => {},
  ) {
    preload();
    loadGists().catch(() => {}); // `updateFold` reports the failure
    this.dom.className = "rdit-result";
    this.dom.setAttribute("role", "group");
    this.dom.tabIndex = -1;
    this.body.className = "rdit-body";
    this.notes.className = "rdit-notes";
    this.edited.className = "rdit-note rdit-edited";
    this.edited.hidden = true;
    this.notes.append(this.edited);
    if (actions.menu) {
      const menu = tool("menu", "More", () => actions.menu!(menu, this));
      menu.setAttribute("aria-haspopup", "menu");
      this.notes.append(menu);
    }
    this.tools.className = "rdit-tools";
    this.foldButton = tool("fold", "", () => this.toggleFold());
    const large = tool("large", "Open large", () => this.enlarge());
    this.foldButton.dataset.command = "rdit:fold-result";
    large.dataset.command = "rdit:open-large";
    this.tools.append(this.foldButton, large);
    this.dom.append(this.tools, this.notes, this.body);
    this.dom.addEventListener("keydown", event => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) this.pressed(event);
      // With any of these the key is a command's: Shift-Enter runs code.
      if (event.target !== this.dom) return;
      if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === " ") this.toggleFold();
      else if (event.key === "Enter") this.enlarge();
      else return;
      event.preventDefault();
    });
  }

  /// The field of an open `input()` request, if any.
  get input(): HTMLInputElement | null {
    return this.inputBox?.field ?? null;
  }

  get hasFrame(): boolean {
    return this.body.querySelector("iframe") !== null;
  }

  /// It is open in the large view: its parts are not in `dom`.
  get isLarge(): boolean {
    return this.closeLarge !== null;
  }

  /// Its height is not final: images or renderers are loading.
  get isLoading(): boolean {
    return (
      this.views.some(view => view.isLoading) ||
      [...this.body.querySelectorAll("img")].some(image => !image.complete)
    );
  }

  update(shown: Shown): void {
    const before = this.shown;
    this.shown = shown;
    const { dom } = this;
    if (before?.lineStart !== shown.lineStart || before.lineEnd !== shown.lineEnd) {
      dom.dataset.lineStart = String(shown.lineStart);
      dom.dataset.lineEnd = String(shown.lineEnd);
      dom.setAttribute("aria-label", this.label);
    }
    if (before?.status !== shown.status) {
      dom.dataset.status = shown.status;
      if (shown.status === "running") this.hasGrown = false;
    }
    if (before?.stale !== shown.stale) {
      mark(dom, "stale", shown.stale !== "");
      dom.title = this.edited.title = shown.stale;
      if (shown.stale)
        this.edited.textContent = shown.stale.startsWith("Edited") ? "edited" : "stale";
      this.edited.hidden = !shown.stale;
      dom.setAttribute("aria-label", this.label);
    }
    mark(dom, "expanded", shown.isExpanded);
    dom.classList.toggle("rdit-earlier", shown.isEarlier);
    dom.toggleAttribute("data-gone", shown.isGone);
    this.tools.hidden = !shown.outcome.parts.length;
    // The parts of a folded result are made when it is unfolded.
    if (!shown.isFolded || this.views.length || this.isLarge) this.updateParts(shown.outcome);
    if (before?.status === "running" && shown.status !== "running")
      this.hasEnded = !this.hasGrown || shown.status === "error";
    this.updateLine(shown);
    this.updateFold(shown, before);
    this.updateInput(shown);
    this.updateRunning(shown);
  }

  /// Shows the head of what is higher than its cap, and offers the rest. Reads the layout: do not
  /// call during an editor update.
  settle(): void {
    const { shown, dom } = this;
    if (!shown || shown.isFolded || this.isLarge) return;
    for (const { dom } of this.views) {
      const inner = scrollerOf(dom);
      if (!inner) continue;
      inner.style.maxHeight = "";
      markScrolling(inner, dom);
    }
    const style = getComputedStyle(dom);
    const cap = parseFloat(style.getPropertyValue("--rdit-cap")) || Infinity;
    const lineHeight = parseFloat(style.lineHeight) || 20;
    const isSmaller = this.fitFigures(cap, lineHeight);
    const { scroller } = this;
    scroller.style.maxHeight = "";
    // Without its own cap: what it would be.
    const isTall = isSmaller || scroller.scrollHeight > cap + 1;
    const wasTall = dom.dataset.tall === "true";
    mark(dom, "tall", isTall);
    mark(dom, "low", dom.offsetHeight < 1.5 * lineHeight);
    this.updateMore(isTall);
    if (isTall && !shown.isExpanded) {
      if (!wasTall || this.hasEnded) this.scrollFirst(scroller);
      if (scroller.scrollTop === 0) showWholeRows(scroller);
    }
    this.hasEnded = false;
    if (scroller === this.body) markScrolling(scroller, dom);
  }

  // Of the whole page, these keys would take the code too.
  private pressed(event: KeyboardEvent): void {
    const { target, key, defaultPrevented } = event;
    if (defaultPrevented || (target instanceof Element && target.matches("input, textarea")))
      return;
    const selection = getSelection();
    if (key === "a") selection?.selectAllChildren(this.gist ?? this.body);
    else if (key === "c" && !String(selection) && this.actions.copy) this.actions.copy();
    else return;
    event.preventDefault();
  }

  private expand(isExpanded: boolean): void {
    this.actions.expand(isExpanded);
    this.settle();
  }

  toggleFold(): void {
    if (this.shown) this.actions.fold(!this.shown.isFolded);
  }

  /// Opens the result large, over the page.
  enlarge(): void {
    const { shown } = this;
    if (!shown || this.isLarge) return;
    let isWanted = true;
    this.closeLarge = () => (isWanted = false);
    import("./large_view").then(
      ({ openLarge }) => {
        this.closeLarge = null;
        if (!isWanted || this.isDestroyed) return;
        this.updateParts(this.shown!.outcome);
        this.closeLarge = openLarge(this.body, this.dom, this.label, () => {
          this.closeLarge = null;
          if (!this.isDestroyed) this.settle();
        });
      },
      (error: unknown) => {
        this.closeLarge = null;
        console.warn("rdit: the large view could not be loaded.", error);
        this.context.say?.("The large view could not be loaded: try again.");
      },
    );
  }

  destroy(): void {
    this.isDestroyed = true;
    this.closeLarge?.();
    this.stopRunning?.();
    this.stopRunning = null;
    for (const view of this.views) view.dispose();
    this.dom.remove();
  }

  private get label(): string {
    const { lineStart, lineEnd, stale } = this.shown!;
    return `Result of ${linesOf(lineStart, lineEnd)}${stale && `, stale: ${stale}`}`;
  }

  /// The element that scrolls if the result is higher than its cap.
  private get scroller(): HTMLElement {
    const [view, more] = this.views;
    return (view && !more && scrollerOf(view.dom)) || this.body;
  }

  /// Shows each figure that is too high at a smaller size, or its head. Returns whether there are
  /// any.
  private fitFigures(cap: number, lineHeight: number): boolean {
    const isAlone = this.views.length === 1;
    let isAny = false;
    for (const image of this.body.querySelectorAll<HTMLImageElement>("[data-kind=image] > img")) {
      const { style } = image;
      const size = (name: "width" | "height", natural: number) =>
        Number(image.getAttribute(name)) || natural;
      const width = size("width", image.naturalWidth);
      const shrunk = Math.min(1, this.body.clientWidth / width);
      const whole = size("height", image.naturalHeight) * shrunk;
      const isTall = whole > cap + 1;
      isAny ||= isTall;
      const fitted = fitFigure(width * shrunk, whole, figureHeight(cap, lineHeight, isAlone));
      const isFitted = isTall && !this.shown!.isExpanded;
      style.width = isFitted ? `${fitted.width}px` : "";
      style.height = isFitted ? `${fitted.height}px` : "";
      image.classList.toggle("rdit-figure-head", isFitted && fitted.isHead);
    }
    return isAny && isAlone;
  }

  /// Where a result stands that has become too high, or ended then: at its end while the statement
  /// writes (until the user scrolls up), at an error if it has one, at its end if something was left
  /// out, however fast it came, else at its head.
  private scrollFirst(scroller: HTMLElement): void {
    const { body } = this;
    const error = body.querySelector(".rdit-error");
    if (this.shown!.outcome.status === "running" || (!error && body.querySelector(".rdit-cut")))
      scroller.scrollTop = scroller.scrollHeight;
    else if (error && scroller === body)
      scroller.scrollTop +=
        error.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    else scroller.scrollTop = 0;
  }

  private updateMore(isTall: boolean): void {
    if (!isTall) {
      this.more?.remove();
      this.more = null;
      return;
    }
    const isAll = this.shown!.isExpanded;
    if (!this.more) {
      this.more = document.createElement("div");
      this.more.className = "rdit-more";
      this.more.append(
        button("rdit-quiet-button rdit-show-all", "", () => this.expand(!this.shown!.isExpanded)),
        button("rdit-quiet-button", "Open large", () => this.enlarge()),
      );
      this.body.after(this.more);
    }
    const first = this.more.firstElementChild!;
    const length = gists?.lengthOf(this.shown!.outcome.parts) ?? "";
    first.textContent = isAll ? "Show less" : `Show all${length}`;
    first.setAttribute("aria-expanded", String(isAll));
    if (!gists) this.withGists(() => this.more && this.updateMore(true));
  }

  private withGists(act: () => void): void {
    loadGists().then(act, (error: unknown) =>
      console.warn("rdit: results are not described.", error),
    );
  }

  private updateFold(shown: Shown, before: Shown | null): void {
    const { isFolded } = shown;
    if (before?.isFolded !== isFolded) {
      mark(this.dom, "folded", isFolded);
      const label = isFolded ? "Unfold result" : "Fold result";
      name(this.foldButton, label);
      this.foldButton.setAttribute("aria-expanded", String(!isFolded));
      if (!isFolded) {
        this.gist?.remove();
        this.gist = null;
      }
    }
    if (!isFolded) return;
    if (!this.gist) {
      this.gist = button("rdit-gist", "", () => {
        this.actions.fold(false);
        this.foldButton.focus({ preventScroll: true });
      });
      this.gist.setAttribute("aria-expanded", "false");
      this.notes.after(this.gist);
    } else if (before?.outcome === shown.outcome && before?.status === shown.status) return;
    if (gists) return gists.describe(this.gist, shown);
    this.gist.textContent = "Result";
    this.withGists(() => this.shown?.isFolded && this.updateFold(this.shown, null));
  }

  private updateParts(outcome: Outcome): void {
    const { parts } = outcome;
    if (parts === this.parts) return;
    const { context, watch, body } = this;
    const surroundings = { outcome, context, watch };
    const follows = this.isAtEnd;
    parts.forEach((part, index) => {
      const view = this.views[index];
      const before = this.parts[index];
      if (before === part || (before?.type === part.type && view!.update(part, outcome))) return;
      const made = kindOf(part).view(part, surroundings);
      if (view) {
        view.dom.replaceWith(made.dom);
        view.dispose();
      } else body.append(made.dom);
      this.views[index] = made;
    });
    for (const view of this.views.splice(parts.length)) {
      view.dom.remove();
      view.dispose();
    }
    this.parts = parts;
    body.classList.toggle("rdit-one", this.scroller !== body);
    this.dom.classList.toggle(
      "rdit-has-figure",
      parts.some(part => kindOf(part).isFigure?.(part)),
    );
    if (!follows) return;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.hasGrown = true;
  }

  /// Whether it shows the end of what is too high. Reading scroll positions forces a layout: only
  /// where something scrolls.
  private get isAtEnd(): boolean {
    if (!this.dom.dataset.tall || this.dom.dataset.expanded || this.shown?.isFolded) return false;
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    return scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 2;
  }

  private updateLine(shown: Shown): void {
    const text = isSilentlyInterrupted(shown) ? "Interrupted" : "";
    if (!text) {
      this.line?.remove();
      this.line = null;
    } else if (!this.line) {
      this.line = document.createElement("div");
      this.line.className = "rdit-output rdit-line";
      this.line.textContent = text;
      this.dom.insertBefore(this.line, this.inputBox?.dom ?? null);
    }
  }

  private updateInput(shown: Shown): void {
    if (this.inputBox && this.inputBox.wanted === shown.input) return;
    this.inputBox?.dom.remove();
    this.inputBox =
      shown.input && new InputBox(shown.input, text => this.context.answerInput(text));
    if (!this.inputBox) return;
    this.dom.append(this.inputBox.dom);
    // It stands behind the dialog, where nothing can be typed. Not in the middle of an editor update.
    if (this.closeLarge)
      queueMicrotask(() => {
        this.closeLarge?.();
        this.input?.focus({ preventScroll: true });
      });
  }

  // Of what takes a moment nothing is shown: it would flicker.
  private updateRunning(shown: Shown): void {
    const runs = shown.status === "running" && shown.startedAt > 0 && !shown.input;
    if (runs === (this.stopRunning !== null)) return;
    this.stopRunning?.();
    this.stopRunning = null;
    if (!runs) return;
    const timer = setTimeout(
      () =>
        loadRunning().then(
          ({ showRunning }) => {
            if (this.stopRunning !== stop) return;
            this.stopRunning = showRunning(this.dom, this.notes, () => this.shown!);
          },
          (error: unknown) => console.warn("rdit: the time of a run is not shown.", error),
        ),
      Math.max(0, moment - (Date.now() - shown.startedAt)),
    );
    const stop = () => clearTimeout(timer);
    this.stopRunning = stop;
  }
}

/// Whether the statement was interrupted and no output says so.
export function isSilentlyInterrupted(
  shown: Pick<Shown, "status" | "outcome" | "isEarlier">,
): boolean {
  return (
    shown.status === "interrupted" &&
    !shown.isEarlier &&
    !shown.outcome.parts.some(part => part.type === "error")
  );
}

function button(className: string, text: string, act: () => void): HTMLButtonElement {
  const dom = document.createElement("button");
  dom.type = "button";
  dom.className = className;
  dom.textContent = text;
  dom.addEventListener("click", act);
  return dom;
}

/// A button that is an icon.
function tool(icon: string, label: string, act: () => void): HTMLButtonElement {
  const dom = button(`rdit-tool rdit-tool-${icon}`, "", act);
  name(dom, label);
  return dom;
}

function name(dom: HTMLElement, label: string): void {
  dom.title = dom.ariaLabel = label;
}

function mark(dom: HTMLElement, name: string, isSo: boolean): void {
  if (isSo) dom.dataset[name] = "true";
  else delete dom.dataset[name];
}

/// The element of a part that scrolls, if any.
function scrollerOf(part: HTMLElement): HTMLElement | null {
  const inner = part.firstElementChild;
  return inner?.classList.contains("rdit-scroll") ? (inner as HTMLElement) : null;
}

// Ends the head of a table at the end of a row.
function showWholeRows(scroller: HTMLElement): void {
  const { top } = scroller.getBoundingClientRect();
  // An element that is scaled (zoomed) has other lengths on the screen than its style has.
  const scale = scroller.getBoundingClientRect().height / scroller.offsetHeight || 1;
  const bar = scroller.offsetHeight - scroller.clientHeight;
  const room = scroller.clientHeight;
  // Tables with a style sheet of their own are in a shadow root.
  const hosts = scroller.querySelectorAll(":scope > *, .rdit-scroll > *");
  const roots = [scroller, ...Array.from(hosts, host => host.shadowRoot)];
  for (const root of roots)
    for (const row of root?.querySelectorAll("tr") ?? []) {
      const rect = row.getBoundingClientRect();
      if ((rect.bottom - top) / scale <= room + 0.5) continue;
      const end = (rect.top - top) / scale;
      if (end > 0 && end < room) scroller.style.maxHeight = `${Math.floor(end) + bar}px`;
      return;
    }
}

// What holds all its content is no scroll container: each has layers of its own, which the browser makes
// anew in every frame that scrolls the code.
function markFitting(body: HTMLElement, isFitting: boolean): void {
  if (body.classList.contains("rdit-scroll")) mark(body, "fits", isFitting);
}

// Marks the edges of a part beyond which it scrolls sideways, and makes what scrolls focusable, so
// that the keyboard can scroll it.
function markScrolling(body: HTMLElement, part: HTMLElement): void {
  const mark = () => {
    const over = body.scrollWidth - body.clientWidth;
    if (over > 1)
      part.dataset.wide =
        body.scrollLeft < 2 ? "right" : body.scrollLeft > over - 2 ? "left" : "both";
    else delete part.dataset.wide;
    const isScrolling = over > 1 || body.scrollHeight > body.clientHeight + 1;
    markFitting(body, !isScrolling);
    if (isScrolling === body.tabIndex >= 0) return;
    if (isScrolling) {
      body.tabIndex = 0;
      body.setAttribute("role", "group");
      body.setAttribute("aria-label", "Output, scrollable");
      body.onscroll = mark;
    } else for (const name of ["tabindex", "role", "aria-label"]) body.removeAttribute(name);
  };
  mark();
}
