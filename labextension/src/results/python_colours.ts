// Colours of Python outside of an editor, by the editor's parser: in a report, and in Markdown. They are
// classes, as page/theme.ts has them but for what has the colour of text; the colours are in results.css.

import { tagHighlighter, tags as t } from "@lezer/highlight";
import { parser } from "@lezer/python";
import { colouredLines, putTokens } from "./coloured_lines";

const highlighter = tagHighlighter([
  { tag: t.meta, class: "tok-meta" },
  {
    tag: [
      ...[t.keyword, t.controlKeyword, t.operatorKeyword],
      ...[t.definitionKeyword, t.moduleKeyword, t.modifier],
    ],
    class: "tok-keyword",
  },
  { tag: [t.atom, t.bool, t.null], class: "tok-atom" },
  { tag: [t.number, t.integer, t.float], class: "tok-number" },
  { tag: [t.string, t.special(t.string), t.character], class: "tok-string" },
  { tag: t.escape, class: "tok-string-2" },
  { tag: t.comment, class: "tok-comment" },
  { tag: [t.operator, t.derefOperator, t.updateOperator], class: "tok-operator" },
  { tag: [t.punctuation, t.paren, t.bracket, t.separator], class: "tok-punctuation" },
  { tag: t.definition(t.variableName), class: "tok-def" },
  {
    tag: [t.function(t.definition(t.variableName)), t.definition(t.className), t.className],
    class: "tok-def",
  },
  { tag: [t.self, t.standard(t.variableName)], class: "tok-builtin" },
  { tag: t.invalid, class: "tok-error" },
]);

/// The lines of Python code, each with its line feed. `className`: of each line.
export function pythonLines(code: string, className: string): HTMLElement[] {
  return colouredLines(code, parser.parse(code), highlighter, className);
}

/// Colours the Python among the code blocks of rendered Markdown, in place.
export function colourBlocks(root: ParentNode): void {
  for (const block of root.querySelectorAll<HTMLElement>("pre > code")) {
    if (!/(^|\s)language-(python|py|python3|pycon|ipython)(\s|$)/.test(block.className)) continue;
    const code = block.textContent ?? "";
    block.textContent = "";
    putTokens(block, code, parser.parse(code), highlighter);
  }
}
