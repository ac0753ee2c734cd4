// The page's commands: one list for the toolbar, the keys and the help.
import type { IconName } from "./icons";

export interface PageCommand {
  id: string;
  label: string;
  /// In CodeMirror's notation; "" where there is none.
  keys: string;
  icon: IconName;
  /// What it does, for tooltip and help.
  text: string;
  run(): void;
}

/// Keys that the editor itself has and a person cannot guess.
export const EDITOR_KEYS = [
  { keys: "Alt-Enter", text: "Run, and open a line below" },
  { keys: "Mod-Alt-Enter", text: "Run to here" },
  { keys: "Mod-Alt-Right", text: "To the result; Escape comes back" },
  { keys: "Mod-F", text: "Find and replace" },
  { keys: "Alt-Up", text: "Move the line; with Shift, copy it" },
  { keys: "Mod-/", text: "Comment, or no comment" },
  { keys: "Mod-]", text: "Indent more; with [, less" },
  { keys: "Ctrl-M", text: "Let Tab leave the editor" },
];
