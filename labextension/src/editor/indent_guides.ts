// Indentation guides. Their colours are of the style sheet.

import type { Extension } from "@codemirror/state";
import { indentationMarkers } from "@replit/codemirror-indentation-markers";

const line = "var(--rdit-guide)";
const active = "var(--rdit-guide-active)";

/// The extension.
export const indentGuides: Extension = indentationMarkers({
  markerType: "codeOnly",
  colors: { light: line, dark: line, activeLight: active, activeDark: active },
});
