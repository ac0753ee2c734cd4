// The DOM of one result, updated incrementally: text is appended, unchanged parts are kept, and
// rich parts show their text until the renderer is loaded. Independent of the editor;
// `RenderContext` connects it.

import type { Display, Error as ErrorOutput, Result, Status } from "../protocol";
import { appendAnsi, newPen, type Pen } from "./ansi";
import { clock } from "./duration";
import { choose, imageSize, textOf, type Choice, type MimeRenderer, type Rendered } from "./mime";
import type { InputWanted } from "./progress";
import type { CutPart, Outcome, Part, TextPart } from "./results";
import { sameBundle } from "./equality";
import type { FrameOpener } from "./traceback";
import { keepsLines, lastLines } from "./wrapping";

// Imported lazily; until then errors show their plain text.
let traceback: typeof import("./traceback") | null = null;
let tracebackComes: Promise<void> | null = null;
const loadTraceback = () =>
  (tracebackComes ??= import("./traceback").then(module => void (traceback = module)));

/// What a result needs from the host.
export interface RenderContext {
  loadRenderer(): Promise<MimeRenderer>;
  /// Whether the host's renderer supports a MIME type that the results do not.
  isHosted?(mimeType: string): boolean;
  openFrame(outcome: Outcome): FrameOpener;
  answerInput(text: string): void;
}

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

interface PartView {
  readonly dom: HTMLElement;
  /// A placeholder is shown while the content loads.
  readonly isLoading?: boolean;
  /// False if this view cannot show the part: create another.
  update(part: Part, outcome: Outcome): boolean;
  dispose(): void;
}

const linesOfBlock = 500;

