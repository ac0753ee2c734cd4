// Which name means what, by Python's rules of scopes; and what a rename changes or refuses.
import { pythonLanguage } from "@codemirror/lang-python";
import { Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { bindingAt, scopeAt, visibleFrom } from "../../labextension/src/editor/language/names";
import { namesOf } from "../../labextension/src/editor/language/names_analysis";
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
    ["|a = 1", "नाम", "नाम = 1"],
    // Of two classes that have nothing to do with each other.
    [
      "class A:\n  |x = 1\n  def f(self): return self.x\nclass B:\n  x = 2\n  def f(self): return self.x",
      "y",
      "class A:\n  y = 1\n  def f(self): return self.y\nclass B:\n  x = 2\n  def f(self): return self.x",
    ],
    [
      "class P:\n  |x: int\nmatch p:\n  case P(x=0): ...",
      "y",
      "class P:\n  y: int\nmatch p:\n  case P(y=0): ...",
    ],
    // Called by its name alone, whatever else takes an argument of that name.
    [
      "import m\ndef f(|a): ...\nf(a=1)\nm.g(a=2)\ndict(a=3)",
      "b",
      "import m\ndef f(b): ...\nf(b=1)\nm.g(a=2)\ndict(a=3)",
    ],
    ["def f(|a, **k): ...\nf(1, c=2)", "b", "def f(b, **k): ...\nf(1, c=2)"],
    ["def f(|a): ...\n@f(a=1)\ndef g(): ...", "b", "def f(b): ...\n@f(b=1)\ndef g(): ..."],
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
    // Inheritance: what a class has of another, and what another has of it.
    ["class A: x = 1\nclass B(A):\n  def f(self): return self.|x", "y", "x is an attribute"],
    ["class A: |x = 1\nclass B(A): x = 2", "y", "x in line 2 may be the same name"],
    ["class A: |x = 1\nclass B(A):\n  def f(self): self.x", "y", "x in line 3 may be"],
    ["class A: x = 1\nclass B(A): |x = 2", "y", "x in line 1 may be"],
    ["class M:\n  def f(self): self.x\nclass A:\n  |x = 1\nclass B(A, M): ...", "y", "x in line 2"],
    ["class A:\n  |x = 1\nclass B(make(A)):\n  x = 2", "y", "x in line 4"],
    ["class A[T]:\n  |x = 1\nclass B(A[int]):\n  x = 2", "y", "x in line 4"],
    ["from m import T\nclass A(T):\n  def |run(self): ...", "go", "a name that T uses"],
    ["import m\nclass A(m.T):\n  def |run(self): ...", "go", "a name that m.T uses"],
    ["class A(Exception):\n  |args = 1", "a", "a name that Exception uses"],
    ["from m import T\nclass A:\n  |x = 1\nclass B(A, T): ...", "y", "a name that T uses"],
    ["class A:\n  def |__init__(self): ...", "f", "__init__ is a name that Python looks for"],
    ["class A:\n  def |f(self): ...", "__len__", "“__len__” is a name that Python gives a meaning"],
    ["class A:\n  |x = 1\nA.x", "__x", "In a class “__x” is another name"],
    ["|x = 1\nclass A:\n  y = x", "__x", "In a class “__x” is another name"],
    // Two names that would be one.
    [
      "class A:\n  def f(self):\n    self.|a = 1\n    self.b = 2",
      "b",
      "“b” is a name already in line 4",
    ],
    ["class A:\n  |a = 1\n  def f(self): self.b = 2", "b", "“b” is a name already in line 3"],
    ["class A: |a = 1\nclass B(A): b = 2", "b", "“b” is a name already in line 2"],
    ["class A:\n  |a = 1\nc = A()\nc.b = 2", "b", "“b” is a name already in line 4"],
    ["class A:\n  |a = 1\nc = A()\nc.b, d = 2, 3", "b", "“b” is a name already in line 4"],
    ["def f(a, |b, **k): ...\nf(1, b=2, c=3)", "c", "“c” is a name already in line 2"],
    // Arguments that a function is given by others.
    ["class A:\n  def __init__(self, |x): ...\nclass B(A): ...\nB(x=1)", "y", "x in line 4 may be"],
    ["from m import partial\ndef f(|x): ...\npartial(f, x=1)", "y", "x in line 3 may be"],
    ["from m import partial\ndef f(|x): ...\ng = f\npartial(g, x=1)", "y", "x in line 4 may be"],
    ["def f(|x): ...\ndf.pipe(f, x=1)", "y", "x in line 2 may be"],
    ["class A:\n  def f(self, |x): ...\n  def g(self): p(self.f, x=1)", "y", "x in line 3 may be"],
    ["class A:\n  def __init__(self, |x): ...\n  def f(self): type(self)(x=1)", "y", "x in line 3"],
    ["def f(|x): ...\nf(**k)", "y", "** in line 2 may give it"],
    ["from m import partial\ndef f(|x): ...\npartial(f, **k)", "y", "** in line 3 may give it"],
    ["def f(|x): ...\ndef f(x): ...\nf(x=1)", "y", "x in line 3 may be"],
    ["@dataclass\nclass P:\n  |x: int\nP(x=1)", "y", "x in line 4 may be"],
    ["from m import replace\nclass P:\n  |x: int\nreplace(p, x=1)", "y", "x in line 4 may be"],
    // What is no `self`, though it is called so.
    ["class A:\n  x = 1\n  @staticmethod\n  def f(self): self.|x", "y", "x is an attribute"],
    ["class A:\n  x = 1\n  def f(*self): self.|x", "y", "x is an attribute"],
    ["class A:\n  x = 1\n  def f(self):\n    def g(self): self.|x", "y", "x is an attribute"],
    ["class A:\n  x = 1\n  def f(self): return lambda self: self.|x", "y", "x is an attribute"],
    ["class A:\n  x = 1\n  def f(self): return [self.|x for self in z]", "y", "x is an attribute"],
    ["class A:\n  x = 1\n  def f(self):\n    for self in z: self.|x", "y", "x is an attribute"],
    ["class A:\n  x = 1\n  f = lambda self: self.|x", "y", "x is an attribute"],
    ["class A:\n  x = 1\nA = B\nA.|x", "y", "x is an attribute"],
    ["|x = 1", "x²", "“x²” is not a name"],
    ["|x = 1\nt'{x}'", "y", "What the t-string in line 2 uses"],
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
