// MIME bundles: which type of a bundle is shown, and the interface of what shows the rich ones. That
// is JupyterLab's rendermime: a chunk of its own on the page, the host's registry in JupyterLab.

export type MimeBundle = Readonly<Record<string, unknown>>;

/// A rendered bundle. Its element is placed by whoever asked for it.
export interface Rendered {
  readonly dom: HTMLElement;
  /// It stands in the document now.
  placed?(): void;
  dispose(): void;
}

/// Shows the MIME types that need more than text and images.
export interface MimeRenderer {
  /// The type of the bundle that it would show; null if there is none.
  preferred(data: MimeBundle): string | null;
  render(mimeType: string, data: MimeBundle, metadata: MimeBundle): Promise<Rendered>;
  /// HTML that brings a style sheet of its own; without this it is rendered as other HTML is.
  renderStyled?(html: string): Promise<Rendered>;
  /// HTML that carries scripts, where they can reach nothing: see sandbox.ts
  renderScripted(html: string): Rendered;
}

/// How one bundle is shown.
export type Choice =
  | { kind: "text"; text: string }
  | { kind: "image"; mimeType: string; source: string }
  | { kind: "json"; value: unknown }
  /// HTML that carries scripts
  | { kind: "scripted"; html: string }
  /// HTML with a style sheet of its own
  | { kind: "styled"; html: string }
  /// For the renderer; `meanwhile` stands until it is there.
  | { kind: "rich"; mimeType: string | null; meanwhile: string };

const images = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];

/// Chooses what to show of a bundle: the richest that can be shown. A type that the surroundings have a
/// renderer of their own for (`isHosted`) comes before all others.
export function choose(
  data: MimeBundle,
  fallback: string,
  isHosted: (mimeType: string) => boolean = () => false,
): Choice {
  const plain = textOf(data["text/plain"]) ?? fallback;
  if (Object.keys(data).some(isHosted)) return { kind: "rich", mimeType: null, meanwhile: plain };
  const custom = Object.keys(data).some(type => type.startsWith("application/vnd."));
  const html = textOf(data["text/html"]);
  if (html !== null && /<script[\s>]/i.test(html)) return { kind: "scripted", html };
  if (custom) return { kind: "rich", mimeType: null, meanwhile: plain };
  if (html !== null) {
    const unscoped = withoutScopedStyle(html);
    if (/<style[\s>]/i.test(unscoped)) return { kind: "styled", html: unscoped };
    return { kind: "rich", mimeType: "text/html", meanwhile: plain };
  }
  const markdown = textOf(data["text/markdown"]);
  if (markdown !== null) return { kind: "rich", mimeType: "text/markdown", meanwhile: markdown };
  const svg = textOf(data["image/svg+xml"]);
  if (svg !== null) return { kind: "image", mimeType: "image/svg+xml", source: svgSource(svg) };
  for (const mimeType of images) {
    const bytes = textOf(data[mimeType]);
    if (bytes !== null)
      return { kind: "image", mimeType, source: `data:${mimeType};base64,${bytes}` };
  }
  if ("application/json" in data) return { kind: "json", value: data["application/json"] };
  const latex = textOf(data["text/latex"]);
  return { kind: "text", text: plain || (latex ?? Object.keys(data).join(", ")) };
}

/// A value of a bundle as text: notebooks may hold a list of lines.
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every(line => typeof line === "string")) return value.join("");
  return null;
}

/// The size of an image in CSS pixels before it is decoded, so that nothing moves when it is.
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

function decode(base64: string, bytes: number): string {
  try {
    return atob(base64.slice(0, (bytes / 3) * 4));
  } catch (error) {
    if (error instanceof DOMException) return ""; // not base64: the image will not show either
    throw error;
  }
}

function number32(text: string, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value = value * 256 + text.charCodeAt(at + i);
  return value;
}

// pandas puts a <style scoped> before every table. No browser scopes it, and our own style sheet says
// the same, so it must not make a table into one that brings its style.
function withoutScopedStyle(html: string): string {
  return html.replace(/<style scoped>[\s\S]*?<\/style>/gi, "");
}

// As the source of an <img>, an SVG can neither run scripts nor load anything.
function svgSource(svg: string): string {
  const named = /\sxmlns\s*=/.test(svg)
    ? svg
    : svg.replace(/<svg/i, '<svg xmlns="http://www.w3.org/2000/svg"');
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(named)}`;
}
