// What a language server answers, in the editor's terms.
// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
import type { Text } from "@codemirror/state";
import type * as lsp from "vscode-languageserver-protocol";
import type { ServerFinding, Told } from "../../editor/language/server";

/// CodeMirror's icons for `CompletionItemKind`, which counts from 1.
const ICONS = [
  ..."text method function method property variable class interface namespace property".split(" "),
  ..."text constant enum keyword text text text text text constant constant class".split(" "),
];
ICONS[24] = "type";

export const iconOf = (kind: number | undefined): string | undefined => ICONS[(kind ?? 0) - 1];

export function positionAt(doc: Text, pos: number): lsp.Position {
  const line = doc.lineAt(pos);
  return { line: line.number - 1, character: pos - line.from };
}

/// What is beyond the text is its end.
export function offsetAt(doc: Text, { line, character }: lsp.Position): number {
  if (line >= doc.lines) return doc.length;
  const { from, length } = doc.line(line + 1);
  return from + Math.min(character, length);
}

/// The completions of an answer that only insert their own word: those that import it as well change
/// other lines.
export function completionsOf(
  answer: lsp.CompletionItem[] | lsp.CompletionList | null,
): lsp.CompletionItem[] {
  const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
  return items.filter(
    ({ label, additionalTextEdits }) =>
      !additionalTextEdits?.length && /^[\p{L}_][\p{L}\p{N}_]*=?$/u.test(label),
  );
}

type Documentation = lsp.Hover["contents"] | string | undefined;

function textOf(contents: Documentation): string {
  if (!contents) return "";
  if (typeof contents === "string") return contents;
  if (Array.isArray(contents)) return contents.map(textOf).join("\n\n");
  if ("language" in contents) return `\`\`\`${contents.language}\n${contents.value}\n\`\`\``;
  return contents.value;
}

/// The first block of code, or where there is none the first paragraph, and what follows.
export function toldBy(contents: Documentation): Told | null {
  const text = textOf(contents).replaceAll("\r\n", "\n").trim();
  if (!text) return null;
  const fenced = /^```\w*\n(.*?)\n```\s*(.*)$/s.exec(text);
  const cut = /\n-{3,}[^\S\n]*\n|\n\s*\n/.exec(text);
  const head = fenced ? fenced[1]! : text.slice(0, cut?.index);
  const rest = fenced ? fenced[2]! : cut ? text.slice(cut.index + cut[0].length) : "";
  const documentation = rest
    .replace(/^(\s*-{3,}\s*\n)+/, "")
    // Links to files of the server, which pyrefly adds.
    .replace(/^Go to \[.*$/gm, "")
    .replace(/^```\w*\n?/gm, "")
    .trim();
  const told = {
    head: head.trim(),
    documentation: /^-*$/.test(documentation) ? "" : documentation,
  };
  // What ty says of a name that it does not know.
  return told.head === "Unknown" && !told.documentation ? null : told;
}

/// What is said of a completion.
export function toldOf({ detail, documentation }: lsp.CompletionItem): Told | null {
  const text = textOf(documentation).trim();
  return detail || text ? { head: detail ?? "", documentation: text } : null;
}

/// The first place of an answer.
export function placeOf(
  answer: lsp.Location | lsp.Location[] | lsp.LocationLink[] | null,
): { path: string; line: number } | null {
  const first = Array.isArray(answer) ? answer[0] : answer;
  if (!first) return null;
  const [uri, range] =
    "targetUri" in first ? [first.targetUri, first.targetSelectionRange] : [first.uri, first.range];
  const path = pathOf(uri);
  return path === null ? null : { path, line: range.start.line + 1 };
}

/// The URI of a path as Python has it, `C:\\…` on Windows.
export function uriOf(path: string): string {
  const parts = path.replaceAll("\\", "/").split("/").map(encodeURIComponent);
  const joined = parts.join("/").replace(/^([A-Za-z])%3A(?=\/|$)/, "$1:");
  return `file://${joined.startsWith("/") ? "" : "/"}${joined}`;
}

/// The path of a file's URI; null of another.
export function pathOf(uri: string): string | null {
  if (!uri.startsWith("file:")) return null;
  const path = decodeURIComponent(new URL(uri).pathname);
  return /^\/[A-Za-z]:\//.test(path) ? path.slice(1).replaceAll("/", "\\") : path;
}

// Ruff and the parser say it already, and rdit's scripts may wait and show the value of an expression.
const SAID_ELSEWHERE =
  /^(invalid-syntax|parse-error|unresolved-reference|undefined-name|unknown-name|reportUndefinedVariable|reportUnusedExpression|unused-ignore-comment)$/;
// What stops a script that comes to it, whatever its annotations.
const STOPS = /^(unresolved-import|missing-import|import-error|reportMissingImports)$/;

/// A type that does not fit need not stop the script, so it is a warning.
export function findingsOf(doc: Text, diagnostics: readonly lsp.Diagnostic[]): ServerFinding[] {
  return diagnostics.flatMap(({ range, severity = 1, message, code, codeDescription, tags }) => {
    const rule = String(code ?? "");
    if (SAID_ELSEWHERE.test(rule) || (!rule && /syntax/i.test(textOf(message)))) return [];
    const from = offsetAt(doc, range.start);
    const line = doc.lineAt(from);
    let to = Math.min(offsetAt(doc, range.end), line.to);
    if (to <= from) to = Math.min(from + 1, line.to);
    const kind = severity > 3 || tags?.length ? "hint" : severity === 3 ? "info" : "warning";
    const url = codeDescription?.href ?? "";
    return [
      {
        from: to > from ? from : Math.max(line.from, from - 1),
        to: Math.max(to, from),
        severity: STOPS.test(rule) && severity === 1 ? ("error" as const) : kind,
        message: textOf(message),
        code: rule,
        url: /^https?:/.test(url) ? url : "",
      },
    ];
  });
}
