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

import { loadCommands } from "../editor/commands";
import { sayNotLoaded } from "../editor/host";

const language = new Compartment();
const editing = new Compartment();
const wrapping = new Compartment();
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
        // Of the panel to find and replace. Other phrases later would begin the editor anew.
        EditorState.phrases.of({
          "match case": "Match case",
          regexp: "Regular expression",
          "by word": "Whole word",
        }),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        EditorView.contentAttributes.of({ "aria-label": label }),
        wrapping.of(isWrapped ? EditorView.lineWrapping : []),
        readOnly.of(EditorState.readOnly.of(options.isReadOnly)),
        editing.of(options.editing ?? []),
        writing.of([keymap.of([{ key: "Mod-f", run: openSearch }]), loadAtOnce]),
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

const loads = new WeakMap<EditorView, Promise<typeof import("./writing")>>();

function loadWriting(view: EditorView) {
  let loading = loads.get(view);
  if (!loading) {
    loading = import("./writing").then(module => {
      if (loads.get(view) === loading)
        view.dispatch({ effects: writing.reconfigure(module.writing) });
      loadCommands();
      return module;
    });
    loads.set(view, loading);
    loading.catch(() => {
      // Forget a failed import (offline), so that the next attempt loads again.
      loads.delete(view);
      console.warn("rdit: what helps in writing could not be loaded.");
    });
  }
  return loading;
}

const loadAtOnce = ViewPlugin.define(view => {
  // A failure is told once it is asked for.
  loadWriting(view).catch(() => {});
  return { destroy: () => void loads.delete(view) };
});

// Until the chunk is there, which has the key too.
function openSearch(view: EditorView): boolean {
  loadWriting(view).then(
    ({ openSearchPanel }) => openSearchPanel(view),
    () => sayNotLoaded(view),
  );
  return true;
}
