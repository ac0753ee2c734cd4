// MIME bundles: chooses the type to show, and defines the interface of rich renderers. These are
// based on JupyterLab's rendermime: a lazy chunk on the page, the host's registry in JupyterLab.

import { chartIn, libraryOf } from "./chart_types";
import { scriptHtml, scriptOf, type Scripted } from "./scripts";

export type MimeBundle = Readonly<Record<string, unknown>>;

/// A rendered bundle. The caller inserts its element.
export interface Rendered {
  readonly dom: HTMLElement;
  /// Call when the element has been inserted into the document.
  placed?(): void;
  dispose(): void;
}

/// Renders the MIME types that need more than text and images.
export interface MimeRenderer {
  /// The type of the bundle that it prefers to render; null if it supports none.
  preferred(data: MimeBundle): string | null;
  render(mimeType: string, data: MimeBundle, metadata: MimeBundle): Promise<Rendered>;
  /// Renders HTML with a <style> element. Without this method such HTML is rendered like other
  /// HTML.
  renderStyled?(html: string): Promise<Rendered>;
  /// Renders HTML with scripts, in a sandboxed iframe: see sandbox.ts. `scripted`: outputs that may have set
  /// something up for it.
  renderScripted(html: string, scripted: readonly Scripted[]): Rendered | Promise<Rendered>;
  /// Typesets formulas in the text of an element, if there are any, as soon as what does is loaded.
  typeset?(element: HTMLElement): Promise<void>;
  /// An image, sound or video beside the script, as a `data:` address; null if it has more bytes than these. Rejects
  /// if there is none.
  media?(source: string, most: number): Promise<string | null>;
  /// An element that names the types of the bundle that cannot be shown; null if there are none.
  unshown?(data: MimeBundle): HTMLElement | null;
  /// An element that says why there is nothing to see of what was rendered; null if there is something.
  blank?(dom: HTMLElement, data: MimeBundle, mimeType: string): HTMLElement | null;
}

/// How a bundle is shown.
export type Choice =
  | { kind: "text"; text: string }
  | { kind: "image"; mimeType: string; source: string }
  /// HTML with scripts, or other content that needs an iframe.
  | { kind: "scripted"; html: string }
  /// HTML with a <style> element.
  | { kind: "styled"; html: string }
  /// For the renderer; the text `meanwhile` is shown until it is loaded.
  | { kind: "rich"; mimeType: string | null; meanwhile: string };

// Types that are shown without a renderer.
const own =
  /^(text\/(plain|html|markdown|latex)|image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)|application\/(json|vnd\.rdit\.table\+json))$/;
// What a sanitizer would remove, and whole documents, whose rules are for their body: such HTML is shown in a
// sandboxed iframe.
const needsFrame =
  /<(script|iframe|svg|math|object|embed|link|ruby|dialog|html|body)[\s/>]|\son\w+\s*=/i;

const images = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];

/// Whether a bundle has nothing to show. `text` alone does not tell: a display may have no
/// text/plain.
export function isEmpty(data: MimeBundle, text: string): boolean {
  return !text.replace(/\n$/, "") && Object.values(data).every(isNothing);
}

const isNothing = (value: unknown) => value === null || value === "";

/// The bundle without what its types cannot have: of types that are text, values that are none or blank;
/// of charts, what is no object.
export function readable(data: MimeBundle): MimeBundle {
  const isReadable = ([type, value]: [string, unknown]) =>
    type === "application/json" ||
    (own.test(type)
      ? type === "text/plain"
        ? textOf(value) !== null
        : !!textOf(value)?.trim()
      : !libraryOf(type) || value instanceof Object);
  const entries = Object.entries(data);
  return entries.every(isReadable) ? data : Object.fromEntries(entries.filter(isReadable));
}

/// Chooses the richest representation that can be shown. Types for which the host registered a
/// renderer (`isHosted`) come first.
export function choose(
  data: MimeBundle,
  fallback: string,
  isHosted: (mimeType: string) => boolean = () => false,
): Choice {
  const all = data;
  data = readable(data);
  const plain = textOf(data["text/plain"]) ?? fallback;
  if (Object.keys(data).some(isHosted)) return { kind: "rich", mimeType: null, meanwhile: plain };
  const chart = chartIn(data);
  if (chart !== null) return { kind: "rich", mimeType: chart, meanwhile: "" };
  const html = textOf(data["text/html"]);
  if (html) {
    if (needsFrame.test(html)) return { kind: "scripted", html };
    const unscoped = withoutScopedStyle(html);
    if (/<style[\s>]/i.test(unscoped)) return { kind: "styled", html: unscoped };
    return { kind: "rich", mimeType: "text/html", meanwhile: plain };
  }
  const markdown = textOf(data["text/markdown"]);
  if (markdown !== null) return { kind: "rich", mimeType: "text/markdown", meanwhile: markdown };
  const latex = textOf(data["text/latex"]);
  // A renderer that cannot typeset it prefers the text.
  if (latex) return { kind: "rich", mimeType: null, meanwhile: plain || latex };
  const script = scriptOf(data);
  if (script !== null) return { kind: "scripted", html: scriptHtml(script) };
  const svg = textOf(data["image/svg+xml"]);
  if (svg) return { kind: "image", mimeType: "image/svg+xml", source: svgSource(svg) };
  for (const mimeType of images) {
    const bytes = textOf(data[mimeType]);
    if (bytes) return { kind: "image", mimeType, source: `data:${mimeType};base64,${bytes}` };
  }
  if ("application/json" in data)
    return { kind: "rich", mimeType: "application/json", meanwhile: plain };
  if (!plain) {
    const other = Object.keys(data).find(type => type.startsWith("text/") && textOf(data[type]));
    if (other) return { kind: "text", text: textOf(data[other])! };
  }
  // The renderer tells which types it cannot show, and which have a value that they cannot have.
  const isTold = Object.keys(data).every(type => own.test(type)) && (plain || isEmpty(all, ""));
  return isTold
    ? { kind: "text", text: plain }
    : { kind: "rich", mimeType: null, meanwhile: plain };
}

