// Lazy: the table of the page's commands that edit text, with what they do, and those of
// session/code_commands.ts with theirs. JupyterLab's editor has its own for the former.
import {
  addCursorAbove,
  addCursorBelow,
  copyLineDown,
  copyLineUp,
  cursorMatchingBracket,
  deleteLine,
  indentLess,
  indentMore,
  moveLineDown,
  moveLineUp,
  redo,
  selectLine,
  selectParentSyntax,
  toggleComment,
  toggleTabFocusMode,
  undo,
  undoSelection,
} from "@codemirror/commands";
import {
  gotoLine,
  openSearchPanel,
  selectNextOccurrence,
  selectSelectionMatches,
} from "@codemirror/search";
import { EditorSelection } from "@codemirror/state";
import type { Command } from "@codemirror/view";
import * as code from "../editor/code_commands";
import { print } from "../editor/print";
import type { CommandRow } from "../session/commands";
import { codeCommands } from "../session/code_commands";
import { findNext, findPrevious, openReplace } from "./find";
import { showOutline } from "./outline";
import { showVariables, watchSelection } from "./variables";

/// Joins the line with the next one, or the selected lines, with one space between them.
export const joinLines: Command = ({ state, dispatch }) => {
  if (state.readOnly) return false;
  const { doc } = state;
  // With several cursors in a line it is joined once.
  const joined = new Set<number>();
  const change = state.changeByRange(range => {
    const first = doc.lineAt(range.from).number;
    const last = Math.min(doc.lines, Math.max(doc.lineAt(range.to).number, first + 1));
    const changes = [];
    let at = range.head;
    for (let number = first; number < last; number++) {
      const { text, from } = doc.line(number);
      const below = doc.line(number + 1);
      const start = from + text.trimEnd().length;
      const end = below.from + below.text.length - below.text.trimStart().length;
      const isTight = start === from || end === below.to || /[([{]$/.test(text.trimEnd());
      at = start;
      if (joined.has(number)) continue;
      joined.add(number);
      changes.push({ from: start, to: end, insert: isTight ? "" : " " });
    }
    const set = state.changes(changes);
    return {
      changes,
      range: range.empty
        ? EditorSelection.cursor(set.mapPos(at, -1))
        : EditorSelection.range(set.mapPos(range.anchor), set.mapPos(range.head)),
    };
  });
  if (change.changes.empty) return false;
  dispatch(state.update(change, { scrollIntoView: true, userEvent: "input.join" }));
  return true;
};

/// Inserts what is selected once more behind it, and selects that; of a cursor, its line.
export const duplicate: Command = view => {
  const { state } = view;
  if (state.readOnly) return false;
  if (state.selection.ranges.every(({ empty }) => empty)) return copyLineDown(view);
  const change = state.changeByRange(({ from, to }) => ({
    changes: { from: to, insert: state.doc.slice(from, to) },
    range: EditorSelection.range(to, to + (to - from)),
  }));
  view.dispatch(state.update(change, { scrollIntoView: true, userEvent: "input.copy" }));
  return true;
};

type TextRow = CommandRow & { act: Command };

const textCommands: readonly TextRow[] = [
  {
    id: "rdit:find",
    anywhere: true,
    label: "Find",
    text: "Find",
    keys: "Mod-f",
    group: "write",
    movesFocus: true,
    act: openSearchPanel,
  },
  {
    id: "rdit:replace",
    label: "Replace",
    text: "Find and replace",
    keys: "Mod-h",
    group: "write",
    movesFocus: true,
    act: openReplace,
  },
  {
    id: "rdit:find-next",
    anywhere: true,
    label: "Find Next",
    text: "To the next match",
    keys: "F3",
    group: "write",
    movesFocus: true,
    act: findNext,
  },
  {
    id: "rdit:find-previous",
    anywhere: true,
    label: "Find Previous",
    text: "To the match before",
    keys: "Shift-F3",
    movesFocus: true,
    act: findPrevious,
  },
  {
    id: "rdit:go-to-line",
    label: "Go to Line…",
    text: "To a line, or to line:column",
    keys: "Ctrl-g",
    group: "write",
    movesFocus: true,
    act: gotoLine,
  },
  {
    id: "rdit:comment",
    label: "Comment or Uncomment",
    text: "Comment, or no comment",
    keys: "Mod-/",
    group: "write",
    act: toggleComment,
  },
  {
    id: "rdit:move-line-up",
    label: "Move Line Up",
    text: "Move the line up",
    keys: "Alt-ArrowUp",
    group: "write",
    act: moveLineUp,
  },
  {
    id: "rdit:move-line-down",
    label: "Move Line Down",
    text: "Move the line down",
    keys: "Alt-ArrowDown",
    group: "write",
    act: moveLineDown,
  },
  {
    id: "rdit:copy-line-up",
    label: "Copy Line Up",
    text: "Copy the line up",
    keys: "Shift-Alt-ArrowUp",
    group: "write",
    act: copyLineUp,
  },
  {
    id: "rdit:copy-line-down",
    label: "Copy Line Down",
    text: "Copy the line down",
    keys: "Shift-Alt-ArrowDown",
    group: "write",
    act: copyLineDown,
  },
  {
    id: "rdit:delete-line",
    label: "Delete Line",
    text: "Delete the line",
    keys: "Mod-Shift-k",
    group: "write",
    act: deleteLine,
  },
  {
    id: "rdit:join-lines",
    label: "Join Lines",
    text: "Join the line with the next",
    keys: "Ctrl-j",
    group: "write",
    act: joinLines,
  },
  { id: "rdit:duplicate", label: "Duplicate Selection", act: duplicate },
  {
    id: "rdit:indent",
    label: "Indent",
    text: "Indent more",
    keys: "Mod-]",
    group: "write",
    act: indentMore,
  },
  {
    id: "rdit:dedent",
    label: "Dedent",
    text: "Indent less",
    keys: "Mod-[",
    group: "write",
    act: indentLess,
  },
  {
    id: "rdit:next-occurrence",
    label: "Add Next Occurrence to Selection",
    text: "Select the next occurrence too",
    keys: "Mod-d",
    group: "write",
    act: selectNextOccurrence,
  },
  {
    id: "rdit:all-occurrences",
    label: "Select All Occurrences",
    text: "Select all occurrences",
    keys: "Mod-Shift-l",
    group: "write",
    act: selectSelectionMatches,
  },
  {
    id: "rdit:cursor-above",
    label: "Add Cursor Above",
    text: "Another cursor above",
    keys: "Mod-Alt-ArrowUp",
    group: "write",
    act: addCursorAbove,
  },
  {
    id: "rdit:cursor-below",
    label: "Add Cursor Below",
    text: "Another cursor below",
    keys: "Mod-Alt-ArrowDown",
    group: "write",
    act: addCursorBelow,
  },
  {
    id: "rdit:select-line",
    label: "Select Line",
    text: "Select the line",
    keys: "Alt-l",
    group: "write",
    act: selectLine,
  },
  {
    id: "rdit:expand-selection",
    label: "Expand Selection",
    text: "Select what is around the selection",
    keys: "Mod-i",
    group: "write",
    act: selectParentSyntax,
  },
  {
    id: "rdit:shrink-selection",
    label: "Shrink Selection",
    text: "Go back to the selection before",
    keys: "Mod-u",
    group: "write",
    act: undoSelection,
  },
  {
    id: "rdit:matching-bracket",
    label: "Go to Matching Bracket",
    text: "To the matching bracket",
    keys: "Mod-Shift-\\",
    act: cursorMatchingBracket,
  },
  { id: "rdit:undo", label: "Undo", text: "Undo", keys: "Mod-z", act: undo },
  { id: "rdit:redo", label: "Redo", text: "Redo", keys: "Mod-y", act: redo },
  {
    id: "rdit:tab-leaves",
    label: "Tab Leaves the Editor",
    text: "Let Tab leave the editor",
    keys: "Ctrl-m",
    group: "write",
    act: toggleTabFocusMode,
  },
];

const outline: TextRow = {
  id: "rdit:outline",
  label: "Show Outline",
  text: "Sections, headings, functions and classes",
  keys: "Mod-Shift-o",
  group: "section",
  anywhere: true,
  movesFocus: true,
  act: showOutline,
};

const variables: TextRow = {
  id: "rdit:variables",
  label: "Show Variables",
  text: "The variables, and what their values hold",
  movesFocus: true,
  act: showVariables,
};

const printing: TextRow = {
  id: "rdit:print",
  label: "Print…",
  text: "Print the script with its results, or in the reading view these",
  act: print,
};

const watch: TextRow = {
  id: "rdit:watch",
  label: "Watch Selection",
  text: "Watch what is selected, or the name at the cursor, after each run",
  movesFocus: true,
  act: watchSelection,
};

/// All of them, in the order of help and palette.
export const lazyCommands: readonly TextRow[] = [
  ...codeCommands.map(row => ({ ...row, act: code[row.code] })),
  outline,
  variables,
  printing,
  watch,
  ...textCommands,
];
