// What is completed where, in which order, what the kernel is sent for it, and what a call takes.
import { pythonLanguage } from "@codemirror/lang-python";
import { Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { placeAt } from "../../labextension/src/editor/language/completion_place";
import { rank } from "../../labextension/src/editor/language/completion_rank";
import { staticCompletions } from "../../labextension/src/editor/language/completion_static";
import {
  contextAt,
  MOST_BEFORE,
  MOST_CODE,
} from "../../labextension/src/editor/language/kernel_context";
import { namesOf } from "../../labextension/src/editor/language/names_analysis";
import {
  activeParameter,
  argumentIn,
  callAt,
} from "../../labextension/src/editor/language/signature_call";
import { lineOf, signatureOf } from "../../labextension/src/editor/language/signature_text";

/// The script without its `|`, and where that was.
function at(script: string) {
  const pos = script.indexOf("|");
  const text = script.replace("|", "");
  const doc = Text.of(text.split("\n"));
  const tree = pythonLanguage.parser.parse(text);
  return { pos, doc, tree, names: namesOf(tree, doc) };
}

describe("the place to complete", () => {
  it.each([
    ["pri|", "name"],
    ["x = pri|", "name"],
    ["f(x, na|", "name"],
    ["foo.|", "attribute"],
    ["foo.ba|", "attribute"],
    ["foo(1)[2].ba|", "attribute"],
    ["'a'.up|", "attribute"],
    ["foo.\\\n  ba|", "name"],
    ["import nu|", "import"],
    ["from os import pa|", "import"],
    ["import |", "import, on request"],
    ["df['|", "string"],
    ["df['na|']", "string"],
    ["open('./|", "string"],
    ["open('data/fi|')", "string"],
    ["open('da|')", "string, on request"],
    ["f'{na|}'", "name"],
    ["%ti|", "magic"],
    ["%%ti|", "magic"],
    ["x = 1\n|", "name, on request"],
    ["def fo|", "name, on request"],
    ["class Fo|", "name, on request"],
    ["def f(pa|): ...", "name, on request"],
    ["def f(pa=de|): ...", "name"],
    ["import a as b|", null],
    ["# comm|", null],
    ["'''doc|'''", null],
    ["1.|", null],
    ["12|", null],
    ["1e|", null],
    ["'http://a|'", "string, on request"],
  ])("in %j is %s", (script, expected) => {
    const { tree, doc, pos } = at(script);
    const place = placeAt(tree, doc, pos);
    const said = place && place.kind + (place.isTyped ? "" : ", on request");
    expect(said).toBe(expected);
  });
});

describe("completions of the text", () => {
  const labels = (script: string) => {
    const { tree, names, doc, pos } = at(script);
    const place = placeAt(tree, doc, pos)!;
    const typed = doc.sliceString(place.from, pos);
    return rank(staticCompletions(place, { tree, names }, doc), typed).map(({ label }) => label);
  };

  it.each([
    ["price = 1\nprinter = 2\npri|", ["price", "printer", "print"]],
    ["def f(count):\n  counter = 1\n  cou|", ["counter", "count"].sort()],
    ["class A:\n  def go(self):\n    self.gone = 1\n    self.g|", ["go", "gone"]],
    ["class B:\n  base = 1\nclass A(B):\n  def f(self):\n    self.b|", ["base"]],
    ["import numpy as np\nn|", ["np", "next", "nonlocal", "not"]],
    ["def f(width, height): ...\nf(wid|", ["width="]],
    ["pri|nt", ["print"]],
  ])("in %j", (script, expected) =>
    expect(labels(script).slice(0, expected.length)).toEqual(expected),
  );

  it("are none for a word that is whole", () => {
    expect(labels("print|")).toEqual([]);
    expect(labels("xyz = 1\nxyz|")).toEqual([]);
  });

  it("do not offer the word that is being typed", () => {
    expect(labels("unheard|_of = 1")).toEqual([]);
  });
});

describe("the order", () => {
  const order = (typed: string, ...names: string[]) =>
    rank(
      names.map(label => ({ label })),
      typed,
    ).map(({ label }) => label);

  it.each([
    ["re", ["read_csv", "Region"], ["Region", "read_csv", "xre"]],
    ["rc", ["read_csv"], ["read_csv", "arc"]],
    ["_", ["_a", "__b"], ["__b", "_a"]],
    ["a", ["ab"], ["_a", "ab"]],
    ["", ["a", "_b", "__c"], ["__c", "_b", "a"]],
    ["rdcsv", ["read_csv"], ["read_csv", "x"]],
  ])("for %j is %j", (typed, expected, given) => expect(order(typed, ...given)).toEqual(expected));

  it("has a boosted one first among equals", () => {
    const ranked = rank([{ label: "aa" }, { label: "ab", boost: 9 }, { label: "bab" }], "a");
    expect(ranked.map(({ label }) => label)).toEqual(["ab", "aa"]);
  });
});

describe("what the kernel is sent", () => {
  const sent = (script: string, root?: number) => {
    const { tree, names, doc, pos } = at(script);
    const place = placeAt(tree, doc, pos);
    return contextAt(tree, names, doc, pos, root ?? place?.object?.from ?? place?.from ?? pos);
  };

  it("is the statement and what it depends on", () => {
    const context = sent("import os\nimport re\nx = os.a\nz = 2\nif z:\n  x.so|\ny = 3");
    expect(context.code).toBe("if z:\n  x.so");
    expect(context.cursor).toBe(context.code.length);
    expect(context.before).toEqual(["import os", "import re", "x = os.a"]);
  });

  it("counts code points", () => {
    expect(sent("x = '😀'; x.|").cursor).toBe(11);
  });

  it("is never all of a long script", () => {
    const long = `x = [${"1,\n".repeat(20_000)}`;
    const context = sent(`${"import abcdef\n".repeat(1000)}${long} foo.|`);
    expect(context.code.length).toBeLessThanOrEqual(MOST_CODE + 20);
    expect(context.before.join("").length).toBeLessThanOrEqual(MOST_BEFORE);
    expect(context.code.endsWith(" foo.")).toBe(true);
  });

  it("is cut in a long line too", () => {
    const context = sent(`x = "${"😀".repeat(20_000)}" + foo.|`);
    expect(context.code.length).toBeLessThanOrEqual(MOST_CODE);
    expect([...context.code].length).toBe(context.cursor);
  });
});

describe("the call at the cursor", () => {
  const call = (script: string) => {
    const { tree, doc, pos } = at(script);
    const found = callAt(tree, doc, pos);
    if (!found) return null;
    const { callee, index, keyword } = found;
    return [doc.sliceString(callee.from, callee.to), keyword ?? index];
  };

  it.each([
    ["f(|", ["f", 0]],
    ["f(|)", ["f", 0]],
    ["f(1, |)", ["f", 1]],
    ["f(1, [2, 3], |", ["f", 2]],
    ["f(g(1), |)", ["f", 1]],
    ["f(g(1, |))", ["g", 1]],
    ["f(a=|)", ["f", "a"]],
    ["f(1, b=2, c|)", ["f", 2]],
    ["f(1, b=|2)", ["f", "b"]],
    ["a.b[0].c(|", ["a.b[0].c", 0]],
    ["f(1)|", null],
    ["f|(1)", null],
    ["@d(|)\ndef g(): ...", ["d", 0]],
    ["f(lambda x: |)", ["f", 0]],
    ["f(\n  1,\n  |\n)", ["f", 1]],
  ])("in %j is %j", (script, expected) => expect(call(script)).toEqual(expected));

  it.each([
    ["a, /, b, *, c, **d", ["0 a", "1 b", "2 -", "c c", "b b", "x d", "a d"]],
    ["a, *b, c=1", ["0 a", "1 b", "5 b", "c c", "x -"]],
  ])("def foo(%s): which parameter an argument is", (list, cases) => {
    const { names, doc } = at(`def foo(${list}): ...|`);
    const { parameters } = signatureOf(names.module.bindings.get("foo")!, doc)!;
    for (const each of cases) {
      const [given, expected] = each.split(" ");
      const argument = /\d/.test(given!)
        ? { index: Number(given), keyword: null }
        : { index: 0, keyword: given! };
      const active = activeParameter(parameters, argument);
      expect(active < 0 ? "-" : parameters[active]!.name).toBe(expected);
    }
  });
});

it.each([
  ["", 0],
  ["1, in", 1],
  ["1, indent=", "indent"],
  ["1, a == b", 1],
  ["a=(b := 2), ", 1],
  ["[1, 2], {3: 4}, f(5, 6), ", 3],
  ["'a, (', \"b,\", ", 2],
  ["\'\'\'a,\nb\'\'\', ", 1],
  ["1, # a, b\n 2", 1],
  ["'a, b", 0],
  ["# what\n a=1", "a"],
  ["1)", null],
  ["f(1)", 0],
])("the argument at the end of %j is %j", (text, expected) => {
  const found = argumentIn(text);
  expect(found && (found.keyword ?? found.index)).toBe(expected);
});

it.each([
  ["def foo(a, b: int = 2, *, c): ...", "foo(a, b: int = 2, *, c)"],
  ["async def foo() -> int: ...", "foo() → int"],
  ["class foo:\n  def __init__(self, a): ...", "foo(a)"],
  ["class foo: ...", "foo()"],
  ["def foo(a, # one\n  b=[1, # two\n 2], # three\n): ...", "foo(a, b=[1, 2])"],
  ["def foo(a, / # only so\n, b): ...", "foo(a, /, b)"],
])("the signature of %j", (script, expected) => {
  const { names, doc } = at(`${script}|`);
  expect(lineOf(signatureOf(names.module.bindings.get("foo")!, doc)!)).toBe(expected);
});

it("takes the docstring from the text", () => {
  const { names, doc } = at('def foo():\n    """One.\n\n    Two.\n      Three.\n    """|');
  const { documentation } = signatureOf(names.module.bindings.get("foo")!, doc)!;
  expect(documentation).toBe("One.\n\nTwo.\n  Three.");
});