/// Whether it is shown as a figure: an image, HTML with scripts, or a type of JupyterLab's extensions,
/// which are charts and widgets.
export function isFigure(data: MimeBundle): boolean {
  if (chartIn(data) !== null) return true;
  const html = textOf(data["text/html"]);
  if (html) return needsFrame.test(html);
  if (textOf(data["text/markdown"]) !== null) return false;
  return Object.keys(data).some(type => type.startsWith("image/") || !own.test(type));
}

/// A value of a bundle as a string, joined if it is a list of lines (nbformat); null if it is
/// neither.
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every(line => typeof line === "string")) return value.join("");
  return null;
}

/// A bundle as text: LaTeX by itself where the text only names its class.
export function plainText(data: MimeBundle, fallback: string): string {
  const plain = (textOf(data["text/plain"]) ?? fallback).replace(/\n$/, "");
  const latex = textOf(data["text/latex"]);
  return latex && (!plain || /^<.* object.*>$/.test(plain)) ? latex : plain;
}

/// The size of an image in CSS pixels, from metadata or its header, so that its height is known
/// before it is decoded. Null if unknown.
export function imageSize(
  data: MimeBundle,
  metadata: MimeBundle,
  mimeType: string,
): { width: number; height: number } | null {
  const said = (metadata[mimeType] ?? metadata) as { width?: unknown; height?: unknown };
  if (typeof said.width === "number" && typeof said.height === "number")
    return { width: said.width, height: said.height };
  const bytes = textOf(data[mimeType]);
  let size: { width: number; height: number } | null = null;
  if (bytes && mimeType === "image/png") size = pngSize(bytes);
  else if (bytes && mimeType === "image/gif") size = gifSize(bytes);
  else if (bytes && mimeType === "image/jpeg") size = jpegSize(bytes);
  else if (bytes && mimeType === "image/svg+xml") size = svgSize(bytes);
  if (size && typeof said.width === "number")
    return { width: said.width, height: (size.height * said.width) / size.width };
  return size;
}

function pngSize(base64: string): { width: number; height: number } | null {
  const head = decode(base64, 24);
  if (head.length < 24 || head.slice(1, 4) !== "PNG") return null;
  return { width: number32(head, 16), height: number32(head, 20) };
}

function gifSize(base64: string): { width: number; height: number } | null {
  const head = decode(base64, 12);
  if (head.slice(0, 3) !== "GIF") return null;
  const number16 = (at: number) => head.charCodeAt(at) + head.charCodeAt(at + 1) * 256;
  return { width: number16(6), height: number16(8) };
}

// JPEG: the size is in the frame header, after segments of any length, such as a thumbnail.
function jpegSize(base64: string): { width: number; height: number } | null {
  const head = decode(base64, 98_304);
  const number16 = (at: number) => head.charCodeAt(at) * 256 + head.charCodeAt(at + 1);
  for (let at = 2; at + 9 < head.length && head.charCodeAt(at) === 0xff;) {
    const marker = head.charCodeAt(at + 1);
    if (marker === 0xe1) return null; // Exif: it may be rotated
    if (marker >= 0xc0 && marker <= 0xcf && marker % 4)
      return { width: number16(at + 7), height: number16(at + 5) };
    at += 2 + number16(at + 2);
  }
  return null;
}

function svgSize(svg: string): { width: number; height: number } | null {
  const root = /<svg[^>]*>/i.exec(svg)?.[0] ?? "";
  const of = (name: string) => {
    const match = new RegExp(`\\s${name}\\s*=\\s*["']([\\d.]+)(px|pt|)["']`).exec(root);
    return match ? Number(match[1]) * (match[2] === "pt" ? 4 / 3 : 1) : 0;
  };
  const size = { width: of("width"), height: of("height") };
  return size.width && size.height ? size : null;
}

function decode(base64: string, bytes: number): string {
  try {
    return atob(base64.slice(0, (bytes / 3) * 4));
  } catch (error) {
    if (error instanceof DOMException) return ""; // not base64: the image fails to load too
    throw error;
  }
}

function number32(text: string, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value = value * 256 + text.charCodeAt(at + i);
  return value;
}

// pandas puts a <style scoped> before every table. Browsers do not implement `scoped`, and
// results.css has the same rules, so a table with it does not count as HTML with a style sheet. And
// IPython's `Code` brings colours for light pages, in which results.css has the editor's.
function withoutScopedStyle(html: string): string {
  return html.replace(
    /<style( scoped>|>pre \{ line-height[^<]*\.output_html )[^]*?<\/style>/gi,
    "",
  );
}

// As the source of an <img>, an SVG runs no scripts and loads nothing.
function svgSource(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
}

/// An SVG that is within no HTML: its namespace is named.
export function standalone(svg: string): string {
  return /\sxmlns\s*=/.test(svg)
    ? svg
    : svg.replace(/<svg/i, '<svg xmlns="http://www.w3.org/2000/svg"');
}
