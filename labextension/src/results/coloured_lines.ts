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
  highlightCode(
    code,
    tree,
    highlighter,
    (text, classes) => {
      if (!classes) return line.append(text);
      const token = document.createElement("span");
      token.className = classes;
      token.textContent = text;
      line.append(token);
    },
    () => {
      line.append("\n");
      line = begin();
    },
  );
  line.append("\n");
  return lines;
}
