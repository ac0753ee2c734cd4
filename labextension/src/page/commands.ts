// The type of the page's commands. One list of them defines toolbar buttons, keys and the rows of
// the help. Keys without a button belong to the editor (editor/commands.ts); a test compares help
// and documentation with both.
import type { Drawing, IconName } from "./icons";

export interface PageCommand {
  id: string;
  label: string;
  /// In CodeMirror's notation; "" for none.
  keys: string;
  icon: IconName | Drawing;
  /// Description, for tooltip and help.
  text: string;
  run(): void;
}
