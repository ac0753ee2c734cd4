// Find and replace: CodeMirror's panel, with the number of matches, and which of them is selected.
import {
  getSearchQuery,
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
  searchPanelOpen,
  SearchQuery,
} from "@codemirror/search";
import type { EditorState, Extension } from "@codemirror/state";
import {
  keymap,
  ViewPlugin,
  type Command,
  type EditorView,
  type ViewUpdate,
} from "@codemirror/view";
import { h, setText } from "../panels/dom";

// More are not counted: the number stands for "very many".
const MOST = 2_000;
const PATIENCE_MS = 60;

/// "3 of 12" where the third match is selected, "12 matches" where none is.
export function countText(state: EditorState, query: SearchQuery): string {
  if (!query.search) return "";
  if (!query.valid) return "No regular expression";
  const { from, to } = state.selection.main;
  const cursor = query.getCursor(state);
  let count = 0;
  let at = 0;
  for (let found = cursor.next(); !found.done; found = cursor.next()) {
    count += 1;
    if (found.value.from === from && found.value.to === to) at = count;
    if (count === MOST) break;
  }
  const all = count === MOST ? `${MOST}+` : String(count);
  if (at) return `${at} of ${all}`;
  return count ? `${all} ${count === 1 ? "match" : "matches"}` : "No matches";
}

class Counter {
  private readonly dom = h("span", { class: "rdit-matches", role: "status" });
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: EditorView) {}

  update({ state, startState, docChanged, selectionSet }: ViewUpdate) {
    if (!searchPanelOpen(state)) return;
    const isNew = !searchPanelOpen(startState);
    const isOther = !getSearchQuery(state).eq(getSearchQuery(startState));
    if (!isNew && !isOther && !docChanged && !selectionSet) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), isNew ? 0 : PATIENCE_MS);
  }

  destroy() {
    clearTimeout(this.timer);
  }

  private show() {
    const panel = this.view.dom.querySelector(".cm-panel.cm-search");
    if (!panel) return;
    const first = panel.querySelector("[name=search]");
    if (!panel.contains(this.dom)) first?.after(this.dom);
    const query = getSearchQuery(this.view.state);
    setText(this.dom, countText(this.view.state, query));
    first?.setAttribute("aria-invalid", String(Boolean(query.search) && !query.valid));
  }
}

/// Opens the panel with the cursor in the field for the replacement.
export const openReplace: Command = view => {
  openSearchPanel(view);
  const field = view.dom.querySelector<HTMLInputElement>(".cm-search input[name=replace]");
  if (!field) return false;
  // With something to find the replacement comes next.
  if (getSearchQuery(view.state).search) field.select();
  return true;
};

/// The extension.
export const find: Extension = [
  search({ top: true }),
  highlightSelectionMatches(),
  keymap.of([...searchKeymap, { key: "Mod-h", scope: "search-panel", run: openReplace }]),
  ViewPlugin.fromClass(Counter),
];
