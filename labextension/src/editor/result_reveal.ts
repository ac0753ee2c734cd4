// Lazy chunk: goes to a match in a result, wherever that is: below the fold, without an element, folded, in
// what scrolls by itself, or behind a button. Each of these moves others, so it is done frame by frame until
// the match is in view.

import { EditorView } from "@codemirror/view";
import { wordsOf } from "../results/parts/words";
import type { Part } from "../results/results";
import { resultsFolded } from "./folds";
import { resultsLayer } from "./layout";
import { elementsOf } from "./result_elements";
import { moreIn, type MatchPlace } from "./result_marks";
import { matchReached, resultSearch, type ResultMatch } from "./result_search";
import { shownResults } from "./shown_results";
import { layoutOf } from "./spacers";

/// What is rendered, and not in view after so many frames, stays where it is.
const mostFrames = 120;
/// What is in view for so many is not moved by its neighbours any more.
const settledFrames = 4;

/// Goes to a match in a result. `look` marks all matches anew, and returns where this one is.
export function goToResult(
  view: EditorView,
  match: ResultMatch,
  look: () => MatchPlace | null,
): void {
  const { id } = match;
  const one = shownResults(view.state).find(({ anchor }) => anchor.id === id);
  if (!one) return;
  const { lineStart, isFolded, outcome } = one.shown;
  const from = view.state.doc.line(lineStart).from;
  view.dispatch({
    // Where Escape leaves one. It unfolds the code around it.
    selection: { anchor: from },
    effects: [
      matchReached.of(match),
      ...(isFolded ? [resultsFolded.of({ ids: [id], isFolded: false })] : []),
      EditorView.scrollIntoView(from, { y: "nearest", yMargin: 60 }),
      EditorView.announce.of(`In the result of line ${lineStart}: ${lineOf(outcome.parts, match)}`),
    ],
    userEvent: "select.search",
  });
  let place: MatchPlace | null = null;
  let frames = 0;
  let settled = 0;
  // The user goes elsewhere meanwhile.
  const left = new AbortController();
  for (const type of ["wheel", "pointerdown"])
    view.dom.addEventListener(type, () => left.abort(), { signal: left.signal, passive: true });
  const next = () => {
    const isWanted = view.state.field(resultSearch).current === match && view.dom.isConnected;
    if (!isWanted || left.signal.aborted) return left.abort();
    const made = elementsOf(view).make(id);
    if (!isThere(place)) place = made && look();
    if (place && !uncover(place)) place = null;
    settled = place && bringIntoView(view, id, place) ? settled + 1 : 0;
    // What it is rendered by may still be on its way.
    if (!made?.isLoading && (settled >= settledFrames || frames++ > mostFrames))
      return left.abort();
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

/// Whether it is still on the page: a range whose nodes are replaced shrinks to nothing where they were.
const isThere = (place: MatchPlace | null) =>
  place !== null && place.part.isConnected && !place.range?.collapsed;

/// The line of the text with the match, for a screen reader.
function lineOf(parts: readonly Part[], { part, from }: ResultMatch): string {
  const text = wordsOf(parts[part]!).plain(parts[part]!);
  const start = Math.max(text.lastIndexOf("\n", from - 1) + 1, from - 60);
  return text.slice(start).split("\n", 1)[0]!.slice(0, 120).trim();
}

/// Opens what the match is hidden in. False: it is to be looked for again.
function uncover({ part, range }: MatchPlace): boolean {
  const more = range ? null : moreIn(part);
  if (more) {
    if (!more.disabled) more.click();
    return false;
  }
  for (const element of ancestors(range?.startContainer ?? part, part)) {
    if (element instanceof HTMLDetailsElement) element.open = true;
    if (!element.hidden) continue;
    // Frames of libraries in a traceback are behind a button (results/traceback.ts). No other button is pressed:
    // those of a grid sort and filter.
    let fold = element.previousElementSibling;
    while (fold && !fold.matches(".rdit-trace-fold")) fold = fold.previousElementSibling;
    (fold as HTMLElement | null)?.click();
  }
  return true;
}

// For each axis the names of: a rectangle's two edges, an element's scroll position, the size of its content and
// of what is seen of it, and its style.
const axes = [
  ["top", "bottom", "scrollTop", "scrollHeight", "clientHeight", "overflowY"],
  ["left", "right", "scrollLeft", "scrollWidth", "clientWidth", "overflowX"],
] as const;

/// Scrolls all that a match is in. Returns whether it was in view.
function bringIntoView(view: EditorView, id: number, { part, range }: MatchPlace): boolean {
  const target = range ?? part;
  if (!target.getClientRects().length) return false;
  const result = part.closest<HTMLElement>(".rdit-result")!;
  let isInView = true;
  for (const element of ancestors(range?.startContainer ?? part.parentElement!, result)) {
    const style = getComputedStyle(element);
    for (const [start, end, scrolled, size, room, overflow] of axes) {
      if (element[size] <= element[room] + 1 || !/auto|scroll/.test(style[overflow])) continue;
      const [inner, outer] = [target.getBoundingClientRect(), element.getBoundingClientRect()];
      if (inner[start] >= outer[start] - 1 && inner[end] <= outer[end] + 1) continue;
      const before = element[scrolled];
      element[scrolled] += inner[start] - outer[start] - element[room] / 3;
      if (element[scrolled] !== before) isInView = false;
    }
  }
  const { scroller } = elementsOf(view);
  const [inner, outer] = [target.getBoundingClientRect(), scroller.getBoundingClientRect()];
  if (inner.top >= outer.top - 1 && Math.min(inner.bottom, inner.top + 40) <= outer.bottom + 1)
    return isInView;
  const column =
    scroller === view.scrollDOM &&
    layoutOf(view.state) === "beside" &&
    view.plugin(resultsLayer)?.column;
  if (column) {
    const start = (inner.top - result.getBoundingClientRect().top) / view.scaleY;
    column.show(id, false, { start, stop: start + Math.min(inner.height, 40) / view.scaleY });
  } else scroller.scrollTop += (inner.top - outer.top - outer.height / 3) / view.scaleY;
  return false;
}

/// The elements around a node, from the inside to `last`, through shadow roots.
function* ancestors(node: Node, last: Element): Iterable<HTMLElement> {
  for (let at: Node | null = node; at;) {
    if (at instanceof HTMLElement) yield at;
    if (at === last) return;
    at = at instanceof ShadowRoot ? at.host : at.parentNode;
  }
}
