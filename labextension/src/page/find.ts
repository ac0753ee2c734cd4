// Find and replace: CodeMirror's panel, with the number of matches, and which of them is selected. It looks
// in results too, if one likes; in the reading view only there.
import {
  findNext as nextInCode,
  findPrevious as previousInCode,
  getSearchQuery,
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
  searchPanelOpen,
  SearchQuery,
} from "@codemirror/search";
import { Text, type EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, ViewPlugin, type Command, type ViewUpdate } from "@codemirror/view";
import { elsewhere } from "../editor/result_elements";
import { mayFindOthers, ResultFind, resultFind } from "../editor/result_find";
import {
  indexOfCurrent,
  mostMatches,
  resultSearch,
  resultsSearched,
  step,
  type Finder,
  type Match,
} from "../editor/result_search";
import { h, setText } from "../panels/dom";

// More are not counted: the number stands for "very many".
const MOST = 2_000;
const PATIENCE_MS = 60;

/// "3 of 12" where the third match is selected, "12 matches" where none is.
export function countText(state: EditorState, query: SearchQuery): string {
  if (!query.search) return "";
  if (!query.valid) return "No regular expression";
  const { from, to } = state.selection.main;
  let count = 0;
  let at = 0;
  for (const found of inCode(state, query)) {
    count += 1;
    if (found.from === from && found.to === to) at = count;
    if (count === MOST) break;
  }
  return counted(at, count, MOST);
}

function counted(at: number, count: number, most: number): string {
  const all = count === most ? `${most}+` : String(count);
  if (at) return `${at} of ${all}`;
  return count ? `${all} ${count === 1 ? "match" : "matches"}` : "No matches";
}

function* inCode(
  of: EditorState | Text,
  query: SearchQuery,
): Iterable<{ from: number; to: number }> {
  const cursor = query.getCursor(of);
  for (let found = cursor.next(); !found.done; found = cursor.next()) yield found.value;
}

class Finding {
  private readonly count = h("span", { class: "rdit-matches", role: "status" });
  private readonly box = h("input", { type: "checkbox", name: "results" });
  private readonly toggle = h("label", { class: "rdit-find-results" }, this.box, "In results");
  private readonly results: ResultFind;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private finder: { query: SearchQuery; find: Finder } | null = null;
  private panel: HTMLElement | null = null;

  constructor(private readonly view: EditorView) {
    this.results = new ResultFind(
      view,
      () => (searchPanelOpen(view.state) ? this.find : null),
      () => this.soon(),
    );
    this.box.addEventListener("change", () =>
      view.dispatch({ effects: resultsSearched.of(this.box.checked) }),
    );
  }

  update(update: ViewUpdate) {
    const { state, startState, docChanged, selectionSet } = update;
    const isOpen = searchPanelOpen(state);
    if (!isOpen && !searchPanelOpen(startState)) return;
    const isNew = isOpen !== searchPanelOpen(startState);
    const isOther = !getSearchQuery(state).eq(getSearchQuery(startState)) || mayFindOthers(update);
    if (isNew || isOther || docChanged || selectionSet) this.soon(isNew ? 0 : PATIENCE_MS);
  }

  destroy() {
    clearTimeout(this.timer);
    this.results.destroy();
  }

  /// Goes to the next match, or the one before. False: only the code is looked in.
  step(by: 1 | -1): boolean {
    const { view, find } = this;
    if (!find || !searchPanelOpen(view.state)) return false;
    const match = step(view.state, this.all(find), by);
    if (!match) return true;
    this.results.goTo(match);
    const field = this.panel?.querySelector<HTMLInputElement>("[name=search]");
    if (field && field === document.activeElement) field.select();
    return true;
  }

  /// Finds in results; null if only the code is looked in, or there is nothing to find.
  private get find(): Finder | null {
    const { state } = this.view;
    const query = getSearchQuery(state);
    const isOn = state.field(resultSearch).isOn || elsewhere(this.view);
    if (!isOn || !query.search || !query.valid) return null;
    if (!this.finder?.query.eq(query))
      this.finder = { query, find: text => inCode(Text.of(text.split("\n")), query) };
    return this.finder!.find;
  }

