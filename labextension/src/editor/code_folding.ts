// Folding of what the parser does not know: sections, and regions between `# region` and `# endregion`.

import {
  codeFolding,
  foldable,
  foldAll,
  foldCode,
  foldEffect,
  foldedRanges,
  foldService,
  unfoldAll,
  unfoldCode,
  unfoldEffect,
} from "@codemirror/language";
import type { EditorState, Extension } from "@codemirror/state";
import type { Command, EditorView } from "@codemirror/view";
import { isCommentAt, sectionAt, sectionHead, sectionsIn } from "./sections";

interface Range {
  from: number;
  to: number;
}

const REGION = /^\s*#\s*(end)?region\b/;

/// The extension.
export const folding: Extension = [
  codeFolding({ placeholderText: "⋯" }),
  foldService.of((state, from, to) => {
    const text = state.sliceDoc(from, to);
    if (sectionHead(text) && isCommentAt(state, from)) return sectionRange(state, from);
    const region = REGION.exec(text);
    return region && !region[1] && isComment(state, from, text) ? regionRange(state, to) : null;
  }),
];

const isComment = (state: EditorState, from: number, text: string) =>
  isCommentAt(state, from + text.search(/\S/));

/// What folds of the section whose line begins at `from`: from that line's end to the end of its last line
/// that is not blank, with the deeper sections below it. Looks no further than to where it ends, for the
/// column for folding asks for each line in view.
function sectionRange(state: EditorState, from: number): Range | null {
  const { doc } = state;
  const first = doc.lineAt(from);
  const head = sectionHead(first.text)!;
  let at = first.to + 1;
  let to = first.to;
  if (first.number === doc.lines) return null;
  for (const text of doc.iterLines(first.number + 1)) {
    const next = sectionHead(text);
    if (next && next.level <= head.level && isCommentAt(state, at)) break;
    if (text.trim()) to = at + text.length;
    at += text.length + 1;
  }
  return to > first.to ? { from: first.to, to } : null;
}

function regionRange(state: EditorState, from: number): Range | null {
  const { doc } = state;
  let depth = 1;
  for (let number = doc.lineAt(from).number + 1; number <= doc.lines; number++) {
    const line = doc.line(number);
    const region = REGION.exec(line.text);
    if (!region || !isComment(state, line.from, line.text)) continue;
    depth += region[1] ? -1 : 1;
    if (!depth) return { from, to: line.to };
  }
  return null;
}

/// Folds the innermost block, section or region that begins at the cursor's line or has it.
export const foldHere: Command = view => {
  if (foldCode(view)) return true;
  const { state } = view;
  const cursor = state.doc.lineAt(state.selection.main.head);
  for (let { number } = cursor; number > 0; number--) {
    const { from, to } = state.doc.line(number);
    const range = foldable(state, from, to);
    if (range && range.to >= cursor.from && !isFolded(state, range)) {
      view.dispatch({ effects: foldEffect.of(range), selection: { anchor: range.from } });
      return true;
    }
  }
  return false;
};

export const unfoldHere: Command = unfoldCode;
export const foldEverything: Command = foldAll;
export const unfoldEverything: Command = unfoldAll;

/// Folds the section at the cursor, or unfolds it.
export const foldSection: Command = view => {
  const { state } = view;
  const line = state.doc.lineAt(state.selection.main.head).number;
  const section = sectionAt(sectionsIn(state), line);
  const range = section.hasHead && sectionRange(state, state.doc.line(section.from).from);
  if (!range) return false;
  const folded = isFolded(state, range);
  view.dispatch(
    folded
      ? { effects: unfoldEffect.of(range) }
      : { effects: foldEffect.of(range), selection: outside(view, range) },
  );
  return true;
};

/// The cursor, if it would stand in what is folded: at the end of the line that stays.
function outside({ state }: EditorView, { from, to }: Range) {
  const { head } = state.selection.main;
  return head > from && head <= to ? { anchor: from } : undefined;
}

function isFolded(state: EditorState, { from, to }: Range): boolean {
  let found = false;
  foldedRanges(state).between(from, from, (start, end) => {
    if (start === from && end === to) found = true;
  });
  return found;
}
