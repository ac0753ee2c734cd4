// Ruff's findings in a document: where they stand, how they are mended, and what a formatter changes.
import { pythonLanguage } from "@codemirror/lang-python";
import {
  ChangeSet,
  EditorSelection,
  EditorState,
  Text,
  type TransactionSpec,
} from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { describe, expect, it } from "vitest";
import { editorHost, type EditorHost, type Ruff } from "../../labextension/src/editor/host";
import {
  changesTo,
  formatDocument,
  markSemicolons,
  selectedLines,
  unmarked,
} from "../../labextension/src/editor/language/format";
import {
  isAboutScripts,
  movedEdits,
  nameIn,
  offsetOf,
  safeEdits,
  severityOf,
  spanOf,
} from "../../labextension/src/editor/language/ruff";
import { eventsArrived, statementsField } from "../../labextension/src/editor/statements";
import type { Event, Finding, Fix } from "../../labextension/src/protocol";

const text = (...lines: string[]) => Text.of(lines);
const at = (code: string, lineStart: number, columnStart = 0, message = ""): Finding => ({
  code,
  message,
  lineStart,
  columnStart,
  lineEnd: lineStart,
  columnEnd: columnStart + 1,
});
const edit = (
  lineStart: number,
  columnStart: number,
  lineEnd: number,
  columnEnd: number,
  text = "",
) => ({
  lineStart,
  columnStart,
  lineEnd,
  columnEnd,
  text,
});

describe("a position", () => {
  it.each([
    ["in the first line", 1, 2, 2],
    ["behind a character of two code units", 2, 2, 8],
    ["beyond its line", 1, 99, 4],
    ["beyond the text", 9, 0, 11],
  ])("%s", (_, line, column, offset) => {
    expect(offsetOf(text("abcd", "a😀bc", ""), line, column)).toBe(offset);
  });

  it("is counted behind a byte order mark, in the first line", () => {
    expect(offsetOf(text("\ufeffab", "ab"), 1, 1)).toBe(2);
    expect(offsetOf(text("\ufeffab", "ab"), 2, 1)).toBe(5);
  });

  it.each([
    ["is never empty where there is text", at("", 1, 2), "c"],
    ["at the end of a line is what stands last in it", at("", 1, 4), "d"],
    ["of several lines is the rest of the first", { ...at("", 1, 1), lineEnd: 2 }, "bcd"],
    ["at an empty line is what stands last above it", at("", 3, 0), "f"],
    ["beyond the text is too", at("", 7, 0), "f"],
  ])("%s", (_, finding, covered) => {
    const doc = text("abcd", "ef", "");
    const { from, to } = spanOf(doc, { ...finding, columnEnd: finding.columnStart });
    expect(doc.sliceString(from, to)).toBe(covered);
  });
});

describe("what is no finding in a script", () => {
  const doc = text("df", "df;", "def f():", "    df", "await x");
  it.each([
    [at("B018", 1), false],
    [at("E703", 2), false],
    [at("B018", 4), true],
    [at("F704", 5, 0, "`await` statement outside of a function"), false],
    [at("F704", 5, 0, "`yield` statement outside of a function"), true],
    [at("PLE1142", 5, 0, "`await` should be used within an async function"), false],
    [at("F821", 1), true],
    [at("B018", 99), true],
  ])("%o: %s", (finding, isOne) => expect(isAboutScripts(doc, finding)).toBe(isOne));
});

it("is an error where python would stop, and a hint where something is only unused", () => {
  expect(
    ["", "F821", "E999", "PLE0100", "F401", "F841", "E711", "F541"].map(code =>
      severityOf(at(code, 1)),
    ),
  ).toEqual(["error", "error", "error", "error", "hint", "hint", "warning", "warning"]);
  expect(nameIn(at("F821", 1, 0, "Undefined name `df`"))).toBe("df");
});

