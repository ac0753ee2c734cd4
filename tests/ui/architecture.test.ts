// Who imports whom in the TypeScript, as docs/architecture.md says.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const source = join(root, "labextension/src");

// A new room, or a new door between two, stands here first.
const MAY_IMPORT: Record<string, readonly string[]> = {
  "protocol.ts": [],
  results: ["protocol.ts"],
  editor: ["protocol.ts", "results", "documents"],
  documents: ["protocol.ts"],
  report: ["protocol.ts", "results"],
  backends: ["protocol.ts", "results"],
  session: ["protocol.ts", "results", "editor", "backends"],
  panels: ["protocol.ts", "results", "editor", "session"],
  page: ["protocol.ts", "results", "documents", "editor", "backends", "session", "panels"],
  lab: ["protocol.ts", "results", "documents", "editor", "backends", "session", "panels"],
};
// Within the page: what its folders may import of each other. The modules beside them join them, and
// hold what all of them know.
const PAGE_MAY_IMPORT: Record<string, readonly string[]> = {
  chrome: [],
  file: ["chrome"],
  where: ["chrome"],
  language_server: ["file"],
  views: ["chrome", "file"],
  widgets: [],
};
// Packages that only these rooms may know; every room may use CodeMirror's state, view and language.
const ONLY_THERE: [RegExp, readonly string[]][] = [
  [/^@codemirror\/(state|view|language)$/, ["editor", "panels", "session", "page", "lab"]],
  [/^@replit\/codemirror-indentation-markers$/, ["editor"]],
  [/^@lezer\/common$/, ["results", "editor", "page", "lab"]],
  [/^@lezer\/highlight$/, ["results", "editor", "page"]],
  [/^@lezer\/python$/, ["results", "page"]],
  [/^dompurify$/, ["report"]],
  // Only for the page: JupyterLab has a completer.
  [/^@codemirror\/autocomplete$/, ["editor", "page"]],
  [/^@codemirror\/(lint|merge)$/, ["editor", "page"]],
  [/^(@codemirror|@lezer|@replit)\//, ["page"]],
  [/^vscode-languageserver-protocol$/, ["page"]],
  [/^@jupyterlab\/rendermime(-interfaces)?$/, ["results", "lab"]],
  // How it keeps formulas away from Markdown, without the rest of it.
  [/^@jupyterlab\/rendermime\/lib\/latex$/, ["report"]],
  [/^@lumino\/(widgets|messaging)$/, ["results", "page", "lab"]],
  [/^@jupyter-widgets\/(base|base-manager|controls)$/, ["page"]],
  [/^marked$/, ["results", "report"]],
  [/^(katex|modern-screenshot)(\/|$)/, ["results"]],
  [/^(@jupyterlab|@lumino|@jupyter|@jupyter-widgets)\//, ["lab"]],
  [/^(pyodide|@astral-sh\/ruff)/, ["backends"]],
];

const files = readdirSync(source, { recursive: true })
  .map(String)
  .filter(path => path.endsWith(".ts"));
const roomOf = (path: string) => path.split("/")[0]!.replace(/^protocol$/, "protocol.ts");

/// What a file imports, types and `import()` too.
function importsOf(path: string): string[] {
  const text = readFileSync(join(source, path), "utf8");
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const name =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node)
          ? ts.isLiteralTypeNode(node.argument) && node.argument.literal
          : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
            ? node.arguments[0]
            : undefined;
    if (name && ts.isStringLiteral(name)) found.push(name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ESNext));
  return found;
}

describe("a module of the page or of JupyterLab's plugin", () => {
  it.each(files)("%s imports only what it may", path => {
    const room = roomOf(path);
    expect(MAY_IMPORT, `${room} is new: say here what it may import`).toHaveProperty([room]);
    const wrong = importsOf(path).filter(name => {
      if (name.startsWith(".")) {
        const target = relative(source, join(source, dirname(path), name));
        // A style sheet is no module.
        if (/\.css(\?inline)?$/.test(target)) return !["page", "lab", "report"].includes(room);
        return roomOf(target) !== room && !MAY_IMPORT[room]!.includes(roomOf(target));
      }
      const found = ONLY_THERE.find(([pattern]) => pattern.test(name));
      return !found || !found[1].includes(room);
    });
    expect(wrong).toEqual([]);
  });

  it("of the backends knows of results what is pure, and nothing that shows them", () => {
    const known = files
      .filter(path => roomOf(path) === "backends")
      .flatMap(path => importsOf(path).filter(name => name.includes("/results/")));
    expect([...new Set(known.map(name => basename(name)))]).toEqual(["progress"]);
  });

  it.each(files.filter(path => /^page\/.+\//.test(path)))("%s keeps to its room", path => {
    const room = path.split("/")[1]!;
    expect(PAGE_MAY_IMPORT, `page/${room} is new: say here what it may import`).toHaveProperty([
      room,
    ]);
    const wrong = importsOf(path)
      .filter(name => name.startsWith("."))
      .map(name => relative(source, join(source, dirname(path), name)).split("/"))
      .filter(([top, folder, rest]) => top === "page" && rest !== undefined && folder !== room)
      .filter(([, folder]) => !PAGE_MAY_IMPORT[room]!.includes(folder!));
    expect(wrong).toEqual([]);
  });

  it("stands in docs/architecture.md, if it is a folder", () => {
    const document = readFileSync(join(root, "docs/architecture.md"), "utf8");
    const folders = readdirSync(source, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => `${entry.name}/`);
    expect(folders.filter(name => !document.includes(` ${name}`))).toEqual([]);
  });

  it("does not lead back to itself by way of other rooms", () => {
    const leadsBack = (room: string, seen: string[]): string[] =>
      seen.includes(room)
        ? [...seen, room]
        : (MAY_IMPORT[room]!.map(next => leadsBack(next, [...seen, room])).find(
            way => way.length,
          ) ?? []);
    for (const room of Object.keys(MAY_IMPORT)) expect(leadsBack(room, [])).toEqual([]);
  });
});
