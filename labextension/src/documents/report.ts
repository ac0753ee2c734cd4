// Fills the template of a report, static/report.html, with a script and its results. documents/report.py
// does the same on the server: tests/documents holds both to the same bytes.
//
// What it writes can be read without scripts: code and outputs are text, figures images. What an output
// has besides its text stands beside it as JSON, for report/index.ts.

import type { ExportedResult, Output } from "../protocol";

const images = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];
// As `needsFrame` in results/mime.ts: what a policy without inline scripts would break.
const scripted =
  /<(script|iframe|svg|math|object|embed|link|ruby|dialog|html|body)[\s/>]|\son\w+\s*=/i;

// What only HTML and Markdown need.
const rich = /<!--rdit:rich-->[^]*?<!--rdit:end-->\n/;
// What only formulas need, in LaTeX and in Markdown.
const math = /<!--rdit:math-->[^]*?<!--rdit:end-->\n/;
// As in results/latex.ts.
const hasMath = /\$|\\[([]|\\begin\{/;

export interface Report {
  readonly script: string;
  readonly results: readonly ExportedResult[];
  readonly title: string;
  /// Without the code.
  readonly resultsOnly: boolean;
  /// What stands in the report of files that its outputs name by a path: a `data:` address, or why it is left out.
  readonly files?: Readonly<Record<string, string>>;
}

/// The report's HTML.
export function fillReport(template: string, report: Report): string {
  const parts: Record<string, string | null> = {
    title: escaped(report.title),
    attributes: report.resultsOnly ? " data-results-only" : "",
    scripts: report.results.some(({ output }) => output.some(hasScripts))
      ? "'unsafe-inline' 'unsafe-eval'"
      : null,
    body: bodyOf(report),
    files: Object.keys(report.files ?? {}).length
      ? `<script type="application/json" id="rdit-report-files">${json(report.files)}</script>\n`
      : null,
  };
  const isRich = report.results.some(({ output }) => output.some(needsRich));
  if (!isRich) template = template.replace(rich, "");
  if (!report.results.some(({ output }) => output.some(needsMath)))
    template = template.replace(math, "");
  return template.replace(
    /\{\{rdit:(\w+)(?:\|([^}]*))?\}\}/g,
    (_, name: string, otherwise: string = "") => parts[name] ?? otherwise,
  );
}

function bodyOf({ script, results, resultsOnly }: Report): string {
  const lines = script.split(/\r\n?|\n/);
  if (lines[lines.length - 1] === "") lines.pop();
  const pairs: string[] = [];
  const code = (from: number, to: number) =>
    resultsOnly || from >= to
      ? ""
      : `<pre class="rdit-report-code">\n${escaped(lines.slice(from, to).join("\n"))}</pre>\n`;
  let last = 0;
  for (const { lineStart, lineEnd, output, stale = "" } of results) {
    const end = Math.max(last, Math.min(lineEnd, lines.length));
    // What stands above the statement has no result, and the result stands beside its statement.
    const start = Math.max(last, Math.min(lineStart - 1, end));
    const above = code(last, start);
    if (above) pairs.push(pair(above));
    const said = stale
      ? `<p class="rdit-report-stale">Not up to date: ${escaped(stale)}</p>\n`
      : "";
    const isStale = stale ? ' data-stale="true"' : "";
    pairs.push(
      pair(
        `${code(start, end)}<div class="rdit-report-outputs rdit-results"` +
          ` data-lines="${lineStart}-${lineEnd}"${isStale}>\n` +
          `${said}${output.map(outputOf).join("")}</div>\n`,
      ),
    );
    last = end;
  }
  const rest = code(last, lines.length);
  if (rest) pairs.push(pair(rest));
  return pairs.join("\n");
}

const pair = (html: string) => `<section class="rdit-report-pair">\n${html}</section>`;

function outputOf(output: Output): string {
  const { type, text, ...rest } = output;
  let image = "";
  let unseen = "";
  if ("data" in rest) {
    const { data } = rest;
    const found = images.find(type => typeof data[type] === "string");
    // Not where something else is shown in its place.
    if (
      found &&
      !("text/html" in data) &&
      !("text/markdown" in data) &&
      !("image/svg+xml" in data)
    ) {
      const { [found]: bytes, ...others } = data;
      const said = (rest.metadata[found] ?? {}) as { width?: unknown; alt?: unknown };
      const sized = Number.isInteger(said.width) ? ` width="${said.width}"` : "";
      const alt = typeof said.alt === "string" ? escaped(said.alt) : "";
      image = `<img alt="${alt}"${sized} src="data:${found};base64,${escaped(String(bytes).replace(/\s+/g, ""))}">`;
      rest.data = others;
    }
    const types = Object.keys(data);
    if (types.length && !image && !text.trim())
      unseen = `<p class="rdit-report-unseen">${escaped(`${types.join(", ")}: not shown without scripts.`)}</p>`;
  }
  const more = Object.keys(rest).length
    ? `<script type="application/json">${json(rest)}</script>`
    : "";
  return `<div class="rdit-report-output" data-type="${type}">${image}<pre>\n${escaped(text)}</pre>${unseen}${more}</div>\n`;
}

const needsRich = (output: Output) =>
  "data" in output && ("text/html" in output.data || "text/markdown" in output.data);

function needsMath(output: Output): boolean {
  if (!("data" in output)) return false;
  const markdown = output.data["text/markdown"];
  return (
    "text/latex" in output.data ||
    hasMath.test(Array.isArray(markdown) ? markdown.join("") : String(markdown ?? ""))
  );
}

function hasScripts(output: Output): boolean {
  const html = "data" in output ? output.data["text/html"] : undefined;
  const text = Array.isArray(html) ? html.join("") : html;
  if (typeof text === "string") return scripted.test(text);
  return "data" in output && Object.keys(output.data).some(type => type.endsWith("javascript"));
}

/// Text in HTML. A parser makes a line feed of a carriage return that is not written so.
function escaped(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\r/g, "&#13;");
}

/// JSON that ends neither its element nor, where it is code, its line.
function json(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/>/g, "\\u003e")
    .replace(/&/g, "\\u0026")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}