describe("a fix", () => {
  const before = text("import os", "import sys", "x = 1", "");
  const fix: Fix = { title: "Remove", edits: [edit(2, 0, 3, 0)] };

  it("moves with its finding", () => {
    const after = text("# new", "import os", "import sys", "x = 1", "");
    const edits = movedEdits(before, after, fix, 6)!;
    expect(ChangeSet.of(edits, after.length).apply(after).toString()).toBe(
      "# new\nimport os\nx = 1\n",
    );
  });

  it.each([
    ["the text was edited", text("import os", "import sys as s", "x = 1", ""), 0],
    ["what it replaces ends elsewhere", text("import os", "import sys", "y = 1", ""), 0],
    ["it would begin before the text", before, -30],
    ["it would end behind the text", before, 30],
  ])("is not made where %s", (_, after, moved) => {
    expect(movedEdits(before, after, fix, moved)).toBeNull();
  });

  it("is made with others that it does not touch, and only if it is safe", () => {
    const finding = (edits: Fix["edits"], isSafe = true): Finding => ({
      ...at("F401", 1),
      fix: { title: "", edits, isSafe },
    });
    const { edits, fixes } = safeEdits(before, [
      finding([edit(1, 0, 1, 6, "from")]),
      finding([edit(1, 3, 1, 9)]), // overlaps
      finding([edit(2, 0, 3, 0)], false),
      finding([edit(3, 4, 3, 5, "2")]),
    ]);
    expect(fixes).toBe(2);
    expect(ChangeSet.of(edits, before.length).apply(before).toString()).toBe(
      "from os\nimport sys\nx = 2\n",
    );
  });
});

describe("a formatted text", () => {
  const apply = (from: string, changes: ReturnType<typeof changesTo>) =>
    ChangeSet.of(changes, from.length)
      .apply(Text.of(from.split("\n")))
      .toString();

  it.each([
    ["a=1\nb  =  2\n", "a = 1\nb = 2\n"],
    ["x = {'a':1}", 'x = {"a": 1}\n'],
    ["\n\n\nx = 1\n\n\n\n\ny = 2", "x = 1\n\n\ny = 2\n"],
    ["f(a,\n  b)\n", "f(a, b)\n"],
    ["", ""],
  ])("comes of %j by changes", (from, to) => {
    expect(apply(from, changesTo(from, to))).toBe(to);
  });

  it("leaves the caret at its character", () => {
    const from = "x=[ 1,2 ]\ny  =  'abc'\n";
    const changes = ChangeSet.of(changesTo(from, 'x = [1, 2]\ny = "abc"\n'), from.length);
    const after = changes.apply(Text.of(from.split("\n"))).toString();
    for (const character of "12abc")
      expect(after[changes.mapPos(from.indexOf(character), 1)]).toBe(character);
  });
});

describe("a semicolon that hides a value", () => {
  const marked = (doc: string) =>
    markSemicolons(EditorState.create({ doc, extensions: pythonLanguage })).toString();
  it.each([
    ["x;", 1],
    ["x; y;  # why", 1],
    ["f(\n  1\n);\nx ;", 2],
    // Not at the end of a line, not at the top, in a string, not to be touched.
    ["x; y", 0],
    ["if x:\n    y;", 0],
    ['\'a;\'\n"""\nb;\n"""', 0],
    ["x;  # fmt: skip", 0],
  ])("in %j is a comment %i times", (script, times) => {
    const made = marked(script);
    expect(made.split("rdit-hidden").length - 1).toBe(times);
    expect(made.split("\n").length).toBe(script.split("\n").length);
    expect(unmarked(made)).toBe(script);
  });
});

