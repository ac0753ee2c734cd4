// What find finds in code and results, and where it goes from where one is. No screen.
import { EditorState, type TransactionSpec } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { foldsField } from "../../labextension/src/editor/folds";
import { goneRuns } from "../../labextension/src/editor/gone";
import { counterpart } from "../../labextension/src/editor/result_marks";
import {
  allMatches,
  indexOfCurrent,
  matchReached,
  resultSearch,
  step,
} from "../../labextension/src/editor/result_search";
import { staleField } from "../../labextension/src/editor/stale";
import { eventsArrived, runSent, statementsField } from "../../labextension/src/editor/statements";

function* find(text: string) {
  for (const { index } of text.matchAll(/x/g)) yield { from: index, to: index + 1 };
}

const code = "x = 1\nfor x in y:\n    x\n\nx";
const outputs: [number, number, string][] = [
  [1, 1, "one x\nx\n"],
  [2, 3, ""],
  [5, 5, "\x1b[31mx\x1b[0m"],
];

function started(): EditorState {
  const lines = code.split("\n");
  const run = "r";
  return [
    { effects: runSent.of({ run, marks: [] }) },
    {
      effects: eventsArrived.of({
        at: 1,
        events: [
          {
            type: "plan",
            run,
            statements: outputs.map(([lineStart, lineEnd], nodeIndex) => ({
              nodeIndex,
              lineStart,
              lineEnd,
              isExpr: true,
              source: lines.slice(lineStart - 1, lineEnd).join("\n"),
            })),
          },
          ...outputs.flatMap(([, , text], nodeIndex) =>
            text
              ? [
                  {
                    type: "output" as const,
                    run,
                    nodeIndex,
                    output: { type: "stdout" as const, text },
                  },
                ]
              : [],
          ),
        ],
      }),
    },
  ].reduce<EditorState>(
    (state, spec: TransactionSpec) => state.update(spec).state,
    EditorState.create({
      doc: code,
      extensions: [statementsField, foldsField, goneRuns, staleField, resultSearch],
    }),
  );
}

const all = (state: EditorState) => allMatches(state, find, find(state.doc.toString()));
const named = (state: EditorState) =>
  all(state).map(({ from, result }) => (result ? `${result.part}:${from}` : from));

/// Steps as a host does.
function stepped(state: EditorState, by: 1 | -1): EditorState {
  const match = step(state, all(state), by)!;
  return state.update({
    selection: { anchor: match.from, head: match.result ? match.from : match.to },
    effects: match.result ? matchReached.of(match.result) : [],
  }).state;
}

describe("find in results", () => {
  it("has each result behind its statement, as text without colours", () =>
    expect(named(started())).toEqual([0, "0:4", "0:6", 10, 22, 25, "0:0"]));

  it.each([1, -1] as const)("goes through all, and begins again: %i", by => {
    let state = started();
    const seen = [];
    for (let k = 0; k < 8; k++) {
      state = stepped(state, by);
      seen.push(indexOfCurrent(state, all(state)));
    }
    const way = [0, 1, 2, 3, 4, 5, 6, 0];
    expect(seen).toEqual(by > 0 ? way : [6, 5, 4, 3, 2, 1, 0, 6]);
  });

  it("begins at the cursor, and in the result once its statement is behind it", () => {
    const at = (anchor: number, by: 1 | -1) => {
      const state = started().update({ selection: { anchor } }).state;
      const matches = all(state);
      return matches.indexOf(step(state, matches, by)!);
    };
    expect([at(3, 1), at(5, 1), at(6, 1), at(26, 1)]).toEqual([1, 1, 3, 6]);
    expect([at(3, -1), at(6, -1), at(0, -1)]).toEqual([0, 2, 6]);
  });

  it("goes on where it was in a result that has changed", () => {
    let state = started();
    for (let k = 0; k < 3; k++) state = stepped(state, 1);
    state = state.update({
      effects: eventsArrived.of({
        at: 2,
        events: [
          { type: "output", run: "r", nodeIndex: 0, output: { type: "stdout", text: "a x" } },
        ],
      }),
    }).state;
    expect(indexOfCurrent(stepped(state, 1), all(state))).toBe(3);
    expect(named(state)[3]).toBe("0:10");
  });

  it("is off at first, and leaves a result with the cursor", () => {
    let state = started();
    expect(state.field(resultSearch).isOn).toBe(false);
    for (let k = 0; k < 2; k++) state = stepped(state, 1);
    expect(state.field(resultSearch).current).not.toBeNull();
    state = state.update({ selection: { anchor: 0 } }).state;
    expect(state.field(resultSearch).current).toBeNull();
  });
});

describe("the counterpart on the page of a match in a text", () => {
  const among = (text: string, index: number, shown: string) =>
    counterpart(text, { ...[...find(text)][index]!, index }, shown, [...find(shown)]);

  it("is that of the same number in the same text", () =>
    expect([0, 1, 2].map(k => among("x x x", k, "x x x"))).toEqual([0, 1, 2]));
  it("is the one with the same around it where the order is another", () => {
    const text = "File x, line 1\n    raise x\nError: x";
    const shown = "Error: x\nx, line 1\nraise x";
    expect([0, 1, 2].map(k => among(text, k, shown))).toEqual([1, 2, 0]);
  });
  it("does not mind white space", () =>
    expect(among("   a  b\n0  x  1\n1  2  x", 1, "a\nb\n0\nx\n1\n1\n2\nx\n")).toBe(1));
  it("is none where nothing is", () => expect(among("x", 0, "y")).toBe(-1));
});
