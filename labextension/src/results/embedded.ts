// A page within an output, as IPython's IFrame and YouTubeVideo show one: of another site by a link, and in
// place when it is asked for; a file beside the script at once. And PDF, by the browser's viewer.

import { bytesOfBase64 } from "./base64";
import { size as bytes } from "./bytes";
import { addressOf, dataUrl, fetched, handedOver, type Resolver } from "./local_files";
import { textOf, type Rendered } from "./mime";
import { lineBlock } from "./parts/text";
import { sandboxed } from "./sandbox";

/// The <iframe> that is all of this HTML; null if there is more or less.
export function soleFrame(html: string): HTMLIFrameElement | null {
  if (!/^\s*<iframe\b/i.test(html)) return null;
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const frame = body.firstElementChild;
  const isSole = body.childElementCount === 1 && !body.textContent?.trim();
  return isSole && frame instanceof HTMLIFrameElement && frame.getAttribute("src") ? frame : null;
}

/// Shows what the frame shows; null if that is neither a page of the network nor a local file.
export async function embedded(
  frame: HTMLIFrameElement,
  resolver: Resolver | null | undefined,
): Promise<Rendered | null> {
  const source = frame.getAttribute("src")!;
  if (/^(https?:)?\/\//i.test(source)) return remote(source, frame);
  const address = resolver && (await addressOf(resolver, source));
  if (!address) return null;
  let file: Blob;
  try {
    file = await (await fetched(address)).blob();
  } catch (error) {
    console.warn(`rdit: ${source} of an output cannot be loaded.`, error);
    const dom = lineBlock(
      `${source} cannot be shown: it is no file beside the script or below the folder that Jupyter serves.`,
    );
    return { dom, dispose() {} };
  }
  const type = file.type.replace(/;.*/, "");
  if (type === "application/pdf") return pdf(file, frame);
  // As Jupyter serves it: without its origin.
  const html = /html|xml/.test(type)
    ? await handedOver(await file.text(), resolver, source.replace(/[^/]*([?#].*)?$/, ""))
    : await element(file, type);
  const { dom, frame: page, dispose } = sandboxed(html);
  // What is said of it stands below.
  const box = document.createElement("div");
  box.className = "rdit-embedded";
  size(box, frame);
  page.replaceWith(box);
  box.append(page);
  return { dom, dispose };
}

async function element(file: Blob, type: string): Promise<string> {
  const [kind] = type.split("/");
  if (kind !== "image" && kind !== "audio" && kind !== "video") {
    const pre = document.createElement("pre");
    pre.textContent = await file.text();
    return pre.outerHTML;
  }
  const media = document.createElement(kind === "image" ? "img" : kind);
  media.setAttribute("controls", "");
  media.setAttribute("style", "max-width: 100%");
  media.setAttribute("src", await dataUrl(file));
  return media.outerHTML;
}

/// A page of another site reaches the network, so it waits until it is wanted.
function remote(source: string, frame: HTMLIFrameElement): Rendered {
  const address = new URL(source, "https://x");
  const dom = document.createElement("div");
  const line = document.createElement("div");
  line.className = "rdit-embedded-line";
  const load = document.createElement("button");
  load.type = "button";
  load.className = "rdit-quiet-button";
  load.textContent = "Load here";
  load.addEventListener("click", () => {
    const page = document.createElement("iframe");
    page.className = "rdit-embedded-page";
    page.title = `Page of ${address.host}`;
    // It keeps its own origin, which is never ours, as its storage and players need.
    const isOther = address.origin !== location.origin;
    page.setAttribute(
      "sandbox",
      `allow-scripts allow-popups allow-forms allow-presentation${isOther ? " allow-same-origin" : ""}`,
    );
    page.allow = "fullscreen; encrypted-media; picture-in-picture";
    page.referrerPolicy = "strict-origin-when-cross-origin";
    // Without it a page that is isolated from others (COEP) loads none.
    page.setAttribute("credentialless", "");
    size(page, frame);
    page.src = address.href;
    load.replaceWith();
    dom.append(page);
  });
  line.append(link(watchable(address), `${address.host}${address.pathname}`), load);
  dom.append(line);
  return { dom, dispose() {} };
}

/// Where a video of an embedded player is seen by itself.
function watchable(address: URL): string {
  const [, video] = /^\/embed\/([-\w]+)$/.exec(address.pathname) ?? [];
  const isPlayer = /(^|\.)youtube(-nocookie)?\.com$/.test(address.hostname);
  return video && isPlayer ? `https://www.youtube.com/watch?v=${video}` : address.href;
}

function link(href: string, text: string): HTMLAnchorElement {
  const made = document.createElement("a");
  made.href = href;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  made.textContent = text;
  return made;
}

function size(dom: HTMLElement, { width, height }: HTMLIFrameElement): void {
  const length = (said: string) => (/^\d+(\.\d+)?$/.test(said) ? `${said}px` : said);
  if (width) dom.style.width = length(width);
  if (height) dom.style.height = length(height);
}

/// Shows a PDF of a bundle.
export function renderPdf(value: unknown): Rendered {
  return pdf(new Blob([bytesOfBase64(textOf(value) ?? "")], { type: "application/pdf" }), null);
}

function pdf(file: Blob, like: HTMLIFrameElement | null): Rendered {
  const address = URL.createObjectURL(file);
  const dom = document.createElement("div");
  const line = document.createElement("div");
  line.className = "rdit-embedded-line";
  line.append(link(address, `PDF, ${bytes(file.size)}`));
  dom.append(line);
  if (navigator.pdfViewerEnabled) {
    const page = document.createElement("iframe");
    page.className = "rdit-embedded-page";
    page.title = "PDF";
    page.style.height = "480px";
    if (like) size(page, like);
    page.src = address;
    dom.append(page);
  }
  return { dom, dispose: () => URL.revokeObjectURL(address) };
}
