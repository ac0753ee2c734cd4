// Folds that survive a reload: kept in sessionStorage, so that two tabs with the same script have their
// own.

import { ViewPlugin, type EditorView } from "@codemirror/view";
import type { Extension } from "@codemirror/state";
import { foldsRemembered, foldsToKeep } from "./folds";
import { editorHost } from "./host";

const mostCharacters = 200_000;

/// Stores the folds when the page or the editor goes away, and takes them up when the results are there
/// again.
export const keptFolds: Extension = ViewPlugin.define(view => {
  const name = () => view.state.facet(editorHost)?.keptKey?.("folds") ?? "";
  const keep = () => {
    if (name()) store(name(), view);
  };
  const remembered = recall(name());
  // A plugin may not dispatch while it is made.
  if (remembered.size)
    queueMicrotask(() => view.dispatch({ effects: foldsRemembered.of(remembered) }));
  window.addEventListener("pagehide", keep);
  return {
    destroy() {
      keep();
      window.removeEventListener("pagehide", keep);
    },
  };
});

function store(name: string, { state }: EditorView): void {
  const kept = [...foldsToKeep(state)];
  try {
    const text = JSON.stringify(kept);
    if (kept.length && text.length < mostCharacters) sessionStorage.setItem(name, text);
    else sessionStorage.removeItem(name);
  } catch {
    // Storage is not available: folds start anew.
  }
}

function recall(name: string): ReadonlyMap<string, boolean> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(name) ?? "[]");
    return new Map(
      (Array.isArray(kept) ? kept : []).filter(
        entry =>
          Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "boolean",
      ) as [string, boolean][],
    );
  } catch {
    return new Map(); // no storage, or not a value of ours
  }
}
