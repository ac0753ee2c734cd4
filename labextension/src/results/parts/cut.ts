// A place where output was left out, with the end of it while more is written.

import { appendAnsi, newPen } from "../ansi";
import { size } from "../bytes";
import type { CutPart } from "../results";
import { lastLines } from "../wrapping";
import type { PartKind, PartView } from "./part";

export const cut: PartKind<CutPart> = {
  view: part => new CutView(part),
  height: ({ tail }, { lineHeight }) => lineHeight * (1 + (tail ? lastLines(tail).length : 0)),
  isVisible: () => true,
  equal: (a, b) => a.bytes === b.bytes && a.tail === b.tail,
};

class CutView implements PartView<CutPart> {
  readonly dom = document.createElement("div");

  constructor(part: CutPart) {
    this.dom.className = "rdit-output rdit-cut";
    this.update(part);
  }

  update(part: CutPart): boolean {
    this.dom.textContent = part.bytes ? `… ${size(part.bytes)} left out …` : "…";
    if (part.tail) {
      const end = document.createElement("pre");
      end.className = "rdit-text rdit-columns rdit-tail";
      appendAnsi(end, lastLines(part.tail).join("\n"), newPen());
      this.dom.append(end);
    }
    return true;
  }

  dispose(): void {}
}
