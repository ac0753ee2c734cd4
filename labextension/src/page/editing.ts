// Undo and the keys that edit: what the first key may need and the first paint does not. A chunk of its
// own, fetched beside the script.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { foldKeymap } from "@codemirror/language";
import { keymap } from "@codemirror/view";

export const editing = [
  history(),
  keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, indentWithTab]),
];
