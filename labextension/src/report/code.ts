// The code of a report: colours by the parser of the editor, without the editor; and line numbers.

import { tagHighlighter, tags as t } from "@lezer/highlight";
import { parser } from "@lezer/python";
import { colouredLines } from "../results/coloured_lines";

// As page/theme.ts has them, but for what has the colour of text; the colours are in report.css.
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

/// Puts spans into these elements, which hold all lines of a script in order: one for each line, with
/// its number, and in them one for each token with a colour.
export function colour(elements: readonly HTMLElement[]): void {
  const texts = elements.map(element => element.textContent ?? "");
  const script = texts.join("\n");
  const lines = colouredLines(script, parser.parse(script), highlighter, "rdit-report-line");
  for (const line of lines) line.id = `L${line.dataset.number}`;
  let next = 0;
  elements.forEach((element, index) => {
    const last = next + texts[index]!.split("\n").length;
    element.replaceChildren(...lines.slice(next, last));
    next = last;
  });
}
