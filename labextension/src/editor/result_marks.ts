// Lazy chunk: where on the page a match in a result is, and the marks of such matches. They are highlights of
// the browser, which leave the elements of results as they are.

import type { EditorView } from "@codemirror/view";
import { wordsOf } from "../results/parts/words";
import type { Span } from "./anchors";
import { elementsOf } from "./result_elements";
import { matchesIn, resultSearch, type Finder, type ResultMatch } from "./result_search";
import { shownResults } from "./shown_results";

const inline =
  /^(A|ABBR|B|BDI|BDO|BUTTON|CITE|CODE|DEL|EM|FONT|I|INS|KBD|LABEL|MARK|Q|S|SAMP|SMALL|SPAN|STRONG|SUB|SUP|TIME|U|VAR)$/;

/// Buttons, fields and the menu of a grid (results/grid/bar.ts, column_menu.ts): their labels are no text of the
/// result, so a search does not find them.
const tools = ".rdit-grid-tools, .rdit-grid-form, .rdit-grid-menu";

/// The text of an element, in which each block ends a line, and where in it its text nodes are.
export class ElementText {
  text = "";
  private readonly nodes: Text[] = [];
  private readonly starts: number[] = [];

  constructor(element: Element) {
    this.add(element);
  }

  /// The part of the document from `from` to `to` of the text.
  range(from: number, to: number): Range {
    const range = document.createRange();
    const [start, startAt] = this.locate(from);
    const [end, endAt] = this.locate(to - 1);
    range.setStart(start, startAt);
    range.setEnd(end, Math.min(endAt + 1, end.data.length));
    return range;
  }

  private add(parent: Node): void {
    for (const node of parent.childNodes)
      if (node instanceof Text) {
        this.nodes.push(node);
        this.starts.push(this.text.length);
        this.text += node.data;
      } else if (
        node instanceof Element &&
        !/^(style|script|iframe)$/i.test(node.tagName) &&
        !node.matches(tools)
      ) {
        const isBlock = !inline.test(node.tagName);
        if (isBlock) this.endLine();
        // Tables with a style sheet of their own are in a shadow root.
        this.add(node.shadowRoot ?? node);
        if (isBlock) this.endLine();
      }
  }

  private endLine(): void {
    if (this.text && !this.text.endsWith("\n")) this.text += "\n";
  }

  private locate(at: number): [Text, number] {
    let low = 0;
    for (let high = this.starts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! <= at) low = middle;
      else high = middle;
    }
    const node = this.nodes[low]!;
    return [node, Math.min(at - this.starts[low]!, node.data.length)];
  }
}

/// How much around a match is compared, without white space.
const around = 30;
/// Of more it is not looked what is around them.
const mostCompared = 5_000;

/// Which of the matches `found` in what shows a text is the one in the text itself: the one with most of the
/// same around it, of several the one nearest in number; -1 if there are none. What shows a result may order it
/// in a way of its own (an error its message first), or show less.
export function counterpart(
  text: string,
  match: Span & { readonly index: number },
  shown: string,
  found: readonly Span[],
): number {
  if (found.length > mostCompared) return Math.min(match.index, found.length - 1);
  const left = before(text, match.from);
  const right = after(text, match.to);
  let best = -1;
  let most = -1;
  found.forEach(({ from, to }, index) => {
    const same = common(left, before(shown, from)) + common(right, after(shown, to));
    const isNearer = Math.abs(index - match.index) < Math.abs(best - match.index);
    if (same > most || (same === most && isNearer)) [best, most] = [index, same];
  });
  return best;
}

const tight = (text: string) => text.replace(/\s+/g, "").slice(0, around);
const after = (text: string, at: number) => tight(text.slice(at, at + 4 * around));
/// From the end, the last character first.
const before = (text: string, at: number) =>
  tight([...text.slice(Math.max(0, at - 4 * around), at)].reverse().join(""));

function common(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}

/// A place on the page: in the element of a part, of which no more is known if there is no range.
export interface MatchPlace {
  readonly part: HTMLElement;
  readonly range: Range | null;
}

/// Of the matches in one part so many are marked: ranges follow each change of the document.
const mostMarked = 1_000;

const names = { all: "rdit-match", current: "rdit-match-current" };
const isMarkable =
  typeof Highlight === "function" && typeof CSS !== "undefined" && "highlights" in CSS;

/// The marks of one editor.
export class ResultMarks {
  private all: Range[] = [];
  private current: MatchPlace | null = null;

  constructor(private readonly view: EditorView) {}

  /// Marks the matches in the results that have elements; null: none.
  show(find: Finder | null): void {
    this.clear();
    if (!find) return;
    const { state } = this.view;
    const { current } = state.field(resultSearch);
    const elements = elementsOf(this.view);
    for (const { anchor, shown } of shownResults(state)) {
      const dom = elements.domOf(anchor.id);
      if (!dom || shown.isFolded) continue;
      const { parts } = shown.outcome;
      for (const number of new Set(matchesIn(parts, find).map(({ part }) => part))) {
        const part = partOf(dom, number);
        if (!part) continue;
        const isHere = current?.id === anchor.id && current.part === number;
        const text = isHere ? wordsOf(parts[number]!).plain(parts[number]!) : "";
        this.mark(part, find, isHere ? current : null, text);
      }
    }
    if (!isMarkable) return;
    for (const range of this.all) highlight(names.all).add(range);
    if (this.current?.range) highlight(names.current, 1).add(this.current.range);
  }

  /// The match that one has gone to, as `show` has found it; null if its result has no element.
  get place(): MatchPlace | null {
    return this.current;
  }

  clear(): void {
    if (isMarkable) {
      for (const range of this.all) highlight(names.all).delete(range);
      if (this.current?.range) highlight(names.current, 1).delete(this.current.range);
    }
    this.current?.part.classList.remove("rdit-match-inside");
    this.all = [];
    this.current = null;
  }

  private mark(part: HTMLElement, find: Finder, current: ResultMatch | null, text: string): void {
    const shown = new ElementText(part);
    const spans = [...find(shown.text)].filter(({ from, to }) => from < to);
    const at = current ? counterpart(text, current, shown.text, spans) : -1;
    const first = Math.max(0, at - mostMarked / 2);
    spans.slice(first, first + mostMarked).forEach(({ from, to }, index) => {
      if (first + index !== at) this.all.push(shown.range(from, to));
    });
    if (!current) return;
    const isMissing = at < 0 || (spans.length <= current.index && moreIn(part) !== null);
    const range = isMissing ? null : shown.range(spans[at]!.from, spans[at]!.to);
    this.current = { part, range };
    // A picture, a frame, or a browser without highlights.
    if (!range || !isMarkable) part.classList.add("rdit-match-inside");
  }
}

/// The button by which more rows of a long table come (results/large.ts).
export const moreIn = (part: HTMLElement) =>
  part.querySelector<HTMLButtonElement>(".rdit-line > button.rdit-quiet-button");

/// The element of a part in that of its result.
const partOf = (result: HTMLElement, part: number) =>
  result.querySelector(":scope > .rdit-body")?.children[part] as HTMLElement | undefined;

/// The ranges of that name, of all editors.
function highlight(name: string, priority = 0): Highlight {
  let found = CSS.highlights.get(name);
  if (!found) {
    CSS.highlights.set(name, (found = new Highlight()));
    found.priority = priority;
  }
  return found;
}
