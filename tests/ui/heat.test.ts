// Which lines are warm, and how warm.
import { EditorState, type TransactionSpec } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { heatField, levelOf } from "../../labextension/src/editor/heat";
import { eventsArrived, runSent, statementsField } from "../../labextension/src/editor/statements";
import type { Event } from "../../labextension/src/protocol";

const doc = "def f():\n    a\n    b\nf()";
const heat = (run: string, lines: [number, number][]): Event => ({
  type: "heat",
  run,
  nodeIndex: 1,
  seconds: 10,
  lines: lines.map(([line, seconds]) => ({ line, seconds })),
});

class Editor {
  state = EditorState.create({ doc, extensions: [statementsField, heatField] });

  do(spec: TransactionSpec): this {
    this.state = this.state.update(spec).state;
    return this;
  }

  events(...events: Event[]): this {
    return this.do({ effects: eventsArrived.of({ events, at: 1 }) });
  }

  /// "2: 75": 75 % of the time is in line 2.
  get shares(): string[] {
    return this.lines.map(line => line.replace(/ %.*/, ""));
  }

  get lines(): string[] {
    const found: string[] = [];
    const { marks } = this.state.field(heatField);
    for (const cursor = marks.iter(); cursor.value; cursor.next())
      found.push(
        `${this.state.doc.lineAt(cursor.from).number}: ${cursor.value.text}${cursor.value.isPast ? " past" : ""}`,
      );
    return found;
  }
}

describe("heat", () => {
  it("has more levels for small shares", () =>
    expect([0, 0.005, 0.02, 0.1, 0.3, 0.6, 1].map(levelOf)).toEqual([0, 0, 1, 2, 4, 5, 6]));

  it("is of lines of the text that was sent, and moves with edits", () => {
    const editor = new Editor().do({ effects: runSent.of({ run: "r", marks: [] }) });
    editor.do({ changes: { from: 0, insert: "# new\n" } });
    editor.events(
      heat("r", [
        [2, 7.5],
        [3, 2.5],
        [4, 0.01],
      ]),
    );
    expect(editor.lines).toEqual(["3: 75 % of its time, 7.5 s", "4: 25 % of its time, 2.5 s"]);
    editor.do({ changes: { from: 0, insert: "\n" } });
    expect(editor.lines[0]).toMatch(/^4: /);
  });

  it("stays with the text of its line, at the beginning of a line", () => {
    // Warm: the lines "    a" (from 9) and "    b" (from 15).
    const warm = () =>
      new Editor()
        .do({ effects: runSent.of({ run: "r", marks: [] }) })
        .events(
          heat("r", [
            [2, 7.5],
            [3, 2.5],
          ]),
        );
    const after = (from: number, to: number, insert = "") => {
      const { state, shares } = warm().do({ changes: { from, to, insert } });
      const { marks } = state.field(heatField);
      for (const cursor = marks.iter(); cursor.value; cursor.next())
        expect(state.doc.lineAt(cursor.from).from).toBe(cursor.from);
      return shares;
    };
    expect(after(0, 0)).toEqual(["2: 75", "3: 25"]);
    // Typed, indented less, and a new line above.
    expect(after(9, 9, "x = ")).toEqual(["2: 75", "3: 25"]);
    expect(after(9, 13)).toEqual(["2: 75", "3: 25"]);
    expect(after(9, 9, "    # why\n")).toEqual(["3: 75", "4: 25"]);
    // The line is deleted, or joined to the one before.
    expect(after(9, 15)).toEqual(["2: 25"]);
    expect(after(15, 21)).toEqual(["2: 75"]);
    expect(after(14, 15)).toEqual(["2: 75"]);
  });

  it("is past when the statement ends, and gone with the next run", () => {
    const editor = new Editor().do({ effects: runSent.of({ run: "r", marks: [] }) });
    editor.events(heat("r", [[2, 10]]));
    editor.events({ type: "status", run: "r", nodeIndex: 0, status: "ok", elapsed: 1 });
    expect(editor.lines).toEqual(["2: 100 % of its time, 10 s"]);
    editor.events({ type: "status", run: "r", nodeIndex: 1, status: "ok", elapsed: 11 });
    expect(editor.lines).toEqual(["2: 100 % of its time, 10 s past"]);
    editor.do({ effects: runSent.of({ run: "s", marks: [] }) });
    expect(editor.lines).toEqual([]);
  });

  it("is found by its statement where another viewer has sent the run", () => {
    const editor = new Editor().do({ changes: { from: 0, insert: "\n\n" } });
    const source = "f()";
    const statements = [{ nodeIndex: 1, lineStart: 4, lineEnd: 4, isExpr: true, source }];
    editor.events({ type: "plan", run: "r", statements });
    editor.events({ type: "status", run: "r", nodeIndex: 1, status: "running" });
    editor.events(
      heat("r", [
        [4, 10],
        [99, 5],
      ]),
    );
    expect(editor.lines).toEqual(["6: 100 % of its time, 10 s"]);
  });
});
