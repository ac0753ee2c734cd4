// A MIME bundle, as a value or a display has it: text and images by themselves, the rest by the
// renderer, which is loaded with the first that needs it.

import type { Display, Result } from "../../protocol";
import { figureHeight } from "../caps";
import { chartHeight, chartIn } from "../chart_types";
import {
  choose,
  imageSize,
  isEmpty,
  isFigure,
  plainText,
  readable,
  textOf,
  type Choice,
  type MimeBundle,
  type MimeRenderer,
  type Rendered,
} from "../mime";
import { scriptOf } from "../scripts";
import type { Outcome } from "../results";
import { tableOf } from "../table";
import { countLines, occurrences } from "../wrapping";
import type { Metrics, PartKind, PartView, RenderContext } from "./part";
import { lineBlock, textBlock } from "./text";

type BundlePart = Result | Display;

export const bundle: PartKind<BundlePart> = {
  view: (part, { outcome, context, watch }) => new BundleView(part, outcome, context, watch),
  height,
  // A grid may be as high as one.
  isFigure: ({ data }) => !!tableOf(data) || isFigure(data),
  // What is empty says so, but for the place that a later update fills.
  isVisible: part => !isPlace(part),
  equal: (a, b) => a.text === b.text && sameBundle(a.data, b.data),
};

/// Whether it is empty until an update fills it.
function isPlace(part: BundlePart): boolean {
  return part.type === "display" && !!part.displayId && isEmpty(part.data, part.text);
}

function height(part: BundlePart, { lineHeight, columns, width, cap, figureCap }: Metrics): number {
  if (isPlace(part)) return 0;
  const { metadata, text } = part;
  const lines = (count: number) => lineHeight * count;
  const table = tableOf(part.data);
  // Two lines for its head and one below it.
  if (table) return Math.min(lines(table.rows + 3), figureCap);
  const data = readable(part.data);
  if (chartIn(data) !== null)
    return chartHeight(data) ?? Math.min(450, figureHeight(figureCap, lineHeight, true));
  const most = cap / lineHeight;
  const html = textOf(data["text/html"]);
  if (html === null && scriptOf(data) !== null) return lineHeight;
  if (html !== null) {
    if (/<script[\s>]/i.test(html)) return 150;
    const rows = occurrences(html, "<tr", 1000);
    return rows
      ? lines(rows + (occurrences(text, "rows x") ? 2 : 0))
      : lines(countLines(html, 400, most));
  }
  const markdown = textOf(data["text/markdown"]);
  if (markdown !== null) return lines(countLines(markdown, columns, most));
  for (const type of Object.keys(data)) {
    if (!type.startsWith("image/")) continue;
    const known = imageSize(data, metadata, type);
    if (!known) return 300;
    return known.height * Math.min(1, width / known.width);
  }
  return lines(countLines(text, columns, most));
}

/// Whether two MIME bundles are equal, by value; but for the text, if a type is `shown`.
function sameBundle(a: MimeBundle, b: MimeBundle, shown?: string): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => (shown && key === "text/plain") || sameValue(a[key], b[key]))
  );
}

function sameValue(a: unknown, b: unknown): boolean {
  return (
    a === b ||
    (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b))
  );
}

/// No letter is wider than two columns, so a cell of so many has at most the 40 that a cell may.
const narrow = 20;

/// Whether it has tables, and no cell of them is cut off, however wide its letters are: each that may be is clipped, and the
/// browser paints what is clipped apart. What draws itself later has none yet.
function hasNarrowCells(dom: HTMLElement): boolean {
  const cells = [...dom.querySelectorAll("th, td")];
  const isNarrow = (cell: Element) =>
    !cell.firstElementChild && (cell.textContent ?? "").length <= narrow;
  return cells.length > 0 && cells.every(isNarrow);
}

class BundleView implements PartView<BundlePart> {
  readonly dom = document.createElement("div");
  isLoading = false;
  private rendered: Rendered | null = null;
  private shown = 0;
  private kind = "";
  private isDecoding = false;

  constructor(
    private part: BundlePart,
    private outcome: Outcome,
    private readonly context: RenderContext,
    private readonly watch: (dom: Element) => void,
  ) {
    this.show();
  }

  update(part: BundlePart, outcome: Outcome): boolean {
    // What is shown by another type, as a widget is, shows none of its text.
    const isSame =
      sameBundle(part.data, this.part.data, this.dom.dataset.mime) &&
      sameBundle(part.metadata, this.part.metadata);
    this.part = part;
    this.outcome = outcome;
    if (!isSame) this.show();
    return true;
  }

  dispose(): void {
    this.shown++;
    this.kind = "";
    this.rendered?.dispose();
  }

