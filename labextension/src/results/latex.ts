// LaTeX of an output by itself, where a typesetter is there: its formulas, or what is written and why not.

import { plainText, textOf, type MimeBundle, type Rendered } from "./mime";
import { lineBlock, textBlock } from "./parts/text";

/// What may be a formula in Markdown.
export const hasMath = /\$|\\[([]|\\begin\{/;

/// Shows the text/latex of a bundle. `typeset`: replaces formulas in an element, and returns what is wrong
/// with those that it cannot typeset.
export function renderLatex(data: MimeBundle, typeset?: (dom: HTMLElement) => string[]): Rendered {
  const dom = document.createElement("div");
  dom.textContent = textOf(data["text/latex"]) ?? "";
  const [error] = typeset?.(dom) ?? [];
  if (error || !dom.firstElementChild) dom.replaceChildren(textBlock(plainText(data, "")));
  if (error) dom.append(lineBlock(`This cannot be typeset: ${error}`));
  return { dom, dispose() {} };
}
