// Public API of editor/: CodeMirror 6 extensions that run statements and show their results, for
// the page and for JupyterLab. Independent of any backend.

import type { EditorState, Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { Event } from "../protocol";
import { once } from "../results/once";
import { brokenField } from "./broken";
import { goneRuns, processGone } from "./gone";
import { statusGutter } from "./gutter";
import { editorHost, type EditorHost } from "./host";
import { layout, settle } from "./layout";
import { attendQuestion, questions } from "./question";
import { staleField } from "./stale";
import { eventsArrived, statementsField } from "./statements";

export { hostChanged, type EditorHost, type Ruff, type RunRequest } from "./host";
export * from "./commands";
export * from "./sending";
export * from "./statement_lines";
export { goToLine, keepCaret, restoreCaret } from "./caret";
export { setFolding, setLayout } from "./layout";
export { layouts, nextLayout, type Layout } from "./geometry";
export { layoutOf } from "./spacers";
export { setStaleMarks } from "./stale";
export { runningStatement, statementsField } from "./statements";

/// The extension: statements and their status, results and layout. Keys are the host's.
export function rditEditor(host: EditorHost): Extension {
  return [
    editorHost.of(host),
    statementsField,
    staleField,
    brokenField,
    layout,
    questions,
    statusGutter,
  ];
}

let announcing: typeof import("./announcements") | null = null;
const loadAnnouncing = once(async () => (announcing = await import("./announcements")));

/// Applies a batch of events in one transaction. Call it at most once per animation frame.
export function applyEvents(view: EditorView, events: readonly Event[]): void {
  if (!events.length) return;
  const tr = view.state.update({ effects: eventsArrived.of({ events, at: Date.now() }) });
  const before = view.state;
  const after = tr.state.field(statementsField);
  // Where time goes (heat.ts) is no part of the results.
  if (after === before.field(statementsField) && !events.some(({ type }) => type === "heat"))
    return;
  const said = announcing?.announcements(events, tr.state).join(". ");
  // Both transactions in one update: the first is already computed, for the messages.
  view.dispatch(said ? [tr, tr.state.update({ effects: EditorView.announce.of(said) })] : [tr]);
  if (!announcing) announceLater(view, events, tr.state);
  settle(view);
  attendQuestion(view, before);
}

// The first batches of a page, when what words them has come; a run goes on without its words.
function announceLater(view: EditorView, events: readonly Event[], state: EditorState): void {
  loadAnnouncing().then(
    ({ announce }) => announce(view, events, state),
    (error: unknown) => console.warn("rdit: runs are not announced.", error),
  );
}

/// Marks all results as those of a process that is gone. Returns whether there are any.
export function markGone(view: EditorView): boolean {
  view.dispatch({ effects: processGone.of(null) });
  return view.state.field(goneRuns).size > 0;
}
