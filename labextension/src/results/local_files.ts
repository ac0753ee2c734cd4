// Files that HTML and Markdown of an output name: pictures, sound and video beside the script. Rendermime
// resolves them in what it renders itself; the rest is resolved here, before it is rendered.

import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { tagsIn, unquoted, type Attribute } from "./html_tags";
import { lineBlock } from "./parts/text";
import { decoded as unescaped } from "./tame";

/// Says where the files of a script are: JupyterLab's resolver, or the page's.
export type Resolver = Pick<IRenderMime.IResolver, "resolveUrl" | "getDownloadUrl" | "isLocal">;

/// Of the files that are handed into a frame, in bytes.
const most = 50_000_000;

const mediaTags = ["img", "audio", "video", "source", "track"];
const single = ["src", "poster"];
/// An address of a `srcset`, and what stands behind it until the next.
const candidate = /([^\s,]\S*[^\s,]|[^\s,])(?=,+(?:\s|$)|\s|$)((?:,+|(?:[^,(]|\([^)]*\))*))/g;

/// Returns the address of a local file, with its query and fragment; null if it is not local.
export async function addressOf(resolver: Resolver, source: string): Promise<string | null> {
  if (!source || !resolver.isLocal?.(source)) return null;
  const [, path = "", query = "", fragment = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(source) ?? [];
  if (!path) return null;
  const url = await resolver.getDownloadUrl(await resolver.resolveUrl(path));
  if (url.startsWith("data:")) return url + fragment;
  return url + (query && (url.includes("?") ? `&${query.slice(1)}` : query)) + fragment;
}

/// Fetches a local file of an output. Rejects if it is not there.
export async function fetched(address: string): Promise<Response> {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`The server answers ${answer.status}.`);
  return answer;
}

/// The HTML with the addresses of local media resolved, in what stands in the page.
export function localized(html: string, resolver: Resolver | null | undefined): Promise<string> {
  return resolver
    ? withAddresses(html, source => addressOf(resolver, source))
    : Promise.resolve(html);
}

