// Compares where results stand with where their statements do, by what the browser has laid out.
import { foldedRanges } from "@codemirror/language";
import type { EditorView } from "@codemirror/view";
import { layoutOf, statementsField } from "../../../labextension/src/editor";
import { contentOf, hasBody } from "../../../labextension/src/editor/content";
import { resultsLayer } from "../../../labextension/src/editor/layout";

export interface Verdict {
  visible: number;
  maxError: number;
  overlaps: number;
  missing: number;
  details: string[];
}

export function check(view: EditorView): Verdict {
  const layout = layoutOf(view.state);
  const screen = view.scrollDOM.getBoundingClientRect();
  const details: string[] = [];
  let visible = 0;
  let maxError = 0;
  let overlaps = 0;
  let missing = 0;

  const mounted = new Map<number, HTMLElement>();
  for (const dom of view.scrollDOM.querySelectorAll<HTMLElement>(".rdit-result"))
    mounted.set(Number(dom.dataset.lineStart), dom);

  const { anchors, results } = view.state.field(statementsField);
  const zoom = view.scaleY;
  let bottom = -Infinity;
  // In the margin only the attention's result has a place that is its own; the others must be near
  // where they would be: each that is not at its line touches another.
  const isInMargin = layout === "beside";
  const attention = view.plugin(resultsLayer)!.column?.attention ?? { id: -1, mix: 0, lift: 0 };
  anchors.between(view.viewport.from, view.viewport.to, (from, to, anchor) => {
    const content = contentOf(results, anchor);
    if (!content || !hasBody(content)) return;
    const first = lineDom(view, from);
    const last = lineDom(view, to);
    let isHidden = false;
    foldedRanges(view.state).between(from, from, (a, b) => {
      if (a < from && from <= b) isHidden = true;
    });
    if (isHidden || !first || !last) return;
    const top = first.getBoundingClientRect().top;
    const end = last.getBoundingClientRect().bottom;
    const number = view.state.doc.lineAt(from).number;
    const dom = mounted.get(number);
    const isOnScreen = end > screen.top && top < screen.bottom;
    const isAttended = anchor.id === attention.id && attention.mix === 0;
    if (!dom) {
      if (isOnScreen && (!isInMargin || isAttended)) {
        missing++;
        details.push(`line ${number}: no result`);
      }
      return;
    }
    const rect = dom.getBoundingClientRect();
    const wanted = layout !== "below" ? top : end + 2 * zoom;
    const isFree = isInMargin && (!isAttended || attention.lift !== 0);
    const error = isFree ? 0 : Math.abs(rect.top - wanted);
    if (rect.height && rect.bottom > screen.top && rect.top < screen.bottom) {
      visible++;
      maxError = Math.max(maxError, error);
      if (error > 1) details.push(`line ${number}: at ${rect.top}, should be at ${wanted}`);
    }
    if (rect.top < bottom - 0.5) {
      overlaps++;
      details.push(`line ${number}: overlaps the result before it by ${bottom - rect.top}`);
    }
    bottom = rect.bottom;
    const after = nextLine(last);
    const room = after ? after.getBoundingClientRect().top : Infinity;
    if (layout === "below" && rect.bottom > room + 0.5) {
      overlaps++;
      details.push(`line ${number}: overlaps the code after it by ${rect.bottom - room}`);
    }
  });
  return { visible, maxError, overlaps, missing, details: details.slice(0, 6) };
}

function lineDom(view: EditorView, pos: number): HTMLElement | null {
  const { node } = view.domAtPos(pos);
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : (node as HTMLElement);
  return element?.closest<HTMLElement>(".cm-line") ?? null;
}

function nextLine(line: HTMLElement): HTMLElement | null {
  let next = line.nextElementSibling;
  while (next && !next.classList.contains("cm-line")) next = next.nextElementSibling;
  return next as HTMLElement | null;
}
