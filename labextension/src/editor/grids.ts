// Tables as grids in results, and what they need of the editor: the kernel, the code of their statement, and
// what the user has made of the grid that stood there before.

import { EditorSelection } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { Grid } from "../results/grid";
import type { GridHost } from "../results/grid/host";
import { KeptStates } from "../results/grid/state";
import type { Rendered } from "../results/mime";
import type { Outcome } from "../results/results";
import { tableOf, type Table } from "../results/table";
import { goneRuns } from "./gone";
import { editorHost } from "./host";
import { statementsField } from "./statements";

/// How long the rows of a kept view are waited for, in milliseconds. Then the table is shown as it is, until
/// they come.
const patience = 1000;

const states = new WeakMap<EditorView, KeptStates>();

/// A table as a grid; null if the process that made it is gone, or cannot be asked.
export async function gridIn(
  view: EditorView,
  table: Table,
  outcome: Outcome,
  isValue: boolean,
): Promise<Rendered | null> {
  let result: HTMLElement | null = null;
  const host = hostOf(view, outcome, isValue, () => result);
  if (!host) return null;
  const grid = new Grid(table, host);
  let kept = states.get(view);
  if (!kept) states.set(view, (kept = new KeptStates()));
  const place = placeOf(view, table, outcome);
  const state = kept.of(place, table);
  kept.set(place, grid);
  if (state)
    await Promise.race([
      grid.restore(state),
      new Promise(resolve => setTimeout(resolve, patience)),
    ]);
  return {
    dom: grid.dom,
    placed() {
      // In the large view it is elsewhere.
      result = grid.dom.closest<HTMLElement>(".rdit-result");
      grid.placed();
    },
    dispose() {
      kept.end(place, grid);
      grid.destroy();
    },
  };
}

/// Names the place of a table: its statement, and which of the tables that this shows.
function placeOf({ state }: EditorView, table: Table, outcome: Outcome): string {
  const { anchors } = state.field(statementsField);
  const { run, nodeIndex, parts } = outcome;
  const tables = parts.flatMap(part => ("data" in part ? (tableOf(part.data)?.id ?? []) : []));
  for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
    const { value: anchor } = cursor;
    if (anchor.earlier === outcome || (anchor.run === run && anchor.nodeIndex === nodeIndex))
      return `${anchor.id} ${tables.indexOf(table.id)}`;
  }
  return table.id;
}

function hostOf(
  view: EditorView,
  outcome: Outcome,
  isValue: boolean,
  result: () => HTMLElement | null,
): GridHost | null {
  const host = view.state.facet(editorHost);
  if (!host?.query || !host.capabilities?.().includes("table_rows")) return null;
  if (view.state.field(goneRuns).has(outcome.run)) return null;
  const asked: GridHost = {
    query: async (method, params) => (await host.query?.(method, params)) ?? null,
    say: text => host.say?.(text, "warning"),
  };
  if (!isValue || view.state.readOnly) return asked;
  return {
    ...asked,
    source() {
      const lines = linesOf(view, result());
      if (!lines) return null;
      const { doc } = view.state;
      const code = doc.sliceString(doc.line(lines.first).from, doc.line(lines.last).to);
      // A comment would be in the middle of the line.
      const bare = code.replace(/\s+#[^"'\n]*$/, "").trim();
      return /[#;]/.test(bare) ? null : { code: bare, script: doc.toString() };
    },
    insert(dom, code) {
      const lines = linesOf(view, result());
      if (!lines) return;
      dom.closest("dialog")?.close();
      const { to } = view.state.doc.line(lines.last);
      view.dispatch({
        changes: { from: to, insert: `\n${code}` },
        selection: EditorSelection.cursor(to + 1 + code.length),
        scrollIntoView: true,
        userEvent: "input",
      });
      view.focus();
    },
  };
}

/// The lines of the statement of a result.
function linesOf(
  view: EditorView,
  result: HTMLElement | null,
): { first: number; last: number } | null {
  const { lineStart, lineEnd } = result?.dataset ?? {};
  const [first, last] = [Number(lineStart), Number(lineEnd)];
  return first >= 1 && last <= view.state.doc.lines ? { first, last } : null;
}
