import { python } from "@codemirror/lang-python";
import { EditorState } from "@codemirror/state";
import { expect, it } from "vitest";
import { itemAt, outlineOf, pathTo } from "../../labextension/src/editor/outline";
import { withSyntax } from "../../labextension/src/editor/syntax_package";

const script = `"""
# Report

Words.

\`\`\`
# a comment in code
\`\`\`
"""
import os

# %% Load
@cached
def load(path):
    def inner():
        return 1
    return inner


class Model(Base):
    def fit(self):
        pass

    @property
    async def score(self):
        pass

    class Meta: ...

if True:
    def late(): pass
else:
    class Late:
        pass

# %%% Deeper
f"""## Part {1}"""
x = "# no heading"

# %% [markdown]
# # Words
# some text
#
# ## More

# %%
# # no heading
def last(): ...
`;
import { parsed } from "./parsed";

function stateOf(doc: string) {
  return parsed(EditorState.create({ doc, extensions: [python(), withSyntax] }));
}

it("has sections, headings, functions, classes and methods in their order", () => {
  const state = stateOf(script);
  const items = outlineOf(state);
  expect(
    items.map(({ kind, text, level, from }) => [
      `${"  ".repeat(level - 1)}${text}`,
      kind,
      state.doc.lineAt(from).number,
    ]),
  ).toEqual([
    ["Report", "heading", 2],
    ["Load", "section", 12],
    ["  load()", "function", 14],
    ["    inner()", "function", 15],
    ["  Model", "class", 20],
    ["    fit()", "method", 21],
    ["    score()", "method", 25],
    ["    Meta", "class", 28],
    ["  late()", "function", 31],
    ["  Late", "class", 33],
    ["  Deeper", "section", 36],
    ["  Part {1}", "heading", 37],
    ["Words", "heading", 41],
    ["  More", "heading", 44],
    ["    last()", "function", 48],
  ]);
});

it("knows what an offset stands in", () => {
  const items = outlineOf(stateOf(script));
  const path = (text: string, by = 0) =>
    pathTo(items, script.indexOf(text) + by).map(item => item.text);
  expect(path("return 1")).toEqual(["Load", "load()", "inner()"]);
  expect(path("pass")).toEqual(["Load", "Model", "fit()"]);
  expect(path("import os")).toEqual(["Report"]);
  expect(path('x = "#')).toEqual(["Load", "Part {1}"]);
  expect(path("last()")).toEqual(["Words", "More", "last()"]);
  expect(itemAt(items, script.indexOf("return inner"))?.text).toBe("load()");
  expect(itemAt(items, 0)).toBeNull();
});

it("is empty for an empty script, and has what could be parsed of a broken one", () => {
  expect(outlineOf(stateOf(""))).toEqual([]);
  expect(outlineOf(stateOf("def f(:\n  x\n\ndef g():\n  y\n")).map(({ text }) => text)).toContain(
    "g()",
  );
});
