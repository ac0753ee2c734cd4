// Lazy chunk: what JupyterLab's search bar finds in a script: the code's matches, which JupyterLab's search of its
// file editor lists, and those in results, in the order in which they are read.

import type { EditorSelection, Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Widget } from "@lumino/widgets";
import type { Span } from "../editor/anchors";
import { elsewhere } from "../editor/result_elements";
import { mayFindOthers, ResultFind, resultFind } from "../editor/result_find";
import {
  indexOfCurrent,
  matchReached,
  resultSearch,
  step,
  type Finder,
  type Match,
  type ResultMatch,
} from "../editor/result_search";

const MARK_MS = 60;
// More than JupyterLab waits for the next change before it searches anew, by its default: while outputs come all
// the time, it would wait for ever.
const TELL_MS = 700;

/// What is found while the search bar of a script asks for something.
export class ScriptFind {
  /// Called when other matches may be found.
  onChange = () => {};
  private matches: readonly Match[] = [];
  private index = -1;
  private search: { find: Finder; isInResults: boolean; code: () => readonly Span[] } | null = null;
  private key = "";
  /// Where the selection was when a match became the current one.
  private origin: EditorSelection | null = null;
  private readonly results: ResultFind;
  private readonly bar = new ResizeObserver(([{ target }]) => {
    const { isConnected, offsetHeight } = target as HTMLElement;
    // In a tab behind others it has no height, and is open.
    if (offsetHeight || !isConnected) this.leaveRoom(offsetHeight);
  });
  private content: Widget | null = null;
  private room = 0;
  private marking: ReturnType<typeof setTimeout> | undefined;
  private telling: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: EditorView) {
    this.results = new ResultFind(
      view,
      () => (this.looksInResults ? this.search!.find : null),
      () => this.markSoon(),
    );
  }

  update(update: ViewUpdate): void {
    if (!this.search || !(update.docChanged || mayFindOthers(update))) return;
    this.markSoon();
  }

  destroy(): void {
    clearTimeout(this.marking);
    clearTimeout(this.telling);
    this.bar.disconnect();
    this.results.destroy();
  }

  get isOn(): boolean {
    return this.search !== null;
  }

  get count(): number {
    return this.matches.length;
  }

  /// Null if there is no current match.
  get currentIndex(): number | null {
    return this.index < 0 ? null : this.index;
  }

  /// The search bar opens over the top of `content`, where results stand: the editor begins below it while it is there.
  open(content: Widget): void {
    this.content = content;
    const bar = content.parent?.node.querySelector(":scope > .jp-DocumentSearch-overlay");
    if (bar) this.bar.observe(bar);
  }

  /// Finds what matches a query. `code`: the matches in the code. Returns the current match: the one that is selected, or
  /// was gone to, else the next one; nothing moves.
  start(query: RegExp, isInResults: boolean, code: () => readonly Span[]): Match | null {
    const key = `${query.flags}/${query.source}`;
    // One function for each query: what it has found in results is kept for it.
    const isSame = this.search !== null && this.key === key;
    const find = isSame ? this.search!.find : finderOf(query);
    this.key = key;
    this.search = { find, isInResults, code };
    this.look();
    const current = this.matches[this.index] ?? null;
    this.origin = this.view.state.selection;
    const reached = this.reached;
    // Where one is stays when its result has changed and has no match there any more.
    if (current && (!isSame || !reached) && (reached || current.result))
      this.view.dispatch({ effects: matchReached.of(current.result) });
    this.results.mark();
    return current;
  }

  end(): void {
    this.search = null;
    this.matches = [];
    this.index = -1;
    this.results.mark();
  }

  /// Goes to the next match, or the one before; after the last comes the first. `inCode`: past those in results.
  step(by: 1 | -1, inCode = false): Match | null {
    this.look();
    const { matches, view } = this;
    const { length } = matches;
    if (!length) return null;
    // The first match after the cursor is the current one before one has gone to it.
    const isLost = this.reached !== null && indexOfCurrent(view.state, matches) < 0;
    const isMarked = !isLost && this.origin?.eq(view.state.selection);
    let at = isMarked ? this.index + by : matches.indexOf(step(view.state, matches, by)!);
    for (let left = length; inCode && left && matches.at(at % length)!.result; left--) at += by;
    const match = matches.at(at % length)!;
    if (inCode && match.result) return null;
    this.goTo(match);
    return match;
  }

  /// Goes to a match.
  goTo(match: Match): void {
    this.results.goTo(match);
    this.look();
    this.origin = this.view.state.selection;
    this.results.mark();
  }

  /// In the reading view.
  get isCodeHidden(): boolean {
    return elsewhere(this.view) !== null;
  }

  private get looksInResults(): boolean {
    return this.search !== null && (this.search.isInResults || this.isCodeHidden);
  }

  private look(): void {
    const { search, view } = this;
    if (!search) return;
    const code = search.code();
    this.matches = this.looksInResults
      ? this.results.all(search.find, code)
      : code.map(({ from, to }) => ({ from, to, at: from, result: null }));
    const { from } = view.state.selection.main;
    const current = indexOfCurrent(view.state, this.matches);
    const behind = () =>
      this.reached
        ? this.matches.indexOf(step(view.state, this.matches, 1)!)
        : this.matches.findIndex(({ at }) => at >= from);
    const next = current < 0 ? behind() : current;
    this.index = next < 0 && this.matches.length ? 0 : next;
  }

  /// The match in a result that one has gone to.
  private get reached(): ResultMatch | null {
    return this.view.state.field(resultSearch).current;
  }

  private markSoon(): void {
    this.marking ??= setTimeout(() => {
      this.marking = undefined;
      this.results.mark();
    }, MARK_MS);
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      const before = this.matches.length;
      this.look();
      if (this.matches.length !== before) this.onChange();
    }, TELL_MS);
  }

  private leaveRoom(room: number): void {
    const { content, view } = this;
    if (!content || content.isDisposed || room === this.room) return;
    content.node.style.paddingTop = room ? `${room}px` : "";
    content.fit();
    // What is in view stays where it is, but the first lines, which would be gone from it.
    if (view.scrollDOM.scrollTop) view.scrollDOM.scrollTop += room - this.room;
    this.room = room;
  }
}

const finderOf =
  (query: RegExp): Finder =>
  text =>
    [...text.matchAll(query)].map(({ index, 0: { length } }) => ({
      from: index,
      to: index + length,
    }));

/// What finds in a script, by its editor.
export const scriptFind = ViewPlugin.fromClass(ScriptFind);

// The colours that JupyterLab gives to matches in code.
const colours = EditorView.theme({
  "&": {
    "--rdit-match": "var(--jp-search-unselected-match-background-color)",
    "--rdit-match-text": "var(--jp-search-unselected-match-color)",
    "--rdit-match-current": "var(--jp-search-selected-match-background-color)",
    "--rdit-match-current-text": "var(--jp-search-selected-match-color)",
  },
});

export const find: Extension = [resultFind, scriptFind, colours];
