import { python } from "@codemirror/lang-python";
import { EditorState, Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import {
  sectionAt,
  sectionHead,
  sectionsIn,
  sectionsOf,
} from "../../labextension/src/editor/sections";
import { withSyntax } from "../../labextension/src/editor/syntax_package";
import { parsed } from "./parsed";

const doc = (text: string) => Text.of(text.split("\n"));

describe("a section line", () => {
  it.each([
    ["# %%", 1, "", "code"],
    ["#%%", 1, "", "code"],
    ["# %% Load the data", 1, "Load the data", "code"],
    ["#%%Load", 1, "Load", "code"],
    ["# %%% Deeper", 2, "Deeper", "code"],
    ["# %% [markdown]", 1, "", "markdown"],
    ["# %% [md]", 1, "", "markdown"],
    ["# %% [markdown] Words", 1, "Words", "markdown"],
    ["# %% Words [markdown]", 1, "Words", "markdown"],
    ['# %% Words [markdown] tags=["a", "b"] slide="x"', 1, "Words", "markdown"],
    ['# %% id="x1" hidden=true', 1, "", "code"],
    ["# %% Fit with n=3", 1, "Fit with n=3", "code"],
    ["# %% Plot [log]", 1, "Plot [log]", "code"],
    ["# In[3]:", 1, "In[3]", "code"],
    ["# In[ ]:", 1, "In[ ]", "code"],
    ["# <codecell>", 1, "", "code"],
    ["# <markdowncell>", 1, "", "markdown"],
    ["# %% time series", 1, "time series", "code"],
  ])("%s", (line, level, title, kind) => {
    const head = sectionHead(line)!;
    expect(head).toMatchObject({ level, title, kind });
    expect(line.slice(head.titleFrom, head.titleTo).replace(/\s+/g, " ")).toBe(title);
  });

  it.each([
    "",
    "x = 1  # %%",
    "    # %%",
    "# 50 %",
    "# %",
    "%%",
    "# %%time",
    "# %%bash -x",
    "# Input",
    "# In short",
  ])("is not %j", line => expect(sectionHead(line)).toBeNull());
});

describe("the sections of a text", () => {
  it("have all its lines", () => {
    const text = "import a\n\n# %% One\nx\n# %%\n# %% [markdown]\n# words\n";
    expect(sectionsOf(doc(text)).map(({ from, to, title }) => [from, to, title])).toEqual([
      [1, 2, ""],
      [3, 4, "One"],
      [5, 5, ""],
      [6, 8, ""],
    ]);
  });

  it("is one where there is no section line", () => {
    expect(sectionsOf(doc("a\nb"))).toMatchObject([{ from: 1, to: 2, hasHead: false, level: 0 }]);
    expect(sectionsOf(doc(""))).toMatchObject([{ from: 1, to: 1, hasHead: false }]);
  });

  it("begin with the first line, if that is a section line", () => {
    expect(sectionsOf(doc("# %%\na")).map(({ from, to }) => [from, to])).toEqual([[1, 2]]);
  });

  it("do not begin inside a string", () => {
    const state = parsed(
      EditorState.create({
        doc: 'a = """\n# %% no\n"""\n# %% yes\n',
        extensions: [python(), withSyntax],
      }),
    );
    expect(sectionsIn(state).map(({ from }) => from)).toEqual([1, 4]);
  });

  it("are found by line", () => {
    const sections = sectionsOf(doc("# %% a\n# %%% b\n# %%% c\n\n# %% d"));
    expect([1, 2, 4, 5].map(line => sectionAt(sections, line).title)).toEqual(["a", "b", "c", "d"]);
  });
});