/// Formats a number of bytes.
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
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
  private views: PartView[] = [];
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
    void loadTraceback().catch(() => {}); // `ErrorView` reports the failure
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
    parts.forEach((part, index) => {
      const view = this.views[index];
      if (view && (this.parts[index] === part || view.update(part, outcome))) return;
      // The text before a truncation: show its beginning.
      if (part.type === "truncated") this.views[index - 1]?.dom.firstElementChild?.scrollTo(0, 0);
      const made = this.make(part, outcome);
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

  private make(part: Part, outcome: Outcome): PartView {
    switch (part.type) {
      case "stdout":
      case "stderr":
        return new TextView(part);
      case "result":
      case "display":
        return new BundleView(part, this.context, this.watch);
      case "error":
        return new ErrorView(part, outcome, this.context);
      case "truncated":
        return new CutView(part);
    }
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

class TextView implements PartView {
  readonly dom = document.createElement("div");
  private readonly body = document.createElement("pre");
  private pen: Pen = newPen();
  private text = "";
  private block: HTMLElement | null = null;
  /// Number of lines in the last block.
  private lines = 0;

  constructor(private part: TextPart) {
    this.dom.className = "rdit-output";
    this.dom.dataset.type = part.type;
    this.body.className = "rdit-text rdit-scroll";
    this.dom.append(this.body);
    this.set(part.text);
  }

  update(part: Part): boolean {
    if (part.type !== this.part.type) return false;
    this.part = part;
    const { body } = this;
    // Reading scroll positions forces a layout: only for parts that scroll.
    const isAtEnd =
      this.dom.dataset.tall === "true" &&
      body.scrollTop + body.clientHeight >= body.scrollHeight - 2;
    this.set(part.text);
    if (isAtEnd) body.scrollTop = body.scrollHeight;
    return true;
  }

  dispose(): void {}

  private set(text: string): void {
    if (!text.startsWith(this.text)) {
      this.body.textContent = "";
      this.block = null;
      this.lines = 0;
      this.pen = newPen();
      this.text = "";
    }
    this.append(text.slice(this.text.length));
    this.body.classList.toggle("rdit-columns", keepsLines(text));
    this.text = text;
  }

  // Long text is split into blocks of some hundred lines with `content-visibility`, so that the
  // browser lays out only those in view: the boxes of 250,000 one-character lines would take 400
  // MB.
  private append(text: string): void {
    let rest = text;
    while (rest) {
      let end = rest.length;
      let lines = 0;
      for (let at = rest.indexOf("\n"); at >= 0; at = rest.indexOf("\n", at + 1))
        if (++lines === linesOfBlock - this.lines) {
          end = at + 1;
          break;
        }
      appendAnsi(this.block ?? this.body, rest.slice(0, end), this.pen);
      this.lines += lines;
      rest = rest.slice(end);
      if (this.lines < linesOfBlock) break;
      this.lines = 0;
      const block = document.createElement("span");
      block.className = "rdit-block";
      if (!this.block) {
        // The first block is created when a second one is needed.
        const first = block.cloneNode() as HTMLElement;
        first.append(...this.body.childNodes);
        this.body.append(first);
      }
      this.body.append((this.block = block));
    }
  }
}

class CutView implements PartView {
  readonly dom = document.createElement("div");

  constructor(part: CutPart) {
    this.dom.className = "rdit-output rdit-cut";
    this.update(part);
  }

  update(part: Part): boolean {
    if (part.type !== "truncated") return false;
    this.dom.textContent = part.bytes ? `… ${size(part.bytes)} left out …` : "…";
    if (part.tail) {
      const end = document.createElement("pre");
      end.className = "rdit-text rdit-columns rdit-tail";
      appendAnsi(end, lastLines(part.tail).join("\n"), newPen());
      this.dom.append(end);
    }
    return true;
  }

  dispose(): void {}
}

class ErrorView implements PartView {
  readonly dom = document.createElement("div");

  constructor(
    private readonly part: ErrorOutput,
    outcome: Outcome,
    context: RenderContext,
  ) {
    const { dom } = this;
    dom.className = "rdit-output rdit-error";
    const show = () =>
      dom.replaceChildren(...traceback!.renderError(part, context.openFrame(outcome)).childNodes);
    if (traceback) show();
    else {
      dom.append(textBlock(part.text));
      loadTraceback().then(show, (error: unknown) => {
        console.warn("rdit: this traceback has no links, for they could not be loaded.", error);
      });
    }
  }

  update(part: Part): boolean {
    return part.type === "error" && part.text === this.part.text && part.name === this.part.name;
  }

  dispose(): void {}
}

class BundleView implements PartView {
  readonly dom = document.createElement("div");
  isLoading = false;
  private rendered: Rendered | null = null;
  private shown = 0;
  private kind = "";

  constructor(
    private part: Result | Display,
    private readonly context: RenderContext,
    private readonly watch: (dom: Element) => void,
  ) {
    this.show();
  }

  update(part: Part): boolean {
    if (part.type !== this.part.type) return false;
    const isSame =
      sameBundle(part.data, this.part.data) && sameBundle(part.metadata, this.part.metadata);
    this.part = part;
    if (!isSame) this.show();
    return true;
  }

  dispose(): void {
    this.shown++;
    this.rendered?.dispose();
  }

  private show(): void {
    const { data, metadata, text } = this.part;
    const turn = ++this.shown;
    const choice = choose(data, text.replace(/\n$/, ""), this.context.isHosted);
    const isFirst = !this.kind;
    switch (choice.kind) {
      case "text":
        return this.set(choice, textBlock(choice.text));
      case "json":
        return this.set(choice, textBlock(JSON.stringify(choice.value, null, 2)));
      case "image":
        return this.set(choice, this.image(choice));
      case "scripted":
      case "styled":
      case "rich": {
        // An earlier run's rendering stays until the new one is ready, so that the height does not
        // change in between.
        if (isFirst)
          this.set(
            { kind: "text", text: "" },
            textBlock(choice.kind === "rich" ? choice.meanwhile : text),
          );
        this.isLoading = true;
        void this.context
          .loadRenderer()
          .then(renderer => this.enrich(renderer, choice, metadata, turn))
          .catch((error: unknown) => {
            if (turn !== this.shown) return;
            const types = Object.keys(data).join(", ");
            this.set(
              { kind: "text", text: "" },
              textBlock(text.trim() ? text.replace(/\n$/, "") : types),
              lineBlock("This is shown as text, for it could not be rendered."),
            );
            console.warn(`rdit: an output of ${types} could not be rendered.`, error);
          });
      }
    }
  }

  private async enrich(
    renderer: MimeRenderer,
    choice: Choice & { kind: "rich" | "styled" | "scripted" },
    metadata: Result["metadata"],
    turn: number,
  ): Promise<void> {
    if (turn !== this.shown) return;
    if (choice.kind === "scripted") {
      const frame = renderer.renderScripted(choice.html);
      return this.set(choice, frame.dom, null, frame);
    }
    const { data } = this.part;
    const mimeType =
      choice.kind === "styled" ? "text/html" : (choice.mimeType ?? renderer.preferred(data));
    if (!mimeType || mimeType === "text/plain" || mimeType === "text/latex") {
      const text = textOf(data["text/plain"]) ?? this.part.text;
      return this.set(
        { kind: "text", text: "" },
        textBlock(text || (textOf(data["text/latex"]) ?? "")),
        renderer.unshown?.(data) ?? null,
      );
    }
    const rendered =
      choice.kind === "styled" && renderer.renderStyled
        ? await renderer.renderStyled(choice.html)
        : await renderer.render(mimeType, data, metadata);
    if (turn !== this.shown) return rendered.dispose();
    this.set(choice, rendered.dom, null, rendered);
    rendered.placed?.();
    this.dom.dataset.mime = mimeType;
  }

  private set(
    choice: Choice,
    dom: HTMLElement,
    note: HTMLElement | null = null,
    rendered: Rendered | null = null,
  ): void {
    this.rendered?.dispose();
    this.rendered = rendered;
    this.kind = choice.kind;
    this.isLoading = false;
    this.dom.className = "rdit-output";
    this.dom.dataset.type = this.part.type;
    this.dom.dataset.kind = choice.kind;
    delete this.dom.dataset.tall;
    delete this.dom.dataset.mime;
    let body = dom;
    if (rendered) {
      // The scroll container and its content are separate elements, so that a ResizeObserver sees
      // the content grow.
      body = document.createElement("div");
      body.className = "rdit-rich rdit-scroll";
      body.append(dom);
      this.watch(dom);
    }
    this.dom.replaceChildren(...(dom.textContent || !note ? [body] : []), ...(note ? [note] : []));
  }

  private image(choice: Choice & { kind: "image" }): HTMLElement {
    const { data, metadata, text } = this.part;
    const image = document.createElement("img");
    const known = imageSize(data, metadata, choice.mimeType);
    if (known) {
      image.width = known.width;
      image.height = known.height;
    }
    image.decoding = "async";
    image.alt = (textOf(data["text/plain"]) ?? text).trim() || "Image";
    image.src = choice.source;
    return image;
  }
}

/// The prompt and field of an `input()` request.
export class InputBox {
  readonly dom = document.createElement("form");
  readonly field = document.createElement("input");

  constructor(
    readonly wanted: InputWanted,
    answer: (text: string) => void,
  ) {
    this.dom.className = "rdit-output rdit-prompt";
    const label = document.createElement("label");
    label.textContent = wanted.prompt;
    this.field.type = wanted.password ? "password" : "text";
    this.field.autocomplete = "off";
    this.field.spellcheck = false;
    this.field.setAttribute("aria-label", wanted.prompt.trim() || "The script waits for input");
    if (!wanted.prompt.trim()) this.field.placeholder = "Input, then Enter";
    this.dom.append(label, this.field);
    this.dom.addEventListener("submit", event => {
      event.preventDefault();
      // Read-only once answered, until the session closes the request: a second Enter must not
      // answer the next one.
      if (this.field.readOnly) return;
      this.field.readOnly = true;
      answer(this.field.value);
    });
  }
}

function lineBlock(text: string): HTMLElement {
  const line = document.createElement("div");
  line.className = "rdit-line";
  line.textContent = text;
  return line;
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

function textBlock(text: string): HTMLElement {
  const block = document.createElement("pre");
  block.className = "rdit-text rdit-scroll";
  block.classList.toggle("rdit-columns", keepsLines(text));
  appendAnsi(block, text, newPen());
  return block;
}
