// What the kernel, or the text, knows of a name, as a small card: signature first, then the value with
// type and size, then the documentation as plain text.

import type { EditorState } from "@codemirror/state";
import type { DescribeResult } from "../../protocol";
import { editorHost } from "../host";
import type { Signature } from "./signature_text";

/// What a card shows.
export interface Known {
  readonly name?: string;
  readonly type?: string;
  readonly value?: string;
  readonly size?: string;
  readonly documentation?: string;
  readonly signatures?: readonly Signature[];
}

const MOST_LINES = 40;

/// Asks the kernel about the name that ends at `cursor` of `code`; null if it is not to be asked or
/// knows nothing.
export async function described(
  state: EditorState,
  params: { expression: string; code: string; cursor: number; before: readonly string[] },
): Promise<DescribeResult | null> {
  const host = state.facet(editorHost);
  if (!host?.query || !host.capabilities?.().includes("describe")) return null;
  const found = await host.query("describe", { ...params, before: [...params.before] });
  return found?.found ? found : null;
}

/// The card; its text can be selected and scrolled.
export function card(known: Known): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "rdit-card";
  const add = (className: string, text: string) => {
    if (!text) return null;
    const part = document.createElement("div");
    part.className = className;
    part.textContent = text;
    dom.append(part);
    return part;
  };
  for (const signature of known.signatures ?? []) dom.append(signatureLine(signature, -1));
  const { name = "", type = "", value = "", size = "" } = known;
  if (type && !known.signatures?.length) {
    const head = add("rdit-card-head", name ? `${name}: ${type}` : type)!;
    if (size) {
      const extent = document.createElement("span");
      extent.className = "rdit-card-size";
      extent.textContent = size.includes(",") ? size.split(", ").join(" × ") : `length ${size}`;
      head.append(" ", extent);
    }
  }
  add("rdit-card-value", value);
  const documentation = unbroken(known.documentation || known.signatures?.[0]?.documentation || "");
  const lines = documentation.split("\n");
  add(
    "rdit-card-text",
    lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), "…"].join("\n") : documentation,
  );
  return dom;
}

/// Documentation with the lines of a paragraph joined: it is broken for terminals, and the card, of another
/// width, would break it a second time. Lists, tables, headings and examples stay as they are.
export function unbroken(documentation: string): string {
  const lines = documentation.split("\n");
  const joined: string[] = [];
  lines.forEach((line, index) => {
    const previous = lines[index - 1] ?? "";
    const isHeading = /^\s*[-=~^]{3,}\s*$/.test(lines[index + 1] ?? "");
    if (!isHeading && continues(previous, line)) joined.push(`${joined.pop()!} ${line.trim()}`);
    else joined.push(line);
  });
  return joined.join("\n");
}

// Shorter lines are not full: their end is meant.
const FULL = 48;
const isProse = (line: string) =>
  /^\s*[\p{L}\d`'"([*]/u.test(line) && !/\S\s{2,}\S| : /.test(line.trim());
const indentOf = (line: string) => line.search(/\S/);

const continues = (previous: string, line: string) =>
  previous.trimEnd().length >= FULL &&
  !/:\s*$/.test(previous) &&
  indentOf(previous) === indentOf(line) &&
  isProse(previous) &&
  isProse(line) &&
  !/^\s*(\d+[.)]|\*) /.test(line);

/// A signature with the parameter `active` marked; -1 for none.
export function signatureLine(signature: Signature, active: number): HTMLElement {
  const line = document.createElement("div");
  line.className = "rdit-card-signature";
  const name = document.createElement("span");
  name.className = "rdit-card-name";
  name.textContent = signature.name;
  line.append(name, "(");
  signature.parameters.forEach((parameter, index) => {
    if (index) line.append(", ");
    const part = document.createElement(index === active ? "strong" : "span");
    if (index === active) part.className = "rdit-card-active";
    part.textContent = parameter.text;
    line.append(part);
  });
  line.append(")");
  if (signature.returns) line.append(` → ${signature.returns}`);
  return line;
}
