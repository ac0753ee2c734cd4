// The page's CodeMirror editor: Python, theme and key bindings around the shared `rditEditor`.
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  ViewPlugin,
} from "@codemirror/view";

const language = new Compartment();
const editing = new Compartment();
const wrapping = new Compartment();
const search = new Compartment();
const writing = new Compartment();
const readOnly = new Compartment();

export interface CodeOptions {
  parent: HTMLElement;
  text: string;
  label: string;
  isWrapped: boolean;
  isReadOnly: boolean;
  /// Null if not loaded yet: `setLanguage` and `setEditing` add them later.
  language: Extension | null;
  editing: Extension | null;
  extensions: Extension;
}

/// Creates the editor in `parent`.
export function createCode({
  parent,
  text,
  label,
  isWrapped,
  ...options
}: CodeOptions): EditorView {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        options.extensions,
        lineNumbers(),
        // With the column for folding: it stands beside the numbers.
        language.of(options.language ?? []),
        highlightSpecialChars(),
        drawSelection(),
        EditorState.allowMultipleSelections.of(true),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        EditorView.contentAttributes.of({ "aria-label": label }),
        wrapping.of(isWrapped ? EditorView.lineWrapping : []),
        readOnly.of(EditorState.readOnly.of(options.isReadOnly)),
        search.of([keymap.of([{ key: "Mod-f", run: openSearch }]), loadLater]),
        editing.of(options.editing ?? []),
        writing.of(loadWriting),
      ],
    }),
  });
  return view;
}

export function setLanguage(view: EditorView, extension: Extension) {
  view.dispatch({ effects: language.reconfigure(extension) });
}

export function setEditing(view: EditorView, extension: Extension) {
  view.dispatch({ effects: editing.reconfigure(extension) });
}

export function setWrapping(view: EditorView, isWrapped: boolean) {
  view.dispatch({ effects: wrapping.reconfigure(isWrapped ? EditorView.lineWrapping : []) });
}

export function setReadOnly(view: EditorView, isReadOnly: boolean) {
  view.dispatch({ effects: readOnly.reconfigure(EditorState.readOnly.of(isReadOnly)) });
}

const loaded = new WeakMap<EditorView, Promise<typeof import("@codemirror/search")>>();

function loadSearch(view: EditorView) {
  let loading = loaded.get(view);
  if (!loading) {
    loading = import("@codemirror/search").then(module => {
      const extension = [
        module.search({ top: true }),
        module.highlightSelectionMatches(),
        keymap.of(module.searchKeymap),
      ];
      view.dispatch({ effects: search.reconfigure(extension) });
      return module;
    });
    loaded.set(view, loading);
    // Forget a failed import (offline), so that the next attempt loads again.
    loading.catch(() => loaded.delete(view));
  }
  return loading;
}

// Loads the search after the first paint, before the user is likely to press a key of it.
const loadLater = ViewPlugin.define(view => {
  const timer = setTimeout(() => void loadSearch(view), 1_000);
  return { destroy: () => clearTimeout(timer) };
});

const loadWriting = ViewPlugin.define(view => {
  let isThere = true;
  import("./writing").then(
    module => isThere && view.dispatch({ effects: writing.reconfigure(module.writing) }),
    () => console.warn("rdit: what helps in writing could not be loaded."),
  );
  return { destroy: () => void (isThere = false) };
});

function openSearch(view: EditorView): boolean {
  loadSearch(view).then(
    ({ openSearchPanel }) => openSearchPanel(view),
    () => console.warn("rdit: the search could not be loaded."),
  );
  return true;
}
