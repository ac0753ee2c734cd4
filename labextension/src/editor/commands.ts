// The commands: run, advance, move between results.

import { EditorSelection, type EditorState, type TransactionSpec } from "@codemirror/state";
import { EditorView, type Command } from "@codemirror/view";
import type { Span } from "./anchors";
import { nothing } from "./announce";
import { sayNotLoaded } from "./host";
import { resultsLayer } from "./layout";
import { goToQuestion } from "./question";
import { contentOf, hasBody } from "./content";
import { send } from "./sending";
import { parsePatience, statementAfter, statementsIn, toRun } from "./statement_lines";
import { resultsCleared, statementsField } from "./statements";
import { once } from "../results/once";

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
