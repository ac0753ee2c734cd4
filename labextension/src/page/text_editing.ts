// What one expects of an editor, loaded after the first paint: brackets that close, several cursors, find
// and replace, sections, outline, guides, and the keys of their commands.
import { selectParentSyntax, undoSelection } from "@codemirror/commands";
import { Prec, type Extension } from "@codemirror/state";
import { EditorView, keymap, ViewPlugin } from "@codemirror/view";
import { folding, foldEverything, unfoldEverything } from "../editor/code_folding";
import { focusSelection } from "../editor/focus_selection";
import { indentGuides } from "../editor/indent_guides";
import { sectionLines } from "../editor/section_lines";
import { setStickyScope, stickyScope } from "../editor/sticky_scope";
import { typingAids } from "../editor/typing_aids";
import { commandKeymap } from "../session/keymap";
import { altPointer } from "./alt_pointer";
import { closingBrackets } from "./closing_brackets";
import { find } from "./find";
import { outline } from "./outline";
import { variables } from "./variables";
import { onPreferences, preference } from "./storage";
import { lazyCommands } from "./text_commands";

// Keys of VS Code's besides those of the table. Not on a Mac, where they are the system's.
const alsoKeys = keymap.of([
  { linux: "Shift-Alt-ArrowRight", win: "Shift-Alt-ArrowRight", run: selectParentSyntax },
  { linux: "Shift-Alt-ArrowLeft", win: "Shift-Alt-ArrowLeft", run: undoSelection },
  {
    mac: "Mod-Alt-f",
    run: view => lazyCommands.find(({ id }) => id === "rdit:replace")!.act(view),
  },
  { key: "Mod-k Mod-0", run: foldEverything },
  { key: "Mod-k Mod-j", run: unfoldEverything },
]);

const followSticky = ViewPlugin.define(view => {
  const follow = () => view.dispatch({ effects: setStickyScope.of(preference("stickyScope")) });
  // Not while the editor is being updated.
  queueMicrotask(follow);
  return { destroy: onPreferences(follow) };
});

/// The extension.
export const textEditing: Extension = [
  // For tests and style sheets: all of this is there.
  EditorView.contentAttributes.of({ class: "rdit-writing" }),
  focusSelection,
  closingBrackets,
  altPointer,
  typingAids,
  folding,
  sectionLines,
  indentGuides,
  stickyScope,
  followSticky,
  find,
  outline,
  variables,
  commandKeymap(lazyCommands, (row, view) => row.act!(view)),
  Prec.high(alsoKeys),
];
