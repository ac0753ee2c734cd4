/// Keys of CodeMirror's own that the help and docs/using.md name.
export const EDITOR_KEYS = [
  { keys: "Mod-f", text: "Find and replace" },
  { keys: "Alt-ArrowUp", text: "Move the line; with Shift, copy it" },
  { keys: "Mod-/", text: "Comment, or no comment" },
  { keys: "Mod-]", text: "Indent more; with [, less" },
  { keys: "Ctrl-m", text: "Let Tab leave the editor" },
];
