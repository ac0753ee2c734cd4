// A MIME bundle in words.

import { chartIn } from "../chart_types";
import type { Display, Result } from "../../protocol";
import { withoutAnsi } from "../ansi";
import { imageSize, isEmpty, plainText, readable, textOf, type MimeBundle } from "../mime";
import { tableOf, withoutTable } from "../table";
import { occurrences } from "../wrapping";
import type { PartWords } from "./words";

type BundlePart = Result | Display;

export const bundleWords: PartWords<BundlePart> = {
  gist,
  plain: ({ data, text }) => withoutAnsi(plainText(data, text)) || textOfHtml(data),
  export: part => ({ ...part, data: withoutTable(part.data) }),
};

/// What HTML says without its tags, where there is no text beside it.
function textOfHtml(data: MimeBundle): string {
  const html = textOf(data["text/html"]);
  if (!html) return textOf(data["text/markdown"]) ?? "";
  // A document of the parser runs no scripts and loads nothing.
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const element of body.querySelectorAll("script, style")) element.remove();
  return body.textContent.replace(/\s*\n\s*/g, "\n").trim();
}

function gist({ data: all, metadata, text }: BundlePart): string {
  const table = tableOf(all);
  if (table)
    return table.kind === "Series"
      ? `Series ${table.rows}, ${table.page.columns[0]?.type ?? ""}`
      : `${table.kind} ${table.rows}${table.hasMore ? "+" : ""} × ${table.columns}`;
  const data = readable(all);
  if (chartIn(data) !== null) return "Chart";
  const plain = withoutAnsi(textOf(data["text/plain"]) ?? text).trim();
  // The repr of an object without a repr of its own says nothing.
  const said = /^<.*>$/s.test(plain) ? "" : plain;
  const html = textOf(data["text/html"]);
  if (html)
    return (
      tableGist(html, plain) ?? (said || (/plotly|bokeh|vega/i.test(html) ? "Figure" : "HTML"))
    );
  const markdown = textOf(data["text/markdown"]);
  if (markdown !== null) return markdown.trimStart().replace(/^[\s#>*-]+/, "");
  const image = Object.keys(data).find(type => type.startsWith("image/"));
  if (image) {
    const size = /^<Figure/.test(plain) ? null : imageSize(data, metadata, image);
    return said || (size ? `Image ${size.width} × ${size.height}` : "Figure");
  }
  const series = /(?:Length: (\d+), )?dtype: (\S+)$/.exec(plain);
  if (series && plain.includes("\n")) {
    const { 1: length = String(plain.split("\n").length - 1), 2: type } = series;
    return `Series ${length}, ${type}`;
  }
  const container = containerOf(metadata);
  if (container)
    return `${container.type} of ${container.length}: ${plain.slice(0, 300).replace(/ +/g, " ")}`;
  const latex = textOf(data["text/latex"]);
  return said || latex || plain || (isEmpty(all, text) ? "empty" : Object.keys(all).join(", "));
}

/// The type and the length of the container that a text is of, as the runtime says them; null if it is of none.
export function containerOf(metadata: MimeBundle): { type: string; length: number } | null {
  const { type, length } = (metadata["text/plain"] ?? {}) as { type?: unknown; length?: unknown };
  return typeof type === "string" && typeof length === "number" ? { type, length } : null;
}

/// "DataFrame 5000 × 12"; null if it is no table. The size is that of the whole, which is said below
/// a table of its head.
function tableGist(html: string, plain: string): string | null {
  const rows = occurrences(html, "<tr");
  if (!rows) return null;
  const name = /class="[^"]*\bdataframe\b/.test(html) ? "DataFrame" : "Table";
  const whole =
    /\[?(\d+) rows x (\d+) columns\]?$/.exec(plain) ??
    /(\d+) rows × (\d+) columns/.exec(html) ??
    /shape: \((\d+), (\d+)\)/.exec(`${plain}\n${html}`);
  if (whole) return `${name} ${whole[1]} × ${whole[2]}`;
  const head = /<thead[\s>].*?<\/thead>/is.exec(html)?.[0] ?? "";
  const body = rows - occurrences(head, "<tr");
  // The cells of a row that are no labels.
  const last = html.slice(html.lastIndexOf("<tr"));
  return `${name} ${body} × ${occurrences(last, "<td") || occurrences(last, "<th")}`;
}
