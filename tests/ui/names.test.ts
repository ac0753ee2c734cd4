// Which name means what, by Python's rules of scopes; and what a rename changes or refuses.
import { pythonLanguage } from "@codemirror/lang-python";
import { Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import {
  bindingAt,
  namesOf,
  scopeAt,
  visibleFrom,
} from "../../labextension/src/editor/language/names";
import { builtins, keywords } from "../../labextension/src/editor/language/names_builtin";
import { placesOf } from "../../labextension/src/editor/language/occurrences";
import { renamePlan } from "../../labextension/src/editor/language/rename_plan";

const parse = (text: string) => pythonLanguage.parser.parse(text);

function read(text: string) {
  const doc = Text.of(text.split("\n"));
  const tree = parse(text);
  return { doc, tree, names: namesOf(tree, doc) };
}

/// The script with every place of the name at `|` in brackets.
function marked(script: string): string {
  const at = script.indexOf("|");
  const text = script.replace("|", "");
  const { names } = read(text);
  const found = bindingAt(names, at);
  if (!found) return "none";
  let result = text;
  for (const { from, to } of [...found[0].occurrences].reverse())
    result = `${result.slice(0, from)}[${result.slice(from, to)}]${result.slice(to)}`;
  return result;
}

describe("the places of a name", () => {
  it.each([
    ["a variable", "|x = 1\nx + y", "[x] = 1\n[x] + y"],
    ["a parameter", "x = 1\ndef f(|x, y=x):\n  return x", "x = 1\ndef f([x], y=x):\n  return [x]"],
    [
      "a default of around",
      "|x = 1\ndef f(x, y=x):\n  return x",
      "[x] = 1\ndef f(x, y=[x]):\n  return x",
    ],
    [
      "shadowing",
      "|x = 1\ndef f():\n  x = 2\n  return x\nx",
      "[x] = 1\ndef f():\n  x = 2\n  return x\n[x]",
    ],
    ["a use before it", "def f():\n  return |x\nx = 1", "def f():\n  return [x]\n[x] = 1"],
    [
      "global",
      "|x = 1\ndef f():\n  global x\n  x = 2",
      "[x] = 1\ndef f():\n  global [x]\n  [x] = 2",
    ],
    [
      "global in all blocks",
      "def f():\n  if a:\n    for b in c:\n      while d:\n        with e:\n          try:\n            pass\n          finally:\n            match g:\n              case 1:\n                y = 1; global |x\n                x = 2\nx",
      "def f():\n  if a:\n    for b in c:\n      while d:\n        with e:\n          try:\n            pass\n          finally:\n            match g:\n              case 1:\n                y = 1; global [x]\n                [x] = 2\n[x]",
    ],
    ["only global", "def f():\n  global |x\n  x = 2\nx", "def f():\n  global [x]\n  [x] = 2\n[x]"],
    [
      "nonlocal",
      "x = 0\ndef f():\n  |x = 1\n  def g():\n    nonlocal x\n    x = 2\n  return x",
      "x = 0\ndef f():\n  [x] = 1\n  def g():\n    nonlocal [x]\n    [x] = 2\n  return [x]",
    ],
    [
      "a class's names, which its methods do not see",
      "x = 0\nclass A:\n  |x = 1\n  y = x\n  def f(self):\n    return x",
      "x = 0\nclass A:\n  [x] = 1\n  y = [x]\n  def f(self):\n    return x",
    ],
    ["a class's name of around", "|x = 0\nclass A:\n  x = x", "[x] = 0\nclass A:\n  x = [x]"],
    ["a comprehension", "x = 1\n[|x for x in x if x]\nx", "x = 1\n[[x] for [x] in x if [x]]\nx"],
    ["its first iterable", "|x = 1\n[x for x in x if x]", "[x] = 1\n[x for x in [x] if x]"],
    ["an inner iterable", "[y for |x in z for y in x]", "[y for [x] in z for y in [x]]"],
    ["a generator in a call", "x = 1\nsum(|x for x in x)", "x = 1\nsum([x] for [x] in x)"],
    ["a dict comprehension", "{|k: v for k, v in d}", "{[k]: v for [k], v in d}"],
    ["walrus out of a comprehension", "[(|y := x) for x in z]\ny", "[([y] := x) for x in z]\n[y]"],
    ["walrus as an argument", "f(|y := 1)\ny", "f([y] := 1)\n[y]"],
    ["for", "for |i, j in z:\n  i\ni", "for [i], j in z:\n  [i]\n[i]"],
    ["with", "with open(a) as |f:\n  f", "with open(a) as [f]:\n  [f]"],
    ["except", "try:\n  a\nexcept E as |e:\n  e", "try:\n  a\nexcept E as [e]:\n  [e]"],
    ["del", "|x = 1\ndel x\nx", "[x] = 1\ndel [x]\n[x]"],
    ["augmented", "|x = 1\nx += x", "[x] = 1\n[x] += [x]"],
    ["annotated", "|x: int = 1\nx", "[x]: int = 1\n[x]"],
    ["starred", "a, *|b = c\nb", "a, *[b] = c\n[b]"],
    ["lambda", "x = 1\nlambda |x, y=x: x + y", "x = 1\nlambda [x], y=x: [x] + y"],
    ["a decorator", "def |d(f): ...\n@d\ndef g(): ...", "def [d](f): ...\n@[d]\ndef g(): ..."],
    ["a decorator's attribute", "|d = 1\n@a.d\ndef g(): ...", "[d] = 1\n@a.d\ndef g(): ..."],
    ["an import", "import |os.path\nos", "import [os].path\n[os]"],
    ["an import by another name", "import numpy as |np\nnp.a", "import numpy as [np]\n[np].a"],
    ["an import from", "from a.b import c, |d\nd", "from a.b import c, [d]\n[d]"],
    ["a keyword argument is none", "|x = 1\nf(x=x)", "[x] = 1\nf(x=[x])"],
    ["an attribute is none", "|x = 1\na.x = x", "[x] = 1\na.x = [x]"],
    ["an f-string", '|x = 1\nf"{x!r:>{x}} x"', '[x] = 1\nf"{[x]!r:>{[x]}} x"'],
    ["a string is none", "|x = 1\n'x' # x", "[x] = 1\n'x' # x"],
    ["type parameters", "def f[|T](x: T) -> T: ...\nT", "def f[[T]](x: [T]) -> [T]: ...\nT"],
    ["a class's type parameters", "class A[|T](B[T]):\n  x: T", "class A[[T]](B[[T]]):\n  x: [T]"],
    ["a type alias", "type |X[T] = list[T]\nX", "type [X][T] = list[T]\n[X]"],
    [
      "match",
      "match a:\n  case [|x, *y] if x:\n    x\n  case {'k': y, **z}:\n    z",
      "match a:\n  case [[x], *y] if [x]:\n    [x]\n  case {'k': y, **z}:\n    z",
    ],
    [
      "a pattern's class and name",
      "match a:\n  case P(x=|y) as q:\n    y",
      "match a:\n  case P(x=[y]) as q:\n    [y]",
    ],
    [
      "a method's class",
      "class |A:\n  def f(self): return A",
      "class [A]:\n  def f(self): return [A]",
    ],
    ["recursion", "def |f(): return f()", "def [f](): return [f]()"],
    ["a builtin", "|len(a)\nlen", "[len](a)\n[len]"],
  ])("%s", (_, script, expected) => expect(marked(script)).toBe(expected));

  it("knows what a star import may bind", () => {
    const { names } = read("from a.b import *\nx");
    expect(names.module.stars).toEqual(["a.b"]);
    expect(bindingAt(names, 18)![0].scope).toBe(null);
  });

  it("knows where an import gets a name from", () => {
    const { names } = read("import a.b as c\nfrom .d import e as f\nimport g.h");
    const origins = ["c", "f", "g"].map(name => names.module.bindings.get(name)!.origin);
    expect(origins).toEqual([{ module: "a.b" }, { module: ".d", member: "e" }, { module: "g" }]);
  });

  it("gives the names that can be used at a place", () => {
    const { names } = read("a = 1\nclass C:\n  b = 2\n  def f(self, c):\n    d = 3\n    d\n");
    const visible = (pos: number) => [...visibleFrom(scopeAt(names, pos)).keys()].sort();
    expect(visible(55)).toEqual(["C", "a", "c", "d", "self"]);
    expect(visible(19)).toEqual(["C", "a", "b", "f"]);
  });

  it("survives what is half typed", () => {
    for (const text of [
      "def f(",
      "class",
      "import ",
      "from a import",
      "x = foo.",
      "[x for",
      "lambda",
      "with a as",
      "try:\n except E as",
      "match x:\n case",
      "@",
      "f(x=",
      "global",
    ])
      expect(() => read(text)).not.toThrow();
  });

  it("has Python's words", () => {
    expect(keywords.has("lambda")).toBe(true);
    expect(builtins.get("print")).toBe("function");
    expect(builtins.get("ValueError")).toBe("class");
  });
});

/// The script after the rename of the name at `|`, or why there is none.
function renamed(script: string, to: string): string {
  const at = script.indexOf("|");
  const { doc, ...known } = read(script.replace("|", ""));
  const plan = renamePlan(known, doc, at, to, parse);
  return typeof plan === "string" ? plan : plan.changes.apply(doc).toString();
}

describe("a rename", () => {
  it.each([
    ["|x = 1\nprint(x, 'x') # x", "y", "y = 1\nprint(y, 'x') # x"],
    ["def f(|a): return a\nf(a=1)", "b", "def f(b): return b\nf(b=1)"],
    ["def f(a): return a\nf(|a=1)", "b", "def f(b): return b\nf(b=1)"],
    [
      "class C:\n  def __init__(self, |a): self.a = a\nC(a=1)",
      "b",
      "class C:\n  def __init__(self, b): self.a = b\nC(b=1)",
    ],
    ["import |numpy\nnumpy.a", "np", "import numpy as np\nnp.a"],
    ["from m import |f\nf()", "g", "from m import f as g\ng()"],
    ["import numpy as |n\nn.a", "np", "import numpy as np\nnp.a"],
    ["class C:\n  def |f(self): self.f()", "g", "class C:\n  def g(self): self.g()"],
    [
      "class C:\n  def f(self):\n    self.|x = 1\n    return self.x",
      "y",
      "class C:\n  def f(self):\n    self.y = 1\n    return self.y",
    ],
    ["[|x for x in z]\nx", "y", "[y for y in z]\nx"],
    ["|größe = 1\ngröße", "maß", "maß = 1\nmaß"],
  ])("of %j to %s", (script, to, expected) => expect(renamed(script, to)).toBe(expected));

  it.each([
    ["|x = 1", "1x", "“1x” is not a name"],
    ["|x = 1", "a b", "“a b” is not a name"],
    ["|x = 1", "", "“” is not a name"],
    ["|x = 1", "class", "“class” is a word of Python"],
    ["|x = 1\ny = 2\nx + y", "y", "“y” is a name already in line"],
    ["|x = 1\ndef f(y): return x", "y", "“y” is a name already in line 2"],
    ["x = 1\ndef f(|y): return x", "x", "“x” is a name already in line"],
    ["|print(1)", "p", "print is not defined in this script."],
    ["a.|b", "c", "b is an attribute"],
    ["import |os.path\nos", "o", "os is the package of a module"],
    ["def f(|a): ...\ng = f\ng(a=1)", "b", "a in line 3 may be the same name"],
    ["class C:\n  def m(self, |a): ...\nc.m(a=1)", "b", "a in line 3 may be the same name"],
    ["class C:\n  |x = 1\nc.x", "y", "x in line 3 may be the same name"],
    ["'|x'", "y", "There is no name"],
    ["# |x", "y", "There is no name"],
  ])("of %j to %j is refused", (script, to, why) => expect(renamed(script, to)).toContain(why));

  it("of a method's parameter leaves other methods' alone", () => {
    const script = "class C:\n  def m(self, |a): ...\n  def n(self, a): self.n(a=a)";
    expect(renamed(script, "b")).toContain("def m(self, b)");
  });
});

it("lists an attribute by its name where nothing more is known", () => {
  const { doc, ...known } = read("a.x\nb.x\nx = 1");
  const places = placesOf(known, doc, 2)!;
  expect(places.binding).toBe(null);
  expect([...places.ranges, ...places.doubtful]).toHaveLength(2);
});
