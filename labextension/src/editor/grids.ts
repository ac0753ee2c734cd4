// Tables as grids in results, and what they need of the editor: the kernel, and the code of their statement.

import { EditorSelection } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { Grid } from "../results/grid";
import type { GridHost } from "../results/grid/host";
import type { Rendered } from "../results/mime";
import type { Outcome } from "../results/results";
import type { Table } from "../results/table";
import { goneRuns } from "./gone";
import { editorHost } from "./host";

/// A table as a grid; null if the process that made it is gone, or cannot be asked.
export function gridIn(
  view: EditorView,
  table: Table,
  outcome: Outcome,
  isValue: boolean,
): Rendered | null {
  const host = hostOf(view, outcome, isValue);
  if (!host) return null;
  const grid = new Grid(table, host);
  return { dom: grid.dom, placed: () => grid.placed(), dispose: () => grid.destroy() };
}

function hostOf(view: EditorView, outcome: Outcome, isValue: boolean): GridHost | null {
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
    source(dom) {
      const lines = linesOf(view, dom);
      if (!lines) return null;
      const { doc } = view.state;
      const code = doc.sliceString(doc.line(lines.first).from, doc.line(lines.last).to);
      // A comment would be in the middle of the line.
      const bare = code.replace(/\s+#[^"'\n]*$/, "").trim();
      return /[#;]/.test(bare) ? null : { code: bare, script: doc.toString() };
    },
    insert(dom, code) {
      const lines = linesOf(view, dom);
      if (!lines) return;
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

/// The lines of the statement of the result that an element is in.
function linesOf(view: EditorView, dom: Element): { first: number; last: number } | null {
  const { lineStart, lineEnd } = dom.closest<HTMLElement>(".rdit-result")?.dataset ?? {};
  const [first, last] = [Number(lineStart), Number(lineEnd)];
  return first >= 1 && last <= view.state.doc.lines ? { first, last } : null;
}