  private show(hasGrid = true): void {
    const { data, metadata, text } = this.part;
    const turn = ++this.shown;
    const table = hasGrid && tableOf(data);
    if (table && this.context.grid) {
      if (!this.kind) this.setText(text);
      this.isLoading = true;
      this.context
        .grid(table, this.outcome, this.part.type === "result")
        .catch((error: unknown) => console.warn("rdit: no grid.", error))
        .then(grid => {
          if (turn !== this.shown) return grid?.dispose();
          if (!grid) return this.show(false);
          this.set({ kind: "table" }, grid.dom, null, grid);
          grid.placed?.();
        });
      return;
    }
    const choice = choose(data, text.replace(/\n$/, ""), this.context.isHosted);
    const isFirst = !this.kind;
    if (isEmpty(data, text))
      return this.set(
        choice,
        isPlace(this.part) ? textBlock("") : lineBlock("An output with nothing in it."),
      );
    switch (choice.kind) {
      case "text":
        return this.set(choice, textBlock(choice.text));
      case "image":
        return this.picture(choice, turn);
      case "scripted":
      case "styled":
      case "rich": {
        // An earlier run's rendering stays until the new one is ready, so that the height does not
        // change in between.
        if (isFirst) this.setText(choice.kind === "rich" ? choice.meanwhile : text);
        this.isLoading = true;
        void this.context
          .loadRenderer()
          .then(renderer => this.enrich(renderer, choice, metadata, turn))
          .catch((error: unknown) => {
            if (turn !== this.shown) return;
            const types = Object.keys(data).join(", ");
            this.setText(
              plainText(data, text) || types,
              lineBlock("This is shown as text, for it could not be rendered."),
            );
            console.warn(`rdit: an output of ${types} could not be rendered.`, error);
          });
        return;
      }
      default:
        choice satisfies never;
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
      const frame = await renderer.renderScripted(choice.html, this.context.scripted?.() ?? []);
      if (turn !== this.shown) return frame.dispose();
      return this.set(choice, frame.dom, null, frame);
    }
    const data = readable(this.part.data);
    const mimeType =
      choice.kind === "styled" ? "text/html" : (choice.mimeType ?? renderer.preferred(data));
    if (!mimeType || mimeType === "text/plain")
      return this.setText(
        plainText(data, this.part.text),
        renderer.unshown?.(this.part.data) ?? null,
      );
    const rendered =
      choice.kind === "styled" && renderer.renderStyled
        ? await renderer.renderStyled(choice.html)
        : await renderer.render(mimeType, data, metadata);
    if (turn !== this.shown) return rendered.dispose();
    this.set(choice, rendered.dom, renderer.blank?.(rendered.dom, data, mimeType), rendered);
    rendered.placed?.();
    this.dom.dataset.mime = mimeType;
  }

  private setText(text: string, note?: HTMLElement | null): void {
    this.set({ kind: "text", text: "" }, textBlock(text), note);
  }

  private set(
    choice: Choice | { kind: "table" },
    dom: HTMLElement,
    note: HTMLElement | null | undefined = null,
    rendered: Rendered | null = null,
  ): void {
    this.rendered?.dispose();
    this.rendered = rendered;
    this.kind = choice.kind;
    this.isLoading = false;
    this.dom.className = "rdit-output";
    this.dom.dataset.type = this.part.type;
    this.dom.dataset.kind = choice.kind;
    delete this.dom.dataset.mime;
    delete this.dom.dataset.wide;
    let body = dom;
    if (rendered) this.watch(dom);
    // A grid has a scroll container of its own.
    if (rendered && choice.kind !== "table") {
      // The scroll container and its content are separate elements, so that a ResizeObserver sees
      // the content grow.
      body = document.createElement("div");
      body.className = "rdit-rich rdit-scroll";
      body.append(dom);
      if (hasNarrowCells(dom)) body.dataset.narrow = "true";
    }
    this.dom.replaceChildren(...(dom.textContent || !note ? [body] : []), ...(note ? [note] : []));
  }

  /// Shows an image. One that takes the place of another does so when it is decoded, without a blank
  /// in between; of those that come meanwhile the last is next.
  private picture(choice: Choice & { kind: "image" }, turn: number): void {
    const image = this.image(choice);
    if (this.kind !== "image" || !("decode" in image)) return this.set(choice, image);
    if (this.isDecoding) return;
    this.isDecoding = true;
    const show = (isBroken = false) => {
      this.isDecoding = false;
      // It may have been replaced by something else, or removed.
      if (this.kind !== "image") return;
      // How it fills the dialog in which it stands large.
      image.style.cssText = this.dom.querySelector("img")!.style.cssText;
      this.set(choice, image);
      if (isBroken) image.dispatchEvent(new Event("error"));
      if (turn !== this.shown) this.show();
    };
    image.decode().then(
      () => show(),
      () => show(!image.naturalWidth),
    );
  }

  private image(choice: Choice & { kind: "image" }): HTMLImageElement {
    const { data, metadata, text } = this.part;
    const image = document.createElement("img");
    const known = imageSize(data, metadata, choice.mimeType);
    if (known) {
      image.width = known.width;
      image.height = known.height;
    }
    image.decoding = "async";
    const said = (metadata[choice.mimeType] ?? {}) as { alt?: unknown; needs_background?: unknown };
    const alt = typeof said.alt === "string" ? said.alt : (textOf(data["text/plain"]) ?? text);
    image.alt = alt.trim() || "Image";
    const background = said.needs_background ?? metadata.needs_background;
    if (background === "dark") image.dataset.background = background;
    image.src = choice.source;
    image.onerror = () => {
      if (image.parentNode !== this.dom) return;
      const said = `This ${choice.mimeType} cannot be read as an image.`;
      this.setText(plainText(data, text), lineBlock(said));
    };
    return image;
  }
}
