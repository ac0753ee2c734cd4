// The code of a report: colours by the parser of the editor, without the editor; and line numbers.

import { pythonLines } from "../results/python_colours";

/// Puts spans into these elements, which hold all lines of a script in order: one for each line, with
/// its number, and in them one for each token with a colour.
export function colour(elements: readonly HTMLElement[]): void {
  const texts = elements.map(element => element.textContent ?? "");
  const script = texts.join("\n");
  const lines = pythonLines(script, "rdit-report-line");
  for (const line of lines) line.id = `L${line.dataset.number}`;
  let next = 0;
  elements.forEach((element, index) => {
    const last = next + texts[index]!.split("\n").length;
    element.replaceChildren(...lines.slice(next, last));
    next = last;
  });
}
