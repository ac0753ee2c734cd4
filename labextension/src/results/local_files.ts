// Files that HTML and Markdown of an output name: pictures, sound and video beside the script. Rendermime
// resolves them in what it renders itself; the rest is resolved here, before it is rendered.

import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { lineBlock } from "./parts/text";

/// Says where the files of a script are: JupyterLab's resolver, or the page's.
export type Resolver = Pick<IRenderMime.IResolver, "resolveUrl" | "getDownloadUrl" | "isLocal">;

/// Of a file that is handed into a frame, in bytes.
const most = 50_000_000;

const tags = /<(?:img|audio|video|source|track)\b[^>]*>/gi;
const attributes = /(\s(?:src|poster)\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/gi;

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

/// The HTML with the addresses of local media resolved. `isFramed`: for a frame without our origin, which
/// can fetch nothing from the server: it gets the bytes. What is neither image, sound nor video stays out.
export async function localized(
  html: string,
  resolver: Resolver | null | undefined,
  isFramed: boolean,
): Promise<string> {
  if (!resolver) return html;
  const found = new Map<string, string>();
  for (const [tag] of html.matchAll(tags))
    for (const [, , value] of tag.matchAll(attributes)) {
      const source = decoded(value!);
      if (found.has(source)) continue;
      try {
        const address = await addressOf(resolver, source);
        if (address) found.set(source, isFramed ? await bytesOf(address) : address);
      } catch (error) {
        // It stays as it is, and where it stands it does not load.
        console.warn(`rdit: ${source} of an output cannot be loaded.`, error);
      }
    }
  if (!found.size) return html;
  return html.replace(tags, tag =>
    tag.replace(attributes, (whole, name: string, value: string) => {
      const address = found.get(decoded(value));
      return address === undefined
        ? whole
        : `${name}"${address.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}"`;
    }),
  );
}

function decoded(value: string): string {
  const text = /^["']/.test(value) ? value.slice(1, -1) : value;
  if (!text.includes("&")) return text;
  const area = document.createElement("textarea");
  area.innerHTML = text;
  return area.value;
}

async function bytesOf(address: string): Promise<string> {
  if (address.startsWith("data:")) return address;
  const blob = await (await fetched(address)).blob();
  if (!/^(image|audio|video)\//.test(blob.type))
    throw new Error(`It is ${blob.type || "of no type"}.`);
  if (blob.size > most) throw new Error(`It has more than ${most / 1e6} MB.`);
  return dataUrl(blob);
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

/// HTML whose sound and video have their address themselves: sanitizers remove it from a <source>.
export function withoutSources(html: string): string {
  if (!/<source\b/i.test(html)) return html;
  const template = document.createElement("template");
  template.innerHTML = html;
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

/// Says of each image, sound and video that cannot be loaded which one it is, in its place.
export function sayMissing(root: ParentNode): void {
  for (const media of root.querySelectorAll<HTMLImageElement | HTMLMediaElement>(
    "img, audio, video",
  ))
    media.addEventListener("error", () => media.replaceWith(lineBlock(missing(media.src))), {
      once: true,
    });
}

function missing(address: string): string {
  if (address.startsWith("data:"))
    return `This ${/^data:([^;,]*)/.exec(address)![1] || "file"} cannot be shown.`;
  if (/^file:/i.test(address))
    return `${address} is not shown: pages load no files by file: addresses. A path beside the script is found.`;
  if (/^attachment:/i.test(address))
    return `${address} is not shown: attachments are of notebooks, and a script has none.`;
  const url = new URL(address, document.baseURI);
  if (url.origin !== location.origin) return `${address} cannot be loaded.`;
  const name = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
  return `${name} cannot be shown: it is no file beside the script or below the folder that Jupyter serves, or none of its kind.`;
}
