// The DOM of one result, updated incrementally: unchanged parts are kept. What depends on the kind
// of a part is in parts/. Independent of the editor; `RenderContext` connects it.

import type { Status } from "../protocol";
import { clock } from "./duration";
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
  readonly input: InputWanted | null;
  /// The source was edited since it ran.
  readonly isStale: boolean;
  /// The outputs are of an earlier run, shown until this run has an output or ends.
  readonly isEarlier: boolean;
  readonly lineStart: number;
  readonly lineEnd: number;
}

/// "line 12" or "lines 12–14".
export function linesOf(lineStart: number, lineEnd: number): string {
  return lineStart === lineEnd ? `line ${lineStart}` : `lines ${lineStart}–${lineEnd}`;
}

/// The element of one result. `update` is the only way to change it.
export class ResultView {
  readonly dom = document.createElement("div");
  private readonly notes = document.createElement("div");
  private readonly clock = document.createElement("span");
  private readonly edited = document.createElement("span");
  private views: PartView<Part>[] = [];
  private parts: readonly Part[] = [];
  private shown: Shown | null = null;
  private line: HTMLElement | null = null;
  private inputBox: InputBox | null = null;
  private ticking = 0;

  /// `expanded`: indices of parts shown at full height; the caller keeps it beyond this view.
  /// `watch`: the caller is to observe the size of this element, and call `settle` when it changes.
  constructor(
    private readonly context: RenderContext,
    private readonly expanded: Set<number> = new Set(),
    private readonly watch: (dom: Element) => void = () => {},
  ) {
    preload();
    this.dom.className = "rdit-result";
    this.dom.setAttribute("role", "group");
    this.dom.tabIndex = -1;
    this.notes.className = "rdit-notes";
    this.clock.className = "rdit-note rdit-clock";
    this.clock.hidden = true;
    this.edited.className = "rdit-note rdit-edited";
    this.edited.textContent = "edited";
    this.edited.title = "The source changed since this result was made";
    this.edited.hidden = true;
    this.notes.append(this.clock, this.edited);
    this.dom.append(this.notes);
  }

  /// The field of an open `input()` request, if any.
  get input(): HTMLInputElement | null {
    return this.inputBox?.field ?? null;
  }

  get hasFrame(): boolean {
    return this.dom.querySelector("iframe") !== null;
  }

  /// Its height is not final: images or renderers are loading.
  get isLoading(): boolean {
    return (
      this.views.some(view => view.isLoading) ||
      [...this.dom.querySelectorAll("img")].some(image => !image.complete)
    );
  }

  update(shown: Shown): void {
    const before = this.shown;
    this.shown = shown;
    const { dom } = this;
    if (before?.lineStart !== shown.lineStart || before.lineEnd !== shown.lineEnd) {
      dom.dataset.lineStart = String(shown.lineStart);
      dom.dataset.lineEnd = String(shown.lineEnd);
      dom.setAttribute("aria-label", `Result of ${linesOf(shown.lineStart, shown.lineEnd)}`);
    }
    if (before?.status !== shown.status) dom.dataset.status = shown.status;
    if (before?.isStale !== shown.isStale) {
      if (shown.isStale) dom.dataset.stale = "true";
      else delete dom.dataset.stale;
      this.edited.hidden = !shown.isStale;
    }
    dom.classList.toggle("rdit-earlier", shown.isEarlier);
    this.updateParts(shown.outcome);
    this.updateLine(shown);
    this.updateInput(shown);
    this.updateClock(shown);
  }

  /// Adds "Show all" to parts cut off by their maximum height. Reads the layout: do not call during
  /// an editor update.
  settle(): void {
    this.views.forEach(({ dom }, index) => {
      const body = dom.firstElementChild;
      if (!body?.classList.contains("rdit-scroll")) return;
      if (this.expanded.has(index)) dom.dataset.expanded = "true";
      markScrolling(body as HTMLElement);
      const isTall = dom.dataset.expanded === "true" || body.scrollHeight > body.clientHeight + 1;
      if (isTall === (dom.dataset.tall === "true")) return;
      if (isTall) {
        dom.dataset.tall = "true";
        // Scroll to the end while the statement writes (until the user scrolls up), and in the tail
        // after a truncation.
        const isTail = this.parts[index - 1]?.type === "truncated";
        if (isTail || this.shown?.outcome.status === "running") body.scrollTop = body.scrollHeight;
        dom.append(this.showAll(dom, index));
      } else {
        delete dom.dataset.tall;
        dom.querySelector(":scope > .rdit-show-all")?.remove();
      }
    });
  }

  private showAll(part: HTMLElement, index: number): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rdit-quiet-button rdit-show-all";
    const label = () => {
      const isAll = part.dataset.expanded === "true";
      button.textContent = isAll ? "Show less" : "Show all";
      button.setAttribute("aria-expanded", String(isAll));
    };
    button.addEventListener("click", () => {
      if (part.dataset.expanded === "true") {
        delete part.dataset.expanded;
        this.expanded.delete(index);
      } else {
        part.dataset.expanded = "true";
        this.expanded.add(index);
      }
      label();
    });
    label();
    return button;
  }

  destroy(): void {
    clearInterval(this.ticking);
    for (const view of this.views) view.dispose();
    this.dom.remove();
  }

  private updateParts(outcome: Outcome): void {
    const { parts } = outcome;
    if (parts === this.parts) return;
    const { context, watch } = this;
    const surroundings = { outcome, context, watch };
    parts.forEach((part, index) => {
      const view = this.views[index];
      const before = this.parts[index];
      if (before === part || (before?.type === part.type && view!.update(part))) return;
      // The text before a truncation: show its beginning.
      if (part.type === "truncated") this.views[index - 1]?.dom.firstElementChild?.scrollTo(0, 0);
      const made = kindOf(part).view(part, surroundings);
      if (view) {
        view.dom.replaceWith(made.dom);
        view.dispose();
      } else this.dom.insertBefore(made.dom, this.line ?? this.inputBox?.dom ?? null);
      this.views[index] = made;
    });
    for (const view of this.views.splice(parts.length)) {
      view.dom.remove();
      view.dispose();
    }
    this.parts = parts;
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
    if (this.inputBox) this.dom.append(this.inputBox.dom);
  }

  // The clock of a running statement is positioned absolutely: showing it changes no height.
  private updateClock(shown: Shown): void {
    const runs = shown.status === "running" && shown.startedAt > 0 && !shown.input;
    if (runs === this.ticking > 0) return;
    clearInterval(this.ticking);
    this.ticking = 0;
    this.clock.hidden = true;
    if (!runs) return;
    const tick = () => {
      const seconds = (Date.now() - (this.shown?.startedAt ?? 0)) / 1000;
      this.clock.hidden = seconds < 0.5;
      this.clock.textContent = clock(seconds);
    };
    this.ticking = setInterval(tick, 100) as unknown as number;
    tick();
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

// Marks the edges beyond which the part scrolls horizontally, and makes it focusable, so that the
// keyboard can scroll it.
function markScrolling(body: HTMLElement): void {
  const part = body.parentElement!;
  const mark = () => {
    const over = body.scrollWidth - body.clientWidth;
    if (over > 1)
      part.dataset.wide =
        body.scrollLeft < 2 ? "right" : body.scrollLeft > over - 2 ? "left" : "both";
    else delete part.dataset.wide;
    const isScrolling = over > 1 || body.scrollHeight > body.clientHeight + 1;
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
