import { EditorState, type TransactionSpec } from "@codemirror/state";
import type { ViewUpdate } from "@codemirror/view";
import { expect, test } from "vitest";
import { keepsPlaces } from "../../labextension/src/editor/kept_places";
import { eventsArrived, statementsField } from "../../labextension/src/editor/statements";

const lines = ["a = 1", "b = 2", "c = 3", "d = 4", "e = 5"];
const at = (line: number) => lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);

/// Results of lines 1, 3 and 5.
function ran(): EditorState {
  const statements = [1, 3, 5].map((line, nodeIndex) => ({
    nodeIndex,
    lineStart: line,
    lineEnd: line,
    isExpr: false,
    source: lines[line - 1],
  }));
  const events = [{ type: "plan", run: "r", statements } as const];
  return EditorState.create({ doc: lines.join("\n"), extensions: statementsField }).update({
    effects: eventsArrived.of({ events, at: 0 }),
  }).state;
}

/// Of lines 2 to 4 in view, unless another view is given.
function keeps(
  startState: EditorState,
  spec: TransactionSpec,
  { seen = { from: at(2), to: at(5) - 1 }, now = null as null | { from: number; to: number } } = {},
): boolean {
  const { state, changes, docChanged } = startState.update(spec);
  const viewport = now ?? { from: seen.from, to: changes.mapPos(seen.to, 1) };
  const update = { view: { viewport }, state, startState, changes, docChanged };
  return keepsPlaces(update as unknown as ViewUpdate, seen);
}

const insert = (from: number, text: string) => ({ changes: { from, insert: text } });

test("a letter in a line without a result moves nothing", () => {
  expect(keeps(ran(), insert(at(2) + 5, "0"))).toBe(true);
  expect(keeps(ran(), { changes: { from: at(2), to: at(2) + 5 } })).toBe(true);
  expect(keeps(ran(), { changes: [insert(at(2), "x").changes, insert(at(4), "y").changes] })).toBe(
    true,
  );
});

test("a result that turns stale is placed, and the letters after that are not", () => {
  const state = ran();
  const first = insert(at(3) + 5, "0");
  expect(keeps(state, first)).toBe(false);
  expect(keeps(state.update(first).state, insert(at(3) + 5, "1"))).toBe(true);
  // Back to what ran.
  const back = { changes: { from: at(3) + 5, to: at(3) + 6 } };
  expect(keeps(state.update(first).state, back)).toBe(false);
});

test("what changes lines is placed, also where there are as many as before", () => {
  const state = ran();
  expect(keeps(state, insert(at(2) + 5, "\n"))).toBe(false);
  expect(keeps(state, { changes: { from: at(2) + 5, to: at(3) } })).toBe(false);
  expect(keeps(state, { changes: { from: at(3), to: at(4) } })).toBe(false);
  const moved = [
    { from: at(2), to: at(2), insert: "new\n" },
    { from: at(4) - 1, to: at(4) + 5 },
  ];
  expect(keeps(state, { changes: moved })).toBe(false);
});

test("what is edited, or comes into view, elsewhere is placed", () => {
  const state = ran();
  expect(keeps(state, insert(0, "x"))).toBe(false);
  expect(keeps(state, insert(at(5) + 5, "x"))).toBe(false);
  const now = { from: at(2), to: at(5) + 6 };
  expect(keeps(state, insert(at(2), "x"), { now })).toBe(false);
});

test("events are placed, with an edit or without", () => {
  const state = ran();
  const effects = eventsArrived.of({
    events: [{ type: "status", run: "r", nodeIndex: 1, status: "ok", elapsed: 0 }],
    at: 0,
  });
  expect(keeps(state, { effects })).toBe(false);
  expect(keeps(state, { ...insert(at(2), "x"), effects })).toBe(false);
});
