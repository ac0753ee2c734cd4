import { EditorState } from "@codemirror/state";
import { expect, it } from "vitest";
import { toRun } from "../../labextension/src/editor/statement_lines";

const script = `import os
@cached
def f(x):
    if x:

        return [
            x,
        ]
    return (
        1
)
# a comment
call(
    2,
)

f(3)
`;

// No language: what the editor is before the parser has arrived.
function linesToRun(line: number): [number, number][] {
  const doc = EditorState.create({ doc: script }).doc;
  const state = EditorState.create({ doc: script, selection: { anchor: doc.line(line).from } });
  return toRun(state).map(({ from, to }) => [doc.lineAt(from).number, doc.lineAt(to).number]);
}

it.each([
  [1, [1, 1]],
  [3, [3, 11]],
  [6, [3, 11]],
  [11, [3, 11]],
  [12, [13, 15]],
  [14, [13, 15]],
  [16, [17, 17]],
  [17, [17, 17]],
])("goes by indentation where there is no parser: line %i", (line, lines) => {
  expect(linesToRun(line)).toEqual([lines]);
});

it("finds nothing to run below the last statement", () => {
  expect(linesToRun(18)).toEqual([]);
});
