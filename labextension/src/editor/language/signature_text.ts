// What the text says of a function or a class of the script: its signature, its parameters and its
// docstring.

import type { Text } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { isStatic, type Binding } from "./names";

/// One parameter. `kind`: "/" and "*" stand for themselves, "**" takes all other names.
export interface Parameter {
  readonly name: string;
  readonly text: string;
  readonly kind: "positional" | "any" | "keyword" | "*" | "**" | "mark";
}

export interface Signature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /// Empty if it is not known.
  readonly returns?: string;
  readonly documentation?: string;
}

/// The signature that a call of the binding has; null if the script does not define it.
export function signatureOf(binding: Binding, doc: Text): Signature | null {
  const { node, name } = binding;
  if (node?.type.name === "FunctionDefinition")
    return { name, ...functionSignature(node, doc, isMethod(node, doc)) };
  if (node?.type.name !== "ClassDefinition") return null;
  const init = methodOf(node, "__init__", doc);
  const documentation = docstringOf(node, doc) || (init ? docstringOf(init, doc) : "");
  if (init) return { name, ...functionSignature(init, doc, true), returns: "", documentation };
  // What a base, a metaclass or a decorator makes of it is not in the text.
  const isPlain = !node.getChild("ArgList") && node.parent?.type.name !== "DecoratedStatement";
  return isPlain ? { name, parameters: [], returns: "", documentation } : null;
}

/// The method of a class by its name, the latest.
export function methodOf(type: SyntaxNode, name: string, doc: Text): SyntaxNode | null {
  const body = type.getChild("Body");
  let found: SyntaxNode | null = null;
  for (let child = body?.firstChild ?? null; child; child = child.nextSibling) {
    const method =
      child.type.name === "DecoratedStatement" ? child.getChild("FunctionDefinition") : child;
    const title = method?.type.name === "FunctionDefinition" && method.getChild("VariableName");
    if (title && doc.sliceString(title.from, title.to) === name) found = method!;
  }
  return found;
}

/// Whether a function is called without its first parameter.
export function isMethod(node: SyntaxNode, doc: Text): boolean {
  const statement = node.parent?.type.name === "DecoratedStatement" ? node.parent : node;
  if (statement.parent?.type.name !== "Body") return false;
  if (statement.parent.parent?.type.name !== "ClassDefinition") return false;
  return !isStatic(node, doc);
}

/// `skipsFirst`: without `self`.
export function functionSignature(
  node: SyntaxNode,
  doc: Text,
  skipsFirst: boolean,
): Omit<Signature, "name"> {
  const text = ({ from, to }: SyntaxNode) => doc.sliceString(from, to);
  const list = node.getChild("ParamList");
  const parameters: Parameter[] = [];
  let part: SyntaxNode[] = [];
  let isKeyword = false;
  const flush = () => {
    const [head] = part;
    if (!head) return;
    const last = part.at(-1)!;
    const whole = uncommented(list!, doc, head.from, last.to).replace(/\s+/g, " ");
    const named = part.find(({ type }) => type.name === "VariableName");
    const isDefault = named?.prevSibling?.type.name === "AssignOp";
    const name = named && !isDefault ? text(named) : "";
    const sign = text(head);
    if (sign === "*" && !name) {
      isKeyword = true;
      parameters.push({ name: "", text: whole, kind: "mark" });
    } else if (sign === "*" || sign === "**") {
      if (sign === "*") isKeyword = true;
      parameters.push({ name, text: whole, kind: sign });
    } else if (name) parameters.push({ name, text: whole, kind: isKeyword ? "keyword" : "any" });
    part = [];
  };
  for (let child = list?.firstChild ?? null; child; child = child.nextSibling) {
    const { name } = child.type;
    if (name === "," || name === "(" || name === ")") {
      flush();
      // The tree has no node for `/`.
      let before = child.prevSibling;
      while (before?.type.name === "Comment") before = before.prevSibling;
      const between = before ? uncommented(list!, doc, before.to, child.from) : "";
      if (between.trim() !== "/") continue;
      for (const [at, parameter] of parameters.entries())
        parameters[at] = { ...parameter, kind: "positional" };
      parameters.push({ name: "", text: "/", kind: "mark" });
    } else if (!child.type.isError && name !== "Comment") part.push(child);
  }
  flush();
  const returned = node.getChildren("TypeDef").find(({ from }) => from >= (list?.to ?? 0));
  return {
    parameters: skipsFirst ? parameters.slice(1) : parameters,
    returns: returned ? text(returned).replace(/^->\s*/, "") : "",
    documentation: docstringOf(node, doc),
  };
}

/// The text of [from, to] without the comments of `node` in it.
function uncommented(node: SyntaxNode, doc: Text, from: number, to: number): string {
  let text = "";
  let at = from;
  node.cursor().iterate(({ name, from: start, to: end }) => {
    if (name !== "Comment" || start < at || end > to) return;
    text += doc.sliceString(at, start);
    at = end;
  });
  return text + doc.sliceString(at, to);
}

/// The docstring of a function or class, without its indentation.
export function docstringOf(node: SyntaxNode, doc: Text): string {
  const body = node.getChild("Body");
  let first = body?.firstChild ?? null;
  while (first && (first.type.name === ":" || first.type.name === "Comment"))
    first = first.nextSibling;
  const string = first?.type.name === "ExpressionStatement" ? first.firstChild : null;
  if (string?.type.name !== "String") return "";
  const text = doc.sliceString(string.from, string.to);
  const match = /^[rRuU]?('''|"""|'|")([^]*)\1$/.exec(text);
  return match ? dedent(match[2]!) : "";
}

function dedent(text: string): string {
  const [head, ...rest] = text.split("\n");
  const depth = Math.min(
    ...rest.filter(line => line.trim()).map(line => line.length - line.trimStart().length),
  );
  const lines = Number.isFinite(depth) ? rest.map(line => line.slice(depth)) : rest;
  return [head!.trim(), ...lines].join("\n").trim();
}

/// A signature as one line.
export const lineOf = ({ name, parameters, returns = "" }: Signature) =>
  `${name}(${parameters.map(({ text }) => text).join(", ")})${returns && ` → ${returns}`}`;
