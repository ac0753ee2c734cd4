import { Text } from "@codemirror/state";
import type { Diagnostic } from "vscode-languageserver-protocol";
import { expect, test } from "vitest";
import { choose } from "../../labextension/src/page/language_server/choose";
import {
  completionsOf,
  findingsOf,
  iconOf,
  offsetAt,
  pathOf,
  placeOf,
  positionAt,
  toldBy,
  uriOf,
} from "../../labextension/src/page/language_server/read";

const range = (line: number, from: number, to: number, last = line) => ({
  start: { line, character: from },
  end: { line: last, character: to },
});

test("the lightest server for Python is asked", () => {
  const python = { spec: { languages: ["python"] } };
  const all = { pylsp: python, "pyright-langserver": python, other: python, ty: python };
  expect(choose({ ...all, ty: { spec: { ...python.spec, display_name: "Ty" } } })).toEqual({
    key: "ty",
    name: "Ty",
  });
  const { ty: _, ...rest } = all;
  expect(choose(rest)?.key).toBe("pyright-langserver");
  expect(choose({ other: python, pylsp: python })?.key).toBe("pylsp");
  expect(choose({ other: python, r: { spec: { languages: ["r"] } } })?.key).toBe("other");
  expect(choose({ r: { spec: { languages: ["r"] } } })).toBeNull();
});

test("paths become URIs and come back", () => {
  for (const [path, uri] of [
    ["/home/a b/ä#?.py", "file:///home/a%20b/%C3%A4%23%3F.py"],
    ["C:\\Users\\a\\s.py", "file:///C:/Users/a/s.py"],
    ["/100%.py", "file:///100%25.py"],
  ] as const) {
    expect(uriOf(path)).toBe(uri);
    expect(pathOf(uri)).toBe(path);
  }
  expect(pathOf("file:///c%3A/Users/s.py")).toBe("c:\\Users\\s.py");
  expect(pathOf("vendored://stdlib/os.pyi")).toBeNull();
});

test("positions count UTF-16 units, and end with the text", () => {
  const doc = Text.of(["a = '😀' + b", "c"]);
  const at = doc.line(1).text.indexOf("b");
  expect(positionAt(doc, at)).toEqual({ line: 0, character: at });
  expect(offsetAt(doc, { line: 0, character: at })).toBe(at);
  expect(offsetAt(doc, { line: 0, character: 100 })).toBe(doc.line(1).to);
  expect(offsetAt(doc, { line: 9, character: 0 })).toBe(doc.length);
});

test("what a server says of a name is a head and the rest", () => {
  expect(toldBy("Path")).toEqual({ head: "Path", documentation: "" });
  expect(toldBy({ kind: "plaintext", value: "def f() -> int\n---------\nGives one." })).toEqual({
    head: "def f() -> int",
    documentation: "Gives one.",
  });
  const pyrefly = "```python\n(variable) p: Path\n```\n\nGo to [Path](file:///t/p.pyi#L1,7)";
  expect(toldBy({ kind: "markdown", value: pyrefly })).toEqual({
    head: "(variable) p: Path",
    documentation: "",
  });
  const marked = "```python\ndef f() -> int\n```\n---\nGives one.\n\n```python\nf()\n```";
  expect(toldBy({ kind: "markdown", value: marked })).toEqual({
    head: "def f() -> int",
    documentation: "Gives one.\n\nf()",
  });
  expect(toldBy([{ language: "python", value: "x: int" }, "An x."])).toEqual({
    head: "x: int",
    documentation: "An x.",
  });
  expect(toldBy({ kind: "markdown", value: "```python\nUnknown\n```" })).toBeNull();
  expect(toldBy("")).toBeNull();
  expect(toldBy(undefined)).toBeNull();
});

test("only words that stand for themselves are completed", () => {
  const items = [
    { label: "weight" },
    { label: "key=" },
    { label: "join(a, b)" },
    { label: "sqrt", additionalTextEdits: [{ range: range(0, 0, 0), newText: "import math" }] },
  ];
  expect(completionsOf(items).map(({ label }) => label)).toEqual(["weight", "key="]);
  expect(completionsOf({ isIncomplete: false, items })).toHaveLength(2);
  expect(completionsOf(null)).toEqual([]);
  expect([iconOf(2), iconOf(7), iconOf(9), iconOf(25), iconOf(undefined)]).toEqual([
    "method",
    "class",
    "namespace",
    "type",
    undefined,
  ]);
});

test("a definition is the first place that is a file", () => {
  const uri = "file:///a/b.py";
  expect(placeOf({ uri, range: range(4, 0, 3) })).toEqual({ path: "/a/b.py", line: 5 });
  const link = {
    targetUri: uri,
    targetRange: range(0, 0, 0),
    targetSelectionRange: range(2, 0, 1),
  };
  expect(placeOf([link])).toEqual({ path: "/a/b.py", line: 3 });
  expect(placeOf([])).toBeNull();
  expect(placeOf(null)).toBeNull();
});

test("a type that does not fit is a warning, and what others say is left to them", () => {
  const doc = Text.of(["import nowhere", "x: int = 'no'", "y = (", ""]);
  const of = (code: string, at: Diagnostic["range"], more: Partial<Diagnostic> = {}) =>
    findingsOf(doc, [{ code, range: at, severity: 1, message: code, ...more }]);
  expect(of("invalid-assignment", range(1, 9, 13))).toEqual([
    {
      from: 24,
      to: 28,
      severity: "warning",
      message: "invalid-assignment",
      code: "invalid-assignment",
      url: "",
    },
  ]);
  expect(of("unresolved-import", range(0, 7, 14))[0]?.severity).toBe("error");
  expect(of("unresolved-import", range(0, 7, 14), { severity: 2 })[0]?.severity).toBe("warning");
  expect(of("any", range(0, 0, 1), { severity: 4 })[0]?.severity).toBe("hint");
  expect(of("invalid-syntax", range(2, 5, 5))).toEqual([]);
  expect(of("unresolved-reference", range(0, 7, 14))).toEqual([]);
  // Of more lines the first; never empty where there is text.
  expect(of("any", range(0, 7, 3, 2))[0]).toMatchObject({ from: 7, to: 14 });
  expect(of("any", range(1, 13, 13))[0]).toMatchObject({ from: 27, to: 28 });
  expect(of("any", range(3, 0, 0))[0]).toMatchObject({ from: doc.length, to: doc.length });
  expect(of("any", range(0, 0, 1), { codeDescription: { href: "javascript:1" } })[0]?.url).toBe("");
});
