// The commands: run, advance, move between results. The syntax tree decides which lines to send and
// where the cursor goes next; the runtime alone decides what the statements are.

import { EditorSelection, type EditorState, type TransactionSpec } from "@codemirror/state";
import { EditorView, type Command } from "@codemirror/view";
import type { SyntaxNode } from "@lezer/common";
import type { Span } from "./anchors";
import { nothing } from "./announce";
import { editorHost, sayNotLoaded } from "./host";
import { resultsLayer } from "./layout";
import { goToQuestion } from "./question";
import { contentOf, hasBody } from "./content";
import { columnsOf } from "./spacers";
import { resultsCleared, runSent, statementsField } from "./statements";
import { ensureSyntaxTree, hasError, syntaxTree } from "./syntax";
import { once } from "../results/once";

const parsePatience = 50;
const NO_STATEMENT = "No statement to run here";

/// Runs the statements that the selection touches and moves to the next one. On a blank line or
/// comment, runs the statement below. After the last one, moves to a blank line, which is inserted
/// if there is none.
export const runAndAdvance: Command = view => {
  const { state } = view;
  const spans = toRun(state);
  if (!spans.length) return nothing(view, NO_STATEMENT);
  const end = spans[spans.length - 1].to;
  const next = statementAfter(state, end);
  const last = state.doc.lineAt(end);
  const below = last.number < state.doc.lines ? state.doc.line(last.number + 1) : null;
  if (!next && below?.text.trim() !== "") return send(view, spans, lineBelow(state, last.to));
  const anchor = next ? next.from : below!.from;
  return send(view, spans, {
    selection: { anchor },
    effects: EditorView.scrollIntoView(anchor, {
      y: "nearest",
      yMargin: 5 * view.defaultLineHeight,
    }),
  });
};

/// Runs the statements that the selection touches; the cursor does not move.
export const runAndStay: Command = view => {
  const spans = toRun(view.state);
  return spans.length ? send(view, spans, cursorInView(view.state)) : nothing(view, NO_STATEMENT);
};

/// Runs the statements that the selection touches and inserts a line below them.
export const runAndInsertBelow: Command = view => {
  const { state } = view;
  const spans = toRun(state);
  if (!spans.length) return nothing(view, NO_STATEMENT);
  const { to } = state.doc.lineAt(spans[spans.length - 1].to);
  return send(view, spans, lineBelow(state, to));
};

const cursorInView = (state: EditorState): TransactionSpec => ({
  effects: EditorView.scrollIntoView(state.selection.main.head, { y: "nearest" }),
});

function lineBelow(state: EditorState, end: number): TransactionSpec {
  if (state.readOnly) return { selection: { anchor: end }, scrollIntoView: true };
  return {
    changes: { from: end, insert: state.lineBreak },
    selection: { anchor: end + 1 },
    scrollIntoView: true,
    userEvent: "input",
  };
}

/// Runs the whole script.
export const runAll: Command = view => {
  const spans = statementsIn(view.state, 0, view.state.doc.length, 0);
  return send(view, spans, {}, null);
};

/// Runs from the first line to the end of the selected statements.
export const runToHere: Command = view => {
  const spans = toRun(view.state, false);
  const to = spans.length
    ? spans[spans.length - 1].to
    : view.state.doc.lineAt(view.state.selection.main.to).to;
  const above = statementsIn(view.state, 0, to, parsePatience);
  return above.length
    ? send(view, above, cursorInView(view.state), { from: 0, to })
    : nothing(view, NO_STATEMENT);
};

/// Focuses the open `input()` request; else the result of the statement at the cursor, or the next
/// result below.
export const focusResult: Command = view => {
  if (goToQuestion(view)) return true;
  const head = view.state.doc.lineAt(view.state.selection.main.head);
  const all = shown(view.state);
  const here = all.find(({ to }) => to >= head.from);
  return here ? goTo(view, here) : false;
};

/// Removes all results.
export const clearResults: Command = view => {
  view.dispatch({ effects: resultsCleared.of(null) });
  return true;
};

export const nextResult: Command = view => step(view, 1, () => true);
export const previousResult: Command = view => step(view, -1, () => true);
export const nextError: Command = view => step(view, 1, isError);
export const previousError: Command = view => step(view, -1, isError);

