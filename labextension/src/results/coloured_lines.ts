// Code that stands outside of an editor, on paper and in a report: one element for each line, with its
// number, and in it one for each token with a colour.

import type { Tree } from "@lezer/common";
import { highlightCode, type Highlighter } from "@lezer/highlight";

/// Returns the lines of the code, each with its line feed. `className`: of each line.
export function colouredLines(
  code: string,
  tree: Tree,
  highlighter: Highlighter,
  className: string,
): HTMLElement[] {
  const lines: HTMLElement[] = [];
  const begin = () => {
    const line = document.createElement("span");
    line.className = className;
    lines.push(line);
    line.dataset.number = String(lines.length);
    return line;
  };
  let line = begin();
  putTokens(line, code, tree, highlighter, () => (line = begin()));
  line.append("\n");
  return lines;
}

/// Appends the code to an element, with an element for each token that has a colour. `next`: the element of
/// the next line, if each has its own.
export function putTokens(
  into: HTMLElement,
  code: string,
  tree: Tree,
  highlighter: Highlighter,
  next = () => into,
): void {
  highlightCode(
    code,
    tree,
    highlighter,
    (text, classes) => {
      if (!classes) return into.append(text);
      const token = document.createElement("span");
      token.className = classes;
      token.textContent = text;
      into.append(token);
    },
    () => {
      into.append("\n");
      into = next();
    },
  );
}
