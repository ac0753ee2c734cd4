// Lazy chunk: math, typeset by KaTeX where its delimiters are those of Jupyter. Its styles and fonts are
// files beside the page, fetched with the first formula.

import renderMathInElement from "katex/contrib/auto-render";

// As Jupyter's: `$` within a line, and environments without delimiters.
// https://docs.mathjax.org/en/latest/input/tex/delimiters.html
const environments = "equation align alignat gather matrix pmatrix bmatrix vmatrix cases array CD";
const delimiters = [
  { left: "$$", right: "$$", display: true },
  { left: "\\[", right: "\\]", display: true },
  { left: "\\(", right: "\\)", display: false },
  { left: "$", right: "$", display: false },
  ...environments.split(" ").flatMap(name =>
    [name, `${name}*`].map(name => ({
      left: `\\begin{${name}}`,
      right: `\\end{${name}}`,
      display: true,
    })),
  ),
];

/// Replaces formulas in the text of an element. One that KaTeX cannot typeset stays as it is written, and
/// its error is returned. Formulas run no scripts and load nothing (`trust` is false).
/// https://katex.org/docs/security
export function typeset(
  element: HTMLElement,
  output: "htmlAndMathml" | "mathml" = "htmlAndMathml",
): string[] {
  const errors: string[] = [];
  renderMathInElement(element, {
    delimiters,
    output,
    throwOnError: true,
    strict: "ignore",
    trust: false,
    // What `\def` defines is of one output.
    macros: {},
    errorCallback: (message: string, error: Error) =>
      // Without the underlining of the place.
      errors.push(
        (error.message || message).replace(/^KaTeX parse error: /, "").replace(/\u0332/g, ""),
      ),
  });
  return errors;
}

let styles: Promise<void> | null = null;

/// Loads the styles into this document, once. Rejects if they cannot be fetched; the next call tries again.
export function loadStyles(address: string): Promise<void> {
  styles ??= new Promise<void>((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      styles = null;
      reject(new Error(`KaTeX's styles cannot be fetched from ${address}.`));
    };
    document.head.append(link);
  });
  return styles;
}
