// The page's commands: one list for the toolbar, the keys and the help.
import type { Drawing, IconName } from "./icons";

export interface PageCommand {
  id: string;
  label: string;
  /// In CodeMirror's notation; "" where there is none.
  keys: string;
  icon: IconName | Drawing;
  /// What it does, for tooltip and help.
  text: string;
  run(): void;
}
