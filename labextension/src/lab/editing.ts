// Lazy chunk, loaded with the first script: the editor, the results and their style sheet,
// the controller with its backend, and live widgets.

import "../../style/code.css";
import "../../style/results.css";
import "../../style/grid.css";
import "../../style/language.css";

import { folding } from "../editor/code_folding";
import { focusSelection } from "../editor/focus_selection";
import { heat } from "../editor/heat";
import { indentGuides } from "../editor/indent_guides";
import { sectionLines } from "../editor/section_lines";
import { stickyScope } from "../editor/sticky_scope";
import { typingAids } from "../editor/typing_aids";

export * from "../editor";
export { language } from "../editor/language";
export { ServerRuff } from "../backends/ruff/server";
export { diagnostics, lookAgain } from "../editor/language/diagnostics";
export { quickFixes } from "../editor/language/diagnostics_fix";
export { formatDocument } from "../editor/language/format";
export * as code from "../editor/code_commands";
export { setStickyScope } from "../editor/sticky_scope";
export { withSyntax } from "../editor/syntax_package";
export { chartIn } from "../results/chart_types";
export { chartRenderer } from "../results/charts";
export { renderPdf } from "../results/embedded";
export { registryRenderer } from "../results/registry";
export { Controller } from "../session/controller";
export { serverBackend } from "./backend";
export { exportsOf } from "./exports";
export { find, scriptFind } from "./find";
export { canOpen, isScript, openAt, openFrame } from "./frames";
export { labelled } from "./label";
export { LabNotifier } from "./notifier";
export { ScriptSearchProvider } from "./search";
export { connectWidgets, WIDGET_VIEW } from "./widgets";

/// What JupyterLab's editor does not have itself.
export const aids = [
  focusSelection,
  heat,
  typingAids,
  folding,
  sectionLines,
  indentGuides,
  stickyScope,
];