  private all(find: Finder): Match[] {
    const { state } = this.view;
    return this.results.all(find, inCode(state, getSearchQuery(state)));
  }

  private soon(patience = PATIENCE_MS) {
    if (!patience) clearTimeout(this.timer);
    else if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.show();
    }, patience);
  }

  private show() {
    const { view, find } = this;
    this.results.mark();
    const panel = view.dom.querySelector<HTMLElement>(".cm-panel.cm-search");
    if (!panel || !searchPanelOpen(view.state)) return this.close();
    if (panel !== this.panel) this.open(panel);
    if (elsewhere(view))
      view.dom.style.setProperty("--rdit-find-height", `${panel.offsetHeight}px`);
    this.box.checked = view.state.field(resultSearch).isOn;
    const query = getSearchQuery(view.state);
    if (find) {
      const all = this.all(find);
      setText(this.count, counted(indexOfCurrent(view.state, all) + 1, all.length, mostMatches));
    } else setText(this.count, countText(view.state, query));
    const first = panel.querySelector("[name=search]");
    first?.setAttribute("aria-invalid", String(Boolean(query.search) && !query.valid));
  }

  private open(panel: HTMLElement) {
    this.panel = panel;
    panel.querySelector("[name=search]")?.after(this.count);
    panel.querySelector("[name=word]")?.closest("label")?.after(this.toggle);
    // They wrap to the next line together.
    const replacing = panel.querySelectorAll("[name=replace], [name=replaceAll]");
    panel
      .querySelector("[name=close]")
      ?.before(h("span", { class: "rdit-find-replace" }, ...replacing));
    // Before the panel's own, which look in the code alone.
    const by = (act: 1 | -1, event: Event) => {
      if (!this.step(act)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    panel.addEventListener(
      "click",
      event => {
        const { name } = event.target as HTMLButtonElement;
        if (name === "next") by(1, event);
        else if (name === "prev") by(-1, event);
      },
      { capture: true },
    );
    panel.addEventListener(
      "keydown",
      event => {
        const isField = (event.target as HTMLInputElement).name === "search";
        if (event.key === "Enter" && isField && !event.isComposing)
          by(event.shiftKey ? -1 : 1, event);
      },
      { capture: true },
    );
  }

  private close() {
    if (!this.panel) return;
    // The code, which would have the focus, does not show in the reading view.
    const there = elsewhere(this.view);
    if (there && !document.activeElement?.matches("input, textarea"))
      there.scroller.focus({ preventScroll: true });
    this.panel = null;
  }
}

const finding = ViewPlugin.fromClass(Finding);

/// Goes to the next match, in results too where the panel says so.
export const findNext: Command = view => view.plugin(finding)?.step(1) || nextInCode(view);
export const findPrevious: Command = view => view.plugin(finding)?.step(-1) || previousInCode(view);

/// Opens the panel with the cursor in the field for the replacement.
export const openReplace: Command = view => {
  openSearchPanel(view);
  const field = view.dom.querySelector<HTMLInputElement>(".cm-search input[name=replace]");
  if (!field) return false;
  // With something to find the replacement comes next.
  if (getSearchQuery(view.state).search) field.select();
  return true;
};

const theme = EditorView.baseTheme({
  // In the reading view nothing can be replaced, and there are results only.
  "&.rdit-reading .cm-panels:has(.cm-search)": { visibility: "visible" },
  "&.rdit-reading .cm-search :is(br, br ~ :not([name=close]), [name=select], .rdit-find-results)": {
    display: "none !important",
  },
  "&.rdit-reading:has(.cm-search) .rdit-reading-view.rdit-results": {
    top: "var(--rdit-find-height)",
  },
});

/// The extension.
export const find: Extension = [
  search({ top: true }),
  highlightSelectionMatches(),
  keymap.of([
    ...["F3", "Mod-g"].map(key => ({
      key,
      run: findNext,
      shift: findPrevious,
      scope: "editor search-panel",
      preventDefault: true,
    })),
    ...searchKeymap,
    { key: "Mod-h", scope: "search-panel", run: openReplace },
  ]),
  resultFind,
  finding,
  theme,
];