describe("the selected statements", () => {
  const script = "a = 1\nif a:\n    b\n    c\n\nd = [\n  1,\n]\ne\n";
  const lines = (from: string, to: string) => {
    const selection = EditorSelection.single(script.indexOf(from), script.indexOf(to));
    return selectedLines(
      EditorState.create({ doc: script, selection, extensions: pythonLanguage }),
    );
  };
  it.each([
    ["a", "f a", { from: 1, to: 4 }],
    ["b", "c", { from: 2, to: 4 }],
    ["  1", ",", { from: 6, to: 8 }],
    // Up to the beginning of a line that is not meant.
    ["a = 1", "if a", { from: 1, to: 1 }],
  ])("from %j to %j", (from, to, expected) => expect(lines(from, to)).toEqual(expected));

  it("are none without a selection", () => {
    expect(selectedLines(EditorState.create({ doc: script }))).toBeNull();
  });
});

describe("statements that are selected", () => {
  it("are those that are formatted, though one goes on typing elsewhere", async () => {
    const asked: unknown[] = [];
    const format: Ruff["format"] = async (_, range) => {
      asked.push(range);
      const { from } = view.state.doc.line(1);
      // Meanwhile: what is typed takes the selection with it.
      if (asked.length === 1)
        view.dispatch({ changes: { from, insert: "z=0\n" }, selection: { anchor: 1 } });
      return { tool: "ruff", script: view.state.doc.toString().replace("b=2", "b = 2") };
    };
    const host = { ruff: async () => ({ format }) } as unknown as EditorHost;
    let state = EditorState.create({
      doc: "a=1\nb=2\nc=3\n",
      selection: EditorSelection.range(4, 7),
      extensions: [pythonLanguage, editorHost.of(host)],
    });
    const view = {
      get state() {
        return state;
      },
      dispatch: (spec: TransactionSpec) => void ({ state } = state.update(spec)),
    } as EditorView;
    await formatDocument(view, selectedLines(view.state));
    expect(asked).toEqual([
      { from: 2, to: 2 },
      { from: 3, to: 3 },
    ]);
    expect(view.state.doc.toString()).toBe("z=0\na=1\nb = 2\nc=3\n");
  });
});

describe("a result", () => {
  /// The document with a result at each of its lines, after these changes by `userEvent`.
  const begin = (doc: string) => {
    const statements = doc.split("\n").map((source, nodeIndex) => ({
      nodeIndex,
      lineStart: nodeIndex + 1,
      lineEnd: nodeIndex + 1,
      source,
      isExpr: true,
    }));
    const events = [
      { type: "plan", run: "r", seq: 1, statements, script: doc },
    ] as unknown as Event[];
    return EditorState.create({ doc, extensions: statementsField }).update({
      effects: eventsArrived.of({ events, at: 0 }),
    }).state;
  };
  const stale = (state: EditorState) => {
    const found: boolean[] = [];
    const cursor = state.field(statementsField).anchors.iter();
    for (; cursor.value; cursor.next()) found.push(cursor.value.isStale);
    return found;
  };
  const change = (state: EditorState, to: string, userEvent: string) =>
    state.update({ changes: changesTo(state.doc.toString(), to), userEvent }).state;

  it("of a statement that was only formatted is not stale, nor after undo and redo", () => {
    let state = begin("x=1\ny  = 2");
    expect(stale(state)).toEqual([false, false]);
    state = change(state, "x = 1\ny = 2", "format");
    expect(stale(state)).toEqual([false, false]);
    state = change(state, "x=1\ny  = 2", "undo");
    expect(stale(state)).toEqual([false, false]);
    state = change(state, "x = 1\ny = 2", "redo");
    expect(stale(state)).toEqual([false, false]);
    state = change(state, "x = 1\ny = 3", "input.type");
    expect(stale(state)).toEqual([false, true]);
  });

  it("that was stale stays so when it is formatted, and one that is typed anew is stale", () => {
    let state = change(begin("x=1\ny  = 2"), "x=1\ny  = 3", "input.type");
    state = change(state, "x = 1\ny = 3", "format");
    expect(stale(state)).toEqual([false, true]);
    expect(stale(change(begin("x=1"), "x = 1", "input.type"))).toEqual([true]);
  });
});
