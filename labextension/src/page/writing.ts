// Lazy chunk: what helps in writing, loaded after the first paint. One line for each aid; each takes what
// it needs to know of the kernel and of the document from the facet `editorHost`.
import type { Extension } from "@codemirror/state";
import { ViewPlugin } from "@codemirror/view";
import { heat } from "../editor/heat";
import { language } from "../editor/language";
import { completion } from "../editor/language/completion";
import { diagnostics, lookAgain } from "../editor/language/diagnostics";
import { quickFixes } from "../editor/language/diagnostics_fix";
import { onPreferences } from "./storage";
import { textEditing } from "./text_editing";

export { openSearchPanel } from "@codemirror/search";

// Findings follow their setting at once.
const follow = ViewPlugin.define(view => ({
  destroy: onPreferences(() => view.dispatch({ effects: lookAgain.of(null) })),
}));

export const writing: Extension = [
  language,
  completion(),
  diagnostics(),
  follow,
  quickFixes,
  textEditing,
  heat,
];
