// Formats the script, or the statements that the selection touches, by ruff. Only what differs is
// replaced, so that carets, results and what is in view stay where they are; one undo takes it back.

import { diff } from "@codemirror/merge";
import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import { ChangeSet, type EditorState, type Text } from "@codemirror/state";
import { EditorView, type Command } from "@codemirror/view";
import type { Finding } from "../../protocol";
import { textChanges } from "../diff";
import { editorHost, type Ruff } from "../host";
import { tell } from "./diagnostics";
import type { Edit } from "./ruff";

/// The event of the transaction that formats: a statement whose layout alone has changed is the one
/// that ran.
export const FORMAT = "format";

// Someone may go on typing meanwhile.
const MOST_TRIES = 3;
const PARSE_MS = 1_000;
// Of the search for what differs within changed lines.
const PRECISION = { scanLimit: 200, timeout: 20 };

/// Lines, from 1.
export interface Lines {
  readonly from: number;
  readonly to: number;
}

/// Formats what is selected, or else the script. What keeps it from it is told.
export const format: Command = view => {
  void formatDocument(view, selectedLines(view.state));
  return true;
};

/// Formats the script, or these lines of it. Resolves with whether it is formatted now; what keeps it
/// from it is told, and that there is nothing to do unless `isQuiet`. After `signal` it changes nothing, and
/// tells nothing. Never rejects.
export async function formatDocument(
  view: EditorView,
  lines: Lines | null = null,
  { isQuiet = false, signal }: { isQuiet?: boolean; signal?: AbortSignal } = {},
): Promise<boolean> {
  if (view.state.readOnly) return !tell(view, "This script is read-only.", "warning");
  try {
    const ruff = await view.state.facet(editorHost)?.ruff?.();
    if (!ruff) return !tell(view, "There is no ruff here, which formats.", "warning");
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const { doc } = view.state;
      const made = await formatted(ruff, view.state, lines);
      if (signal?.aborted) return false;
      if (view.state.doc !== doc) {
        lines &&= movedLines(lines, doc, view.state.doc);
        continue;
      }
      if (typeof made !== "string") return !tell(view, unparsed(made), "warning");
      if (!change(view, made) && !isQuiet) tell(view, "Nothing to format.");
      return true;
    }
    return !tell(view, "Not formatted: the text has changed meanwhile.");
  } catch (error) {
    if (signal?.aborted) return false;
    const reason = error instanceof Error ? error.message : String(error);
    return !tell(view, `Not formatted. ${reason}`, "warning");
  }
}

/// Where lines stand after the text has changed, whatever is selected by now.
function movedLines({ from, to }: Lines, before: Text, now: Text): Lines {
  const edits = textChanges(before.toString(), now.toString());
  const changes = ChangeSet.of(edits, before.length);
  const start = now.lineAt(changes.mapPos(before.line(from).from, 1)).number;
  const end = now.lineAt(changes.mapPos(before.line(to).to, -1)).number;
  return { from: start, to: Math.max(start, end) };
}

const unparsed = ({ lineStart, message }: Finding) =>
  `Not formatted: line ${lineStart} does not parse. ${message}`;

/// The formatted text, or why there is none.
async function formatted(
  ruff: Ruff,
  state: EditorState,
  lines: Lines | null,
): Promise<string | Finding> {
  const text = markSemicolons(state).toString();
  const { script, error } = await ruff.format(text, lines ?? undefined);
  if (!error) return unmarked(script!);
  // A statement elsewhere that does not parse is no reason: those of the selection are a script by
  // themselves.
  if (!lines || (error.lineStart >= lines.from && error.lineStart <= lines.to)) return error;
  const all = text.split("\n");
  const part = await ruff.format(all.slice(lines.from - 1, lines.to).join("\n"));
  if (part.error) return { ...part.error, lineStart: part.error.lineStart + lines.from - 1 };
  all.splice(lines.from - 1, lines.to - lines.from + 1, part.script!.trimEnd());
  return unmarked(all.join("\n"));
}

