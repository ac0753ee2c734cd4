// A command of the page: one list of them makes the toolbar, their keys and their rows in the help. Keys without
// a button are the editor's (editor/commands.ts); a test holds help and docs against them.
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
