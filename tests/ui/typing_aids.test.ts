// Where the next line stands, and where a clause moves as it is typed. "|" is the cursor.
import { insertNewlineAndIndent } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { indentOnInput, indentUnit } from "@codemirror/language";
import { EditorState, type Transaction } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { withSyntax } from "../../labextension/src/editor/syntax_package";
import { typingAids } from "../../labextension/src/editor/typing_aids";
import { parsed } from "./parsed";

const extensions = [python(), withSyntax, indentOnInput(), indentUnit.of("    "), typingAids];

function editor(text: string): EditorState {
  const at = text.indexOf("|");
  return parsed(
    EditorState.create({ doc: text.replace("|", ""), selection: { anchor: at }, extensions }),
  );
}

function shown({ doc, selection }: EditorState): string {
  const text = doc.toString();
  return `${text.slice(0, selection.main.head)}|${text.slice(selection.main.head)}`;
}

function enter(text: string): string {
  let state = editor(text);
  insertNewlineAndIndent({ state, dispatch: (tr: Transaction) => (state = tr.state) });
  return shown(state);
}

function type(text: string, typed: string): string {
  let state = editor(text);
  for (const insert of typed) {
    const { head } = state.selection.main;
    state = parsed(
      state.update({
        changes: { from: head, insert },
        selection: { anchor: head + insert.length },
        userEvent: "input.type",
      }).state,
    );
  }
  return shown(state);
}

describe("Enter", () => {
  it.each([
    ["indents after a colon", "def f():|", "def f():\n    |"],
    ["keeps the depth", "def f():\n    x = 1|", "def f():\n    x = 1\n    |"],
    ["dedents after return", "def f():\n    return 1|", "def f():\n    return 1\n|"],
    ["dedents after a bare return", "def f():\n    return|", "def f():\n    return\n|"],
    [
      "dedents one level only",
      "def f():\n    if x:\n        return 1|",
      "def f():\n    if x:\n        return 1\n    |",
    ],
    ["dedents after pass", "class A:\n    pass|", "class A:\n    pass\n|"],
    ["dedents after raise", "def f():\n    raise E()|", "def f():\n    raise E()\n|"],
    ["dedents after break", "for i in x:\n    break|", "for i in x:\n    break\n|"],
    ["dedents after continue", "for i in x:\n    continue|", "for i in x:\n    continue\n|"],
    ["sees the comment behind it", "if x:\n    pass  # done|", "if x:\n    pass  # done\n|"],
    [
      "sees the beginning of a return of several lines",
      "def f():\n    return g(\n        1,\n    )|",
      "def f():\n    return g(\n        1,\n    )\n|",
    ],
    [
      "dedents after the last of a line",
      "def f():\n    x = 1; return x|",
      "def f():\n    x = 1; return x\n|",
    ],
    [
      "stays below a block of one line",
      "def f():\n    if x: return|",
      "def f():\n    if x: return\n    |",
    ],
    ["stays at the margin", "if x: pass|", "if x: pass\n|"],
    ["knows names that begin so", "def f():\n    passed|", "def f():\n    passed\n    |"],
    [
      "knows no end inside a string",
      'def f():\n    """\n    return|\n    """',
      'def f():\n    """\n    return\n    |\n    """',
    ],
    [
      "knows no end inside a comment",
      "def f():\n    x\n    # return|",
      "def f():\n    x\n    # return\n    |",
    ],
    ["opens brackets", "f(|)", "f(\n    |\n)"],
    [
      "opens brackets behind return",
      "def f():\n    return {|}",
      "def f():\n    return {\n        |\n    }",
    ],
    ["continues in brackets", "f(\n    1,|\n)", "f(\n    1,\n    |\n)"],
  ])("%s", (_, before, after) => expect(enter(before)).toBe(after));
});

describe("a clause as it is typed", () => {
  it.each([
    ["else:", "if x:\n    y\n    |", "if x:\n    y\nelse:|"],
    ["else:", "if a:\n    if b:\n        c\n        |", "if a:\n    if b:\n        c\n    else:|"],
    [
      "else:",
      "if a:\n    if b:\n        c\n    d\n    |",
      "if a:\n    if b:\n        c\n    d\nelse:|",
    ],
    ["elif ", "if x:\n    y\n    |", "if x:\n    y\nelif |"],
    ["else:", "for a in b:\n    c\n    |", "for a in b:\n    c\nelse:|"],
    [
      "else:",
      "while a:\n    if b:\n        break\n    |",
      "while a:\n    if b:\n        break\n    else:|",
    ],
    [
      "else:",
      "while a:\n    if b:\n        break\n|",
      "while a:\n    if b:\n        break\nelse:|",
    ],
    ["except:", "try:\n    x\n    |", "try:\n    x\nexcept:|"],
    [
      "except E:",
      "def f():\n    try:\n        x\n        |",
      "def f():\n    try:\n        x\n    except E:|",
    ],
    [
      "finally:",
      "try:\n    x\nexcept E:\n    y\n    |",
      "try:\n    x\nexcept E:\n    y\nfinally:|",
    ],
    ["except:", "try:\n    if a:\n        b\n    |", "try:\n    if a:\n        b\nexcept:|"],
    [
      "case 2:",
      "match a:\n    case 1:\n        b\n        |",
      "match a:\n    case 1:\n        b\n    case 2:|",
    ],
    ["case 1:", "match a:\n    |", "match a:\n    case 1:|"],
    ["else:", "x = [\n    1\n    if a\n    |\n]", "x = [\n    1\n    if a\n    else:|\n]"],
    ["else:", '"""\nif x:\n    y\n    |\n"""', '"""\nif x:\n    y\n    else:|\n"""'],
    ["else:", "x\n|", "x\nelse:|"],
  ])("%s: %j", (typed, before, after) => expect(type(before, typed)).toBe(after));
});
