// The commands that run what is stale, and what a statement needs.

import type { Command, EditorView } from "@codemirror/view";
import { Model, staleOf } from "../results/freshness";
import { lasting, planRuns } from "../results/run_plan";
import { nothing } from "./announce";
import type { Span } from "./anchors";
import { send } from "./sending";
import { statementsIn, toRun } from "./statement_lines";
import { editorHost } from "./host";
import { listStatements, type ListedStatement } from "./statement_list";
import { statementsField } from "./statements";

const PARSE_MS = 100;

/// Runs all that is stale, in order, with what that needs and what it makes stale.
export const runStale: Command = view => {
  const { isAny, wanted } = findWanted(view);
  if (wanted.length) return runStaleIfAny(view);
  return say(
    view,
    isAny
      ? "A run would not make fresh what is stale: its names live on until Python restarts"
      : "Nothing is stale",
  );
};

/// The same, and says nothing if there is none.
export const runStaleIfAny: Command = view => {
  const { statements, model, stale, wanted } = findWanted(view);
  return wanted.length > 0 && runPlanned(view, statements, planRuns(model, wanted, true, stale));
};

/// The stale statements that a run may make fresh.
function findWanted({ state }: EditorView) {
  const statements = listStatements(state, true);
  const { results } = state.field(statementsField);
  const model = new Model(statements, results.history);
  const stale = staleOf(model);
  const lasts = lasting(model, stale);
  const wanted = statements.flatMap(({ anchor }, index) => {
    if (lasts[index]) return [];
    const status = anchor && stale[index] && results.get(anchor.run, anchor.nodeIndex)?.status;
    return status && status !== "queued" && status !== "running" ? [index] : [];
  });
  return { statements, model, stale, wanted, isAny: stale.some(Boolean) };
}

/// Runs the selected statements, and before them all that they need and is not there.
export const runNeeded: Command = view => {
  const spans = toRun(view.state);
  const statements = listStatements(view.state, true);
  const wanted = statements.flatMap(({ from, to }, index) =>
    spans.some(span => span.from <= to && span.to >= from) ? [index] : [],
  );
  if (!wanted.length) return nothing(view, "No statement to run here");
  const { history } = view.state.field(statementsField).results;
  return runPlanned(view, statements, planRuns(new Model(statements, history), wanted));
};

/// Runs all above the statement at the cursor.
export const runAbove: Command = view => {
  const { doc } = view.state;
  const [first] = toRun(view.state);
  const here = first ? first.from : view.state.selection.main.head;
  const { from } = doc.lineAt(here);
  const above = statementsIn(view.state, 0, from - 1, PARSE_MS).filter(({ to }) => to < from);
  return above.length && from > 0 ? send(view, above, {}) : nothing(view, "No statement above");
};

function runPlanned(
  view: EditorView,
  statements: readonly ListedStatement[],
  planned: readonly number[],
): boolean {
  // Between two of them stands nothing that does not run: they are one range of lines.
  const ranges: Span[] = [];
  let last = -2;
  for (const index of planned) {
    const { from, to } = statements[index]!;
    const before = ranges[ranges.length - 1];
    if (before && (index === last + 1 || from <= before.to))
      ranges[ranges.length - 1] = { from: before.from, to: Math.max(to, before.to) };
    else ranges.push({ from, to });
    last = index;
  }
  return send(view, ranges, {}, undefined, true);
}

function say(view: EditorView, text: string): boolean {
  view.state.facet(editorHost)?.say?.(text, "info");
  return nothing(view, text);
}
