// Lazy chunk: messages about runs for screen readers: each result of a short run, start and end of a long
// one, and what does not parse.

import type { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { Event } from "../protocol";
import { wordsOf } from "../results/parts/words";
import type { Outcome } from "../results/results";
import { brokenField } from "./broken";
import { statementsField, type Statements } from "./statements";

const short = 3;
const mostCharacters = 200;

/// Says the messages for a batch that the editor has by now.
export function announce(view: EditorView, events: readonly Event[], state: EditorState): void {
  const said = announcements(events, state).join(". ");
  if (said && view.dom.isConnected) view.dispatch({ effects: EditorView.announce.of(said) });
}

/// The messages for a batch of events, which `state` has applied.
export function announcements(events: readonly Event[], state: EditorState): string[] {
  const after = state.field(statementsField);
  const said: string[] = [];
  for (const event of events) {
    if (event.type === "plan" && event.statements.length > short)
      said.push(`Running ${event.statements.length} statements`);
    else if (event.type === "input" && event.waiting !== false) {
      const outcome = after.results.get(event.run, event.nodeIndex);
      if (outcome)
        said.push(`${place(after, state, outcome)} waits for input: ${event.prompt ?? ""}`);
    } else if (event.type === "done") said.push(...summary(event.run, after, state));
  }
  return [...said, ...newlyBroken(events, state)];
}

/// Messages about statements first reported by a run that ends in this batch. At its end, since in
/// a live region the results would replace them at once.
export function newlyBroken(events: readonly Event[], state: EditorState): string[] {
  const ended = new Set(events.map(event => (event.type === "done" ? event.run : null)));
  return state
    .field(brokenField)
    .filter(({ run }) => ended.has(run))
    .map(({ at, message }) => `Line ${state.doc.lineAt(at).number}: ${message}`);
}

function summary(id: string, after: Statements, state: EditorState): string[] {
  const run = after.results.runs.get(id);
  if (!run) return [];
  const outcomes = run.outcomes.filter(outcome => outcome !== null);
  if (outcomes.length <= short)
    return outcomes.map(outcome => `${place(after, state, outcome)}: ${gist(outcome)}`);
  const count = (status: string) => outcomes.filter(outcome => outcome.status === status).length;
  const ran = count("ok") + count("error");
  const parts = [`${ran} run`];
  const add = (number: number, one: string, many: string) => {
    if (number) parts.push(`${number} ${number === 1 ? one : many}`);
  };
  add(count("error"), "error", "errors");
  add(count("interrupted"), "interrupted", "interrupted");
  add(count("cancelled"), "cancelled", "cancelled");
  return [parts.join(", ")];
}

/// A result in one line.
function gist(outcome: Outcome): string {
  if (outcome.status === "interrupted") return "interrupted";
  if (outcome.status === "cancelled") return "cancelled";
  const error = outcome.parts.find(part => part.type === "error");
  const said = (error ? [error] : outcome.parts).map(part => wordsOf(part).gist(part));
  return cut(said.filter(Boolean).join(", ")) || "done";
}

function cut(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

function place({ anchors }: Statements, state: EditorState, outcome: Outcome): string {
  for (const cursor = anchors.iter(); cursor.value; cursor.next())
    if (cursor.value.run === outcome.run && cursor.value.nodeIndex === outcome.nodeIndex)
      return lines(state.doc.lineAt(cursor.from).number, state.doc.lineAt(cursor.to).number);
  return lines(outcome.lineStart, outcome.lineEnd);
}

function lines(first: number, last: number): string {
  return first === last ? `Line ${first}` : `Lines ${first} to ${last}`;
}
