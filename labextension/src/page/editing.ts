// Lazy chunk: undo history and editing keys, which a first key press may need but the first paint
// does not. Fetched in parallel with the script.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { foldKeymap } from "@codemirror/language";
import { keymap } from "@codemirror/view";

export const editing = [
  history(),
  keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, indentWithTab]),
];
