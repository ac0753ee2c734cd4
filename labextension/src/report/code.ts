// The code of a report: colours by the parser of the editor, without the editor; and line numbers.

import { highlightTree, tagHighlighter, tags as t } from "@lezer/highlight";
import { parser } from "@lezer/python";

// As page/theme.ts has them; the colours are in report.css.
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
  { tag: t.propertyName, class: "tok-property" },
  { tag: t.variableName, class: "tok-variable" },
]);

/// Puts spans into these elements, which hold all lines of a script in order: one for each line, with
/// its number, and in them one for each token with a colour.
export function colour(elements: readonly HTMLElement[]): void {
  const texts = elements.map(element => element.textContent ?? "");
  const script = texts.join("\n");
  const tokens: { from: number; to: number; classes: string }[] = [];
  highlightTree(parser.parse(script), highlighter, (from, to, classes) =>
    tokens.push({ from, to, classes }),
  );
  let at = 0;
  let number = 1;
  let next = 0;
  elements.forEach((element, index) => {
    const made: HTMLElement[] = [];
    for (const text of texts[index]!.split("\n")) {
      const line = document.createElement("span");
      line.className = "rdit-report-line";
      line.id = `L${number}`;
      line.dataset.number = String(number++);
      const end = at + text.length;
      for (let from = at; from < end;) {
        while (next < tokens.length && tokens[next]!.to <= from) next++;
        const token = tokens[next];
        const isIn = token !== undefined && token.from <= from;
        const to = Math.min(end, isIn ? token.to : (token?.from ?? end));
        const piece = script.slice(from, to);
        if (isIn) {
          const span = document.createElement("span");
          span.className = token.classes;
          span.textContent = piece;
          line.append(span);
        } else line.append(piece);
        from = to;
      }
      line.append("\n");
      made.push(line);
      at = end + 1;
    }
    element.replaceChildren(...made);
  });
}
