// What the text and the kernel know of an expression of the script.

import type { EditorState } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";
import type { DescribeResult } from "../../protocol";
import { described } from "./card";
import { contextAt } from "./kernel_context";
import { bindingAt, selfOf, scopeAt, type Binding, type Names } from "./names";
import { functionSignature, methodOf, signatureOf, type Signature } from "./signature_text";

/// Longer ones are not looked up.
const MOST_EXPRESSION = 1_000;

export interface Script {
  readonly tree: Tree;
  readonly names: Names;
}

/// The name at a position, and the whole expression that it ends: `a.b` for `b`. Null if there is no
/// name there.
export function expressionAt(
  tree: Tree,
  pos: number,
): { name: SyntaxNode; expression: SyntaxNode } | null {
  for (const side of [1, -1] as const) {
    const name = tree.resolveInner(pos, side);
    if (name.type.name === "VariableName") return { name, expression: name };
    if (name.type.name === "PropertyName" && name.parent) return { name, expression: name.parent };
  }
  return null;
}

/// What the kernel knows of the expression that ends at `node.to`; null if nothing.
export async function describedBy(
  state: EditorState,
  { tree, names }: Script,
  node: { from: number; to: number },
): Promise<DescribeResult | null> {
  if (node.to - node.from > MOST_EXPRESSION) return null;
  const { code, cursor, before } = contextAt(tree, names, state.doc, node.to, node.from);
  const expression = state.sliceDoc(node.from, node.to);
  return described(state, { expression, code, cursor, before });
}

/// The signature of what an expression calls, if the script defines it.
export function writtenSignature(
  state: EditorState,
  { names }: Script,
  callee: SyntaxNode,
): Signature | null {
  const { doc } = state;
  if (callee.type.name === "VariableName") {
    const binding = bindingAt(names, callee.from)?.[0];
    return binding ? signatureOf(binding, doc) : null;
  }
  const method = methodOfSelf(state, names, callee);
  if (!method) return null;
  const title = method.getChild("VariableName")!;
  return {
    name: doc.sliceString(title.from, title.to),
    ...functionSignature(method, doc, true),
  };
}

/// The method that `self.name` means in a class of the script.
export function methodOfSelf(
  { doc }: EditorState,
  names: Names,
  member: SyntaxNode,
): SyntaxNode | null {
  const object = member.firstChild;
  const property = member.getChild("PropertyName");
  if (object?.type.name !== "VariableName" || !property) return null;
  const self = selfOf(scopeAt(names, object.from), doc);
  if (self?.name !== doc.sliceString(object.from, object.to)) return null;
  return methodOf(self.class.node, doc.sliceString(property.from, property.to), doc);
}

/// What the text says of a name that is bound in it, as one line.
export function writtenKind({ kind, origin }: Binding): string {
  if (!origin) return kind;
  return origin.member ? `from ${origin.module}` : `module ${origin.module}`;
}
