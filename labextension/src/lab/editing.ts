// Lazy chunk, loaded with the first script: the editor, the results and their style sheet, and live widgets.

import "../../style/results.css";

export { moduleNews } from "../backends/reloads";
export * from "../editor";
export { hover } from "../editor/hover";
export { registryRenderer } from "../results/registry";
export { canOpen, isScript, openFrame } from "./frames";
export { labelled } from "./label";
export { connectWidgets, WIDGET_VIEW } from "./widgets";