type CommandIn<Module> = {
  [Name in keyof Module]: Module[Name] extends Command ? Name : never;
}[keyof Module];

/// Commands of a module that is not needed before the first key.
function lazy<Module extends object>(load: () => Promise<Module>) {
  let module: Module | null = null;
  const get = once(async () => (module = await load()));
  /// Performed at once if the module is there: what is typed next goes where the command leads.
  const command =
    (name: CommandIn<Module>): Command =>
    view => {
      const perform = (loaded: Module) => (loaded[name] as Command)(view);
      if (module) return perform(module);
      get().then(perform, () => sayNotLoaded(view));
      return true;
    };
  return { get, command };
}
const folds = lazy(() => import("./fold_commands"));
const diagnostics = lazy(() => import("./language/diagnostics"));
const fixes = lazy(() => import("./language/diagnostics_fix"));
const formatting = lazy(() => import("./language/format"));

/// Loads the commands that the first paint does not need. What fails is loaded, or told, with its first use.
export function loadCommands(): void {
  for (const { get } of [folds, diagnostics, fixes, formatting]) get().catch(() => {});
}

/// Folds the results of the selected statements, or the focused one; unfolds them if all are folded.
export const toggleFold = folds.command("toggleFold");
export const foldAll = folds.command("foldAll");
export const unfoldAll = folds.command("unfoldAll");
/// Opens the focused result, or that of the statement at the cursor, over the page.
export const openLarge = folds.command("openLarge");
/// Shows the results without the code, or the code again.
export const toggleReading = folds.command("toggleReading");
export const format = formatting.command("format");
export const quickFix = fixes.command("quickFix");
export const fixAll = fixes.command("fixAll");
export const showProblems = diagnostics.command("showProblems");
export const nextProblem = diagnostics.command("nextProblem");
export const previousProblem = diagnostics.command("previousProblem");

interface Place extends Span {
  id: number;
  status: string;
}

const isError = ({ status }: Place) => status === "error";

/// The lines of the selected statements; if there are none, of the next statement below (unless
/// `orBelow` is false).
export function toRun(state: EditorState, orBelow = true): Span[] {
  const { from, to } = state.selection.main;
  const first = state.doc.lineAt(from);
  let last = state.doc.lineAt(to);
  // A selection that ends at the start of a line does not include that line.
  if (to > from && to === last.from) last = state.doc.lineAt(to - 1);
  const spans = statementsIn(state, first.from, last.to, parsePatience);
  if (spans.length || !orBelow) return spans;
  const below = statementAfter(state, last.to);
  return below ? [below] : [];
}

/// The whole lines of the statements that overlap [from, to]. `patience`: how long to wait for the
/// parser, in milliseconds; 0 to take the tree as it is.
export function statementsIn(
  state: EditorState,
  from: number,
  to: number,
  patience: number,
): Span[] {
  const tree = patience ? ensureSyntaxTree(state, to, patience) : syntaxTree(state);
  if (!tree) return blocksIn(state, from, to);
  const spans: Span[] = [];
  for (let node = tree.topNode.childAfter(from); node && node.from <= to; node = node.nextSibling) {
    const span = linesOfNode(state, node);
    if (!span || span.to < from) continue;
    // A node with a syntax error may include the statements below it: there, split by indentation.
    const found = hasError(node)
      ? blocksIn(state, Math.max(from, span.from), Math.min(to, span.to))
      : [span];
    for (const { from, to } of found) {
      const last = spans[spans.length - 1];
      if (last && from <= last.to) spans[spans.length - 1] = { from: last.from, to };
      else spans.push({ from, to });
    }
  }
  return spans;
}

function statementAfter(state: EditorState, pos: number): Span | null {
  const tree = ensureSyntaxTree(state, Math.min(state.doc.length, pos + 5000), parsePatience);
  if (!tree) return blockAfter(state, pos);
  for (let node = tree.topNode.childAfter(pos); node; node = node.nextSibling) {
    const span = linesOfNode(state, node);
    if (span && span.from > pos) return span;
  }
  return null;
}

