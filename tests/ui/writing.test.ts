// What a run key does to the text, whom a question may take the cursor from, and what is kept in view.
import { geometryField } from "../../labextension/src/editor/spacers";
import { pythonLanguage } from "@codemirror/lang-python";
import { EditorState, type TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { describe, expect, it } from "vitest";
import { runAndAdvance, runAndInsertBelow } from "../../labextension/src/editor/commands";
import { scrollFor } from "../../labextension/src/editor/follow";
import { editorHost } from "../../labextension/src/editor/host";
import { questionField } from "../../labextension/src/editor/question";
import { eventsArrived, runSent, statementsField } from "../../labextension/src/editor/statements";
import { questionReached, typedSinceRun } from "../../labextension/src/editor/typed";
import { withSyntax } from "../../labextension/src/editor/syntax_package";
import type { Event } from "../../labextension/src/protocol";

/// An editor without a screen, and what it asked to be run.
class Headless {
  readonly sent: string[] = [];
  readonly defaultLineHeight = 20;
  state: EditorState;

  constructor(doc: string, at: number, isReadOnly = false) {
    this.state = EditorState.create({
      doc,
      selection: { anchor: at },
      extensions: [
        pythonLanguage,
        withSyntax,
        statementsField,
        typedSinceRun,
        questionField,
        geometryField,
        EditorState.readOnly.of(isReadOnly),
        editorHost.of({ run: ({ script }) => void this.sent.push(script) }),
      ],
    });
  }

  dispatch(spec: TransactionSpec) {
    this.state = this.state.update(spec).state;
  }

  press(command: (view: EditorView) => boolean) {
    command(this as unknown as EditorView);
    return this;
  }

  get shown(): string {
    const { head } = this.state.selection.main;
    const text = this.state.doc.toString();
    return `${text.slice(0, head)}|${text.slice(head)}`;
  }
}

describe("Shift-Enter on the last statement", () => {
  it.each([
    ["opens a line below", "a = 1\nimport pandas as pd", 12, "a = 1\nimport pandas as pd\n|"],
    ["goes to an empty line below", "a = 1\n", 3, "a = 1\n|"],
    ["keeps a comment below whole", "a = 1\n# end", 0, "a = 1\n|\n# end"],
    ["opens it below all of the statement", "if x:\n    y", 2, "if x:\n    y\n|"],
    ["goes to the next statement elsewhere", "a = 1\n# b\nb = 2", 0, "a = 1\n# b\n|b = 2"],
  ])("%s", (_, doc, at, shown) => {
    const editor = new Headless(doc, at).press(runAndAdvance);
    expect(editor.shown).toBe(shown);
    // What ran is what was there.
    expect(editor.sent).toEqual([doc]);
  });

  it.each([runAndAdvance, runAndInsertBelow])("changes no text that is read-only", command => {
    const editor = new Headless("a = 1", 0, true).press(command);
    expect(editor.shown).toBe("a = 1|");
    expect(editor.sent).toEqual(["a = 1"]);
  });
});

describe("what is typed since a run", () => {
  const type = (editor: Headless, userEvent = "input.type") =>
    editor.dispatch({ changes: { from: 0, insert: "x" }, userEvent });

  it("counts from the run key", () => {
    const editor = new Headless("input('q')", 0);
    type(editor);
    editor.press(runAndAdvance);
    expect(editor.state.field(typedSinceRun)).toBe(false);
    type(editor);
    expect(editor.state.field(typedSinceRun)).toBe(true);
    editor.dispatch({ effects: questionReached.of(null) });
    expect(editor.state.field(typedSinceRun)).toBe(false);
  });

  it("is no text that was loaded again", () => {
    const editor = new Headless("input('q')", 0);
    type(editor, "reload");
    expect(editor.state.field(typedSinceRun)).toBe(false);
  });
});

it("knows the question that is open, wherever its statement is", () => {
  const editor = new Headless("1", 0);
  const tell = (...events: Event[]) =>
    editor.dispatch({ effects: eventsArrived.of({ events, at: 0 }) });
  const statement = { nodeIndex: 0, lineStart: 9, lineEnd: 9, isExpr: true, source: "input('q')" };
  editor.dispatch({ effects: runSent.of({ run: "other", marks: [] }) });
  tell({ type: "plan", run: "r", statements: [statement] } as Event);
  expect(editor.state.field(questionField)).toBeNull();
  tell({ type: "input", run: "r", nodeIndex: 0, prompt: "q", waiting: true } as Event);
  expect(editor.state.field(questionField)).toMatchObject({ run: "r", wanted: { prompt: "q" } });
  tell({ type: "input", run: "r", nodeIndex: 0, waiting: false } as Event);
  expect(editor.state.field(questionField)).toBeNull();
  tell({ type: "input", run: "r", nodeIndex: 0, prompt: "again", waiting: true } as Event);
  tell({ type: "done", run: "r", status: "interrupted", elapsed: 1 } as Event);
  expect(editor.state.field(questionField)).toBeNull();
});

describe("the scroll after a run", () => {
  const window = { top: 0, bottom: 100 };
  it.each([
    ["is none where all is in view", { top: 10, bottom: 40 }, { top: 50, bottom: 60 }, 0],
    ["shows a result below the edge", { top: 70, bottom: 130 }, { top: 70, bottom: 80 }, 36],
    ["shows a cursor below the edge", null, { top: 120, bottom: 130 }, 36],
    ["shows what is above", { top: -30, bottom: 10 }, { top: 20, bottom: 30 }, -36],
    [
      "shows the end of a tall result above the cursor",
      { top: 0, bottom: 300 },
      { top: 300, bottom: 310 },
      216,
    ],
    [
      "shows the beginning of a tall result beside the cursor",
      { top: 80, bottom: 500 },
      { top: 80, bottom: 90 },
      74,
    ],
  ])("%s", (_, result, cursor, by) => {
    expect(scrollFor(result, cursor, window)).toBe(by);
  });
});
