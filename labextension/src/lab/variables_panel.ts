// Lazy: the panel of variables with its style sheet.
import "../../style/variables_panel.css";

export { VariablesPanel } from "../panels/variables";