// A semicolon at the end of a line hides a value; a formatter would drop it, as it means nothing to
// python. Meanwhile a comment stands for it, of a kind that has no part in the width of a line.
const MARK = "  # noqa: rdit-hidden";
const AT_END = /;[ \t]*(#.*)?$/m;

/// The script with marks for the semicolons that hide values.
export function markSemicolons(state: EditorState): Text {
  const { doc } = state;
  if (!AT_END.test(doc.toString())) return doc;
  const changes: Edit[] = [];
  (ensureSyntaxTree(state, doc.length, PARSE_MS) ?? syntaxTree(state)).iterate({
    enter: ({ name, from, to }) => {
      if (name === ";") {
        const rest = doc.sliceString(to, doc.lineAt(to).to);
        const blanks = /^[ \t]*/.exec(rest)![0].length;
        if (/^[ \t]*$/.test(rest)) changes.push({ from, to, insert: MARK });
        else if (/^[ \t]*#(?!.*fmt:)/.test(rest))
          changes.push({ from, to: to + blanks, insert: `${MARK}  ` });
      }
      // Only what stands at the top shows a value.
      return name !== "Body";
    },
  });
  return ChangeSet.of(changes, doc.length).apply(doc);
}

export const unmarked = (text: string): string => text.replaceAll(MARK, ";");

/// Whether something was to be changed.
function change(view: EditorView, made: string): boolean {
  const { state } = view;
  const changes = state.changes(changesTo(state.doc.toString(), made));
  if (changes.empty) return false;
  view.dispatch({
    changes,
    // Behind what a caret stood behind, though that is another now.
    selection: state.selection.map(changes, 1),
    userEvent: FORMAT,
    effects: EditorView.announce.of("Formatted."),
  });
  return true;
}

/// The changes from one text to the other, as small as they come.
export function changesTo(from: string, to: string): Edit[] {
  return textChanges(from, to).flatMap(hunk =>
    partsTo(from.slice(hunk.from, hunk.to), hunk.insert).map(part => ({
      ...part,
      from: hunk.from + part.from,
      to: hunk.from + part.to,
    })),
  );
}

// A formatter moves blanks, most of all: what is compared are the other characters, so that each of
// them that stays is not touched.
function partsTo(before: string, after: string): Edit[] {
  const [a, b] = [placesIn(before), placesIn(after)];
  const end = { fromA: a.length, toA: a.length, fromB: b.length, toB: b.length };
  const [blackA, blackB] = [a.map(at => before[at]).join(""), b.map(at => after[at]).join("")];
  const kept: [number, number][] = [];
  let [i, j] = [0, 0];
  for (const { fromA, toA, toB } of [...diff(blackA, blackB, PRECISION), end]) {
    while (i < fromA) kept.push([a[i++]!, b[j++]!]);
    [i, j] = [toA, toB];
  }
  kept.push([before.length, after.length]);
  const parts: Edit[] = [];
  [i, j] = [0, 0];
  for (const [from, to] of kept) {
    const [cut, insert] = [before.slice(i, from), after.slice(j, to)];
    if (cut !== insert) {
      const head = common(cut, insert);
      const tail = commonEnd(cut.slice(head), insert.slice(head));
      parts.push({
        from: i + head,
        to: from - tail,
        insert: insert.slice(head, insert.length - tail),
      });
    }
    [i, j] = [from + 1, to + 1];
  }
  return parts;
}

/// How many characters two texts end with that are the same.
function commonEnd(a: string, b: string): number {
  let n = 0;
  while (n < Math.min(a.length, b.length) && a.at(-1 - n) === b.at(-1 - n)) n++;
  return n;
}

/// How many characters two texts begin with that are the same.
function common(a: string, b: string): number {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
}

const placesIn = (text: string) => Array.from(text.matchAll(/\S/g), ({ index }) => index);

/// The whole lines of the top-level statements that the selection touches; null if nothing is
/// selected.
export function selectedLines(state: EditorState): Lines | null {
  const { main } = state.selection;
  if (main.empty) return null;
  const { doc } = state;
  let from = doc.lineAt(main.from);
  let to = doc.lineAt(main.to);
  if (to.from === main.to && to.number > from.number) to = doc.line(to.number - 1);
  const top = (ensureSyntaxTree(state, to.to, PARSE_MS) ?? syntaxTree(state)).topNode;
  for (let node = top.childAfter(from.from); node && node.from <= to.to; node = node.nextSibling) {
    // A node with a body may end with the line break after it.
    const end = node.from + state.sliceDoc(node.from, node.to).trimEnd().length;
    if (node.from < from.from) from = doc.lineAt(node.from);
    if (end > to.to) to = doc.lineAt(end);
  }
  return { from: from.number, to: to.number };
}