// Fallback without a syntax tree (parser not loaded, or not that far): a statement begins at a line
// without indentation. The runtime parses the text anyway.
const isHead = (text: string) => /^[^\s#)\]}]/.test(text);

function blocksIn(state: EditorState, from: number, to: number): Span[] {
  const { doc } = state;
  let first = doc.lineAt(from);
  while (first.number > 1 && !isHead(first.text) && !first.text.startsWith("#"))
    first = doc.line(first.number - 1);
  const spans: Span[] = [];
  for (let block = blockAfter(state, first.from - 1); block && block.from <= to;) {
    if (block.to >= from) spans.push(block);
    block = blockAfter(state, block.to);
  }
  return spans;
}

function blockAfter(state: EditorState, pos: number): Span | null {
  const { doc } = state;
  let number = pos < 0 ? 1 : doc.lineAt(pos).number + 1;
  while (number <= doc.lines && !isHead(doc.line(number).text)) number += 1;
  if (number > doc.lines) return null;
  const { from } = doc.line(number);
  let { to } = doc.line(number);
  for (let next = number + 1; next <= doc.lines; next++) {
    const { text, to: end } = doc.line(next);
    if (isHead(text) || text.startsWith("#")) break;
    if (text.trim()) to = end;
  }
  return { from, to };
}

// Compound statement nodes include their last newline, and comments are nodes of their own.
function linesOfNode(state: EditorState, node: SyntaxNode): Span | null {
  if (node.name === "Comment") return null;
  const text = state.sliceDoc(node.from, node.to);
  const length = text.trimEnd().length;
  if (!length) return null;
  return {
    from: state.doc.lineAt(node.from).from,
    to: state.doc.lineAt(node.from + length).to,
  };
}

/// Sends a run. One transaction marks the statements as queued and moves the cursor, so that the
/// screen updates without waiting for the network.
export function send(
  view: EditorView,
  marks: readonly Span[],
  spec: TransactionSpec,
  lines: Span | null | undefined = undefined,
  /// Only the statements that overlap one of the marks.
  isOnlyMarks = false,
): boolean {
  const { state } = view;
  const host = state.facet(editorHost);
  if (!host) return false;
  const run = newRunId();
  const range =
    lines === undefined ? { from: marks[0].from, to: marks[marks.length - 1].to } : lines;
  const script = state.doc.toString();
  const isWhole = lines === null;
  const effects = [runSent.of({ run, marks, isWhole }), ...list(spec.effects)];
  view.dispatch({ ...spec, effects });
  const linesOf = ({ from, to }: Span) => ({
    from: state.doc.lineAt(from).number,
    to: state.doc.lineAt(to).number,
  });
  host.run({
    run,
    script,
    ...(range && { lineRange: linesOf(range) }),
    ...(isOnlyMarks && { lineRanges: marks.map(linesOf) }),
    columns: columnsOf(state),
  });
  return true;
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

// crypto.randomUUID exists in secure contexts only, not on plain HTTP in a local network.
export function newRunId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return Array.from(bytes, byte => byte.toString(36).padStart(2, "0")).join("");
}

function shown(state: EditorState): Place[] {
  const { anchors, results } = state.field(statementsField);
  const places: Place[] = [];
  for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
    const content = contentOf(results, cursor.value);
    if (content && hasBody(content))
      places.push({
        id: cursor.value.id,
        from: cursor.from,
        to: cursor.to,
        status: content.status,
      });
  }
  return places;
}

function step(view: EditorView, by: 1 | -1, wanted: (place: Place) => boolean): boolean {
  const places = shown(view.state).filter(wanted);
  if (!places.length) return false;
  const { from, to } = view.state.doc.lineAt(view.state.selection.main.head);
  const next =
    by > 0
      ? (places.find(place => place.from > to) ?? places[0])
      : (places.filter(place => place.to < from).pop() ?? places[places.length - 1]);
  return goTo(view, next);
}

function goTo(view: EditorView, place: Place): boolean {
  const { head } = view.state.selection.main;
  const isThere = head >= place.from && head <= place.to;
  view.dispatch({
    selection: isThere ? undefined : EditorSelection.cursor(place.from),
    effects: EditorView.scrollIntoView(place.from, { y: "nearest", yMargin: 60 }),
  });
  view.plugin(resultsLayer)?.focus(place.id);
  return true;
}