/// The HTML for a frame without our origin, which can fetch nothing from the server: it gets the bytes of local
/// media. Its scripts can read and send them, so it gets none but image, sound and video in the script's folder or
/// below. `folder`: where the HTML itself stands, seen from the script; "" or with a slash behind.
export function handedOver(
  html: string,
  resolver: Resolver | null | undefined,
  folder = "",
): Promise<string> {
  if (!resolver) return Promise.resolve(html);
  let room = most;
  return withAddresses(html, async source => {
    // A template within a script is not filled yet.
    if (/^([a-z][-+.\w]*:|[/\\#?])|\$\{/i.test(source)) return null;
    const address = await addressOf(resolver, folder + source);
    if (!address || address.startsWith("data:")) return address;
    if (!isWithin(folder + source)) throw new Error("It is outside of the script's folder.");
    const blob = await media(address, room);
    room -= blob.size;
    return dataUrl(blob);
  });
}

/// Whether a path leads to no folder above the one that it begins in.
export function isWithin(path: string): boolean {
  let depth = 0;
  for (const part of unescaped(path.replace(/[?#].*/s, "")).split(/[/\\]/)) {
    if (part === "..") depth--;
    else if (part && part !== ".") depth++;
    if (depth < 0) return false;
  }
  return true;
}

/// The sources that media in the HTML have, each once.
export function sourcesIn(html: string): string[] {
  const found = new Set<string>();
  for (const attribute of sourceAttributes(html))
    changed(attribute, source => (found.add(source), source));
  return [...found];
}

function* sourceAttributes(html: string): Generator<Attribute> {
  for (const { attributes } of tagsIn(html, mediaTags))
    for (const attribute of attributes)
      if (single.includes(attribute.name) || attribute.name === "srcset") yield attribute;
}

/// The value of an attribute, not as it is written, with its sources changed.
function changed({ name, written }: Attribute, change: (source: string) => string): string {
  const value = decoded(written);
  if (name !== "srcset") return change(value);
  return value.replace(candidate, (_, source: string, rest: string) => change(source) + rest);
}

/// The path that a source names, without escapes, query and fragment; null if it is no path beside the script.
export function pathOf(source: string): string | null {
  if (/^([a-z][-+.\w]*:|[/\\#?])/i.test(source)) return null;
  return unescaped(source.replace(/[?#].*/s, "")) || null;
}

/// The HTML with the sources of its media replaced, of which `resolve` gives another.
export async function withAddresses(
  html: string,
  resolve: (source: string) => string | null | Promise<string | null>,
): Promise<string> {
  const found = new Map<string, string>();
  for (const source of sourcesIn(html))
    try {
      const address = await resolve(source);
      if (address) found.set(source, address);
    } catch (error) {
      // It stays as it is, and where it stands it does not load.
      console.warn(`rdit: ${source} of an output cannot be loaded.`, error);
    }
  if (!found.size) return html;
  let written = "";
  let last = 0;
  for (const attribute of sourceAttributes(html)) {
    let isChanged = false;
    const value = changed(attribute, source => {
      const address = found.get(source);
      isChanged ||= address !== undefined;
      return address ?? source;
    });
    if (!isChanged) continue;
    written += html.slice(last, attribute.from) + quoted(value, attribute.written);
    last = attribute.from + attribute.written.length;
  }
  return written + html.slice(last);
}

/// In the quotes that stood there: the tag may be within a string of a script.
function quoted(value: string, before: string): string {
  const quote = /^["']/.exec(before)?.[0] ?? "";
  const escaped = value.replace(/[&"'\s<>]/g, one => `&#${one.charCodeAt(0)};`);
  return quote + escaped + quote;
}

/// The value that is written so, by the rules of attributes.
function decoded(written: string): string {
  if (!written.includes("&")) return unquoted(written);
  const template = document.createElement("template");
  template.innerHTML = `<a title=${written}>`;
  return (template.content.firstChild as HTMLElement).title;
}

/// A local image, sound or video as a `data:` address; null if it has more bytes than there is room for.
/// Rejects if it is not there, or is something else.
export async function embeddable(
  resolver: Resolver,
  source: string,
  room: number,
): Promise<string | null> {
  const address = await addressOf(resolver, source);
  if (!address) throw new Error("It is no local file.");
  if (address.startsWith("data:")) return address.length * 0.75 > room ? null : address;
  const blob = await mediaWithin(address, room);
  return blob && dataUrl(blob);
}

/// An image, sound or video of at most so many bytes.
async function media(address: string, room: number): Promise<Blob> {
  const blob = await mediaWithin(address, room);
  if (!blob) throw new Error(`With it the files of this output have more than ${most / 1e6} MB.`);
  return blob;
}

/// An image, sound or video; null if it has more bytes than these.
async function mediaWithin(address: string, room: number): Promise<Blob | null> {
  const answer = await fetched(address);
  const type = answer.headers.get("content-type") ?? "";
  const isMedia = /^(image|audio|video)\//.test(type);
  const isTooLarge = Number(answer.headers.get("content-length")) > room;
  if (!isMedia || isTooLarge) await answer.body?.cancel();
  if (!isMedia) throw new Error(`It is ${type || "of no type"}.`);
  const blob = isTooLarge ? null : await answer.blob();
  return blob && blob.size <= room ? blob : null;
}

/// The bytes as an address.
export function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/// HTML whose pictures, sound and video have their address in `src`: sanitizers remove it from a <source> and
/// from a `srcset`.
export function withoutSources(html: string): string {
  if (!/<source\b|\ssrcset\s*=/i.test(html)) return html;
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const image of template.content.querySelectorAll("img:not([src])[srcset]")) {
    const [, address] = image.getAttribute("srcset")!.match(new RegExp(candidate, "")) ?? [];
    if (address) image.setAttribute("src", address);
  }
  for (const media of template.content.querySelectorAll<HTMLMediaElement>("audio, video")) {
    const sources = [...media.querySelectorAll("source")];
    const playable = sources.find(
      source => media.canPlayType(source.type || "") !== "" || !source.type,
    );
    const address = (playable ?? sources[0])?.getAttribute("src");
    if (address && !media.hasAttribute("src")) media.setAttribute("src", address);
    for (const source of sources) source.remove();
  }
  return template.innerHTML;
}

/// Says of each image, sound and video that cannot be loaded which one it is, in its place. `said`: in which words.
export function sayMissing(
  root: ParentNode,
  said = (media: HTMLImageElement | HTMLMediaElement) => missing(media.src),
): void {
  for (const media of root.querySelectorAll<HTMLImageElement | HTMLMediaElement>(
    "img, audio, video",
  ))
    media.addEventListener("error", () => media.replaceWith(lineBlock(said(media))), {
      once: true,
    });
}

/// Why what has this address is not shown, in words.
export function missing(address: string): string {
  if (address.startsWith("data:"))
    return `This ${/^data:([^;,]*)/.exec(address)![1] || "file"} cannot be shown.`;
  if (/^file:/i.test(address))
    return `${address} is not shown: pages load no files by file: addresses. A path beside the script is found.`;
  if (/^attachment:/i.test(address))
    return `${address} is not shown: attachments are of notebooks, and a script has none.`;
  const url = URL.parse(address, document.baseURI);
  if (url?.origin !== location.origin) return `${address} cannot be loaded.`;
  const name = unescaped(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
  return `${name} cannot be shown: it is no file beside the script or below the folder that Jupyter serves, or none of its kind.`;
}
