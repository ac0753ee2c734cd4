// The files that a result can be saved as.

import { bytesOfBase64 } from "./base64";
import { wordsOf } from "./parts/words";
import { standalone, textOf, type MimeBundle } from "./mime";
import type { Part } from "./results";
import { withoutTable } from "./table";

/// A result as a file. `ending` with its dot.
export interface ResultFile {
  readonly ending: string;
  readonly type: string;
  readonly content: string | Blob;
}

const images: readonly (readonly [type: string, ending: string])[] = [
  ["image/svg+xml", ".svg"],
  ["image/png", ".png"],
  ["image/jpeg", ".jpg"],
  ["image/gif", ".gif"],
  ["image/webp", ".webp"],
  ["image/avif", ".avif"],
  ["image/bmp", ".bmp"],
  ["application/pdf", ".pdf"],
];

/// The files that can be made of a result, what is most like it first: each kind once, of the first output
/// that has it. Text is always the last.
export function filesOf(parts: readonly Part[]): ResultFile[] {
  const files = new Map<string, ResultFile>();
  const add = (file: ResultFile) => {
    if (!files.has(file.ending)) files.set(file.ending, file);
  };
  const bundles: MimeBundle[] = parts.flatMap(part =>
    "data" in part ? [withoutTable(part.data)] : [],
  );
  for (const data of bundles)
    for (const [type, ending] of images) {
      const content = textOf(data[type]);
      if (!content) continue;
      const bytes = type === "image/svg+xml" ? standalone(content) : bytesOf(content);
      if (bytes) add({ ending, type, content: new Blob([bytes], { type }) });
    }
  for (const data of bundles) {
    const type = Object.keys(data).find(type => /[/+]json$/.test(type));
    if (type)
      add({
        ending: ".json",
        type: "application/json",
        content: JSON.stringify(data[type], null, 2),
      });
    for (const [type, ending] of [
      ["text/html", ".html"],
      ["text/markdown", ".md"],
      ["text/latex", ".tex"],
    ] as const) {
      const content = textOf(data[type]);
      if (content) add({ ending, type, content });
    }
  }
  const content = textOfParts(parts);
  if (content) add({ ending: ".txt", type: "text/plain", content });
  return [...files.values()];
}

/// What is copied as text: the outputs, each ending with a line feed but the last.
export function textOfParts(parts: readonly Part[]): string {
  return parts
    .map(part => wordsOf(part).plain(part))
    .reduce((all, text) => (all && !all.endsWith("\n") ? `${all}\n${text}` : all + text), "")
    .replace(/\n$/, "");
}

/// The HTML of a result that is one table, to be pasted as a table; "" of any other.
export function tableOf(parts: readonly Part[]): string {
  const [part, more] = parts;
  if (!part || more || !("data" in part)) return "";
  const html = textOf(part.data["text/html"]) ?? "";
  return /<table[\s>]/i.test(html) && !/<(script|iframe)[\s>]/i.test(html) ? html : "";
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return bytesOfBase64(base64);
  } catch (error) {
    if (error instanceof DOMException) return null; // not base64: nothing shows it either
    throw error;
  }
}
