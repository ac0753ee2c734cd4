// The outline of a script: sections, Markdown headings, functions and classes, as one list in the order of
// the text. The page's panel, its breadcrumbs and JupyterLab's table of contents are views of it.

import type { EditorState, Text } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";
import { sectionHead } from "./sections";
import { ensureSyntaxTree, syntaxTree } from "./syntax";

export type OutlineKind = "section" | "heading" | "class" | "function" | "method";

export interface OutlineItem {
  readonly kind: OutlineKind;
  readonly text: string;
  /// How deep it stands, from 1.
  readonly level: number;
  /// The offset of its line's first character that is no space.
  readonly from: number;
  /// The offset at which it ends: of a section or a heading where the next of its level begins.
  readonly to: number;
}

type Mutable = { -readonly [Key in keyof OutlineItem]: OutlineItem[Key] };

const PARSE_MS = 100;
const HEADING = /^[ \t]*(#{1,6})[ \t]+(.+?)[ \t#]*$/;

// Several views ask for the outline of one text.
const known = new WeakMap<Tree, { doc: Text; items: readonly OutlineItem[] }>();

/// The items of a script, as far as the text could be parsed.
export function outlineOf(
  state: EditorState,
  tree: Tree | null = parsed(state),
): readonly OutlineItem[] {
  if (!tree) return [];
  const { doc } = state;
  let found = known.get(tree);
  if (found?.doc !== doc) known.set(tree, (found = { doc, items: read(state, tree) }));
  return found.items;
}

function read(state: EditorState, tree: Tree): OutlineItem[] {
  const { doc } = state;
  const items: Mutable[] = [];
  // What definitions stand in: the level of the last heading or of the last section with a title. As in a
  // notebook a heading has the level of its hashes.
  let level = 0;
  let isMarkdown = false;
  const add = (kind: OutlineKind, at: number, text: string, depth: number, to: number) =>
    items.push({ kind, text, level: depth, from: at, to });
  const addHeading = (at: number, hashes: number, text: string) => {
    level = hashes;
    add("heading", at, text, level, -1);
  };
  for (let node = tree.topNode.firstChild; node; node = node.nextSibling) comb(node, 0);
  endAll(items, doc.length);
  return items;

  // Statements of the module, and those in its blocks; `inside`: how many blocks are around.
  function comb(node: SyntaxNode, inside: number) {
    if (node.name === "Comment") return comment(node);
    if (node.name === "ExpressionStatement") {
      const string = node.firstChild;
      if (!inside && string && /String$/.test(string.name) && !string.nextSibling)
        markdown(string.from, string.to);
      return;
    }
    const definition = definitionIn(node);
    if (definition) return define(node, definition, level + 1, false);
    if (node.name.endsWith("Statement"))
      for (let body = node.firstChild; body; body = body.nextSibling)
        if (body.name === "Body")
          for (let child = body.firstChild; child; child = child.nextSibling)
            comb(child, inside + 1);
  }

  function comment(node: SyntaxNode) {
    const line = doc.lineAt(node.from);
    if (node.from !== line.from) return;
    const head = sectionHead(line.text);
    if (head) {
      isMarkdown = head.kind === "markdown";
      if (head.title) add("section", node.from, head.title, (level = head.level), -1);
    } else if (isMarkdown) {
      const heading = HEADING.exec(line.text.slice(1));
      if (heading) addHeading(node.from, heading[1]!.length, heading[2]!);
    }
  }

  function markdown(from: number, to: number) {
    const text = state.sliceDoc(from, to);
    const open = /^[a-zA-Z]*("""|'''|"|')/.exec(text);
    if (!open) return;
    let isCode = false;
    let at = from;
    for (const [index, raw] of text.split("\n").entries()) {
      let line = raw;
      let start = at;
      at += raw.length + 1;
      if (!index) {
        line = raw.slice(open[0].length);
        start += open[0].length;
      }
      if (line.endsWith(open[1]!)) line = line.slice(0, -open[1]!.length);
      // What looks like a heading in a fenced block is code.
      if (/^\s*(```|~~~)/.test(line)) isCode = !isCode;
      const heading = isCode ? null : HEADING.exec(line);
      if (heading) addHeading(start, heading[1]!.length, heading[2]!);
    }
  }

  function define(outer: SyntaxNode, node: SyntaxNode, depth: number, isInClass: boolean) {
    const name = node.getChild("VariableName");
    const isClass = node.name === "ClassDefinition";
    if (name) {
      const called = state.sliceDoc(name.from, name.to);
      const kind = isClass ? "class" : isInClass ? "method" : "function";
      const end = outer.from + state.sliceDoc(outer.from, outer.to).trimEnd().length;
      add(kind, node.from, isClass ? called : `${called}()`, depth, end);
    }
    const body = node.getChild("Body");
    for (let child = body?.firstChild ?? null; child; child = child.nextSibling) {
      const inner = definitionIn(child);
      if (inner) define(child, inner, name ? depth + 1 : depth, isClass);
    }
  }
}

const parsed = (state: EditorState): Tree | null =>
  ensureSyntaxTree(state, state.doc.length, PARSE_MS) ?? syntaxTree(state);

/// The definition that a statement is, decorated or not.
const definitionIn = (node: SyntaxNode): SyntaxNode | null =>
  node.name === "FunctionDefinition" || node.name === "ClassDefinition"
    ? node
    : node.name === "DecoratedStatement"
      ? (node.getChild("FunctionDefinition") ?? node.getChild("ClassDefinition"))
      : null;

// Sections and headings end where the next one of their level, or a higher one, begins.
function endAll(items: Mutable[], end: number) {
  const open: Mutable[] = [];
  for (const item of items) {
    if (item.to >= 0) continue;
    while (open.length && open[open.length - 1]!.level >= item.level)
      open.pop()!.to = item.from - 1;
    open.push(item);
  }
  for (const item of open) item.to = end;
}

/// The items that an offset stands in, the outermost first: its breadcrumbs.
export const pathTo = (items: readonly OutlineItem[], at: number): OutlineItem[] =>
  items.filter(({ from, to }) => from <= at && at <= to);

/// The item that an offset stands in, or the last one before it.
export function itemAt(items: readonly OutlineItem[], at: number): OutlineItem | null {
  let found: OutlineItem | null = null;
  for (const item of items) {
    if (item.from > at) break;
    if (item.to >= at) found = item;
  }
  return found;
}
