// The page's CodeMirror editor: Python, theme and key bindings around the shared `rditEditor`.
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  indentOnInput,
  indentUnit,
} from "@codemirror/language";
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
import { icon } from "./chrome/icons";
import { highlighting } from "./theme";

const language = new Compartment();
const editing = new Compartment();
const wrapping = new Compartment();
const search = new Compartment();
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
        codeFolding({ placeholderText: "⋯" }),
        foldGutter({ markerDOM: foldMarker }),
        highlightSpecialChars(),
        drawSelection(),
        EditorState.allowMultipleSelections.of(true),
        language.of(options.language ?? []),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        highlighting,
        highlightActiveLine(),
        highlightActiveLineGutter(),
        EditorView.contentAttributes.of({ "aria-label": label }),
        wrapping.of(isWrapped ? EditorView.lineWrapping : []),
        readOnly.of(EditorState.readOnly.of(options.isReadOnly)),
        search.of([keymap.of([{ key: "Mod-f", run: openSearch }]), loadLater]),
        editing.of(options.editing ?? []),
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

function openSearch(view: EditorView): boolean {
  loadSearch(view).then(
    ({ openSearchPanel }) => openSearchPanel(view),
    () => console.warn("rdit: the search could not be loaded."),
  );
  return true;
}

function foldMarker(isOpen: boolean): HTMLElement {
  const marker = document.createElement("span");
  marker.className = `rdit-fold${isOpen ? " rdit-fold-open" : ""}`;
  marker.title = isOpen ? "Fold" : "Unfold";
  marker.append(icon("chevron"));
  return marker;
}
