// What formulas need, only in a report that has any: KaTeX, as MathML, which takes none of its fonts and
// styles. Formulas are kept away from Markdown as rendermime does on the page.

import { removeMath, replaceMath } from "@jupyterlab/rendermime/lib/latex";
import { typeset } from "../results/typeset";

const math = {
  typeset: (dom: HTMLElement): string[] => typeset(dom, "mathml"),
  async around(source: string, render: (text: string) => Promise<string>): Promise<string> {
    const { text, math } = removeMath(source);
    return replaceMath(await render(text), math);
  },
};

export type Mathematics = typeof math;

(globalThis as { rditMath?: Mathematics }).rditMath = math;
