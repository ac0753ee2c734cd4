// Lazy chunk: the Python parser and what depends on it (colours, folding, indentation), fetched in
// parallel with the script. Until it is loaded the page works without.
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  indentOnInput,
  indentUnit,
} from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { withSyntax } from "../editor/syntax_package";
import { icon } from "./chrome/icons";
import { highlighting } from "./theme";

/// Code to read, in colours. Without lang-python's completions, which are in the chunk for writing.
export const coloured: Extension = [pythonLanguage, highlighting];

/// Code to edit.
export const python: Extension = [
  coloured,
  withSyntax,
  codeFolding({ placeholderText: "⋯" }),
  foldGutter({ markerDOM: foldMarker }),
  indentUnit.of("    "),
  indentOnInput(),
  bracketMatching(),
];

function foldMarker(isOpen: boolean): HTMLElement {
  const marker = document.createElement("span");
  marker.className = `rdit-fold${isOpen ? " rdit-fold-open" : ""}`;
  marker.title = isOpen ? "Fold" : "Unfold";
  marker.append(icon("chevron"));
  return marker;
}
