// Which results are stale in an editor: anchors, edits, reloads, and what text that has not run binds.
import { python, pythonLanguage } from "@codemirror/lang-python";
import { EditorState, Text, type TransactionSpec } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { namesOfSource } from "../../labextension/src/editor/language/source_names";
import {
  setStaleMarks,
  staleField,
  staleFound,
  staleReason,
} from "../../labextension/src/editor/stale";
import { listStatements } from "../../labextension/src/editor/statement_list";
import { staleIn } from "../../labextension/src/editor/staleness";
import {
  eventsArrived,
  resultsCleared,
  runSent,
  statementsField,
} from "../../labextension/src/editor/statements";
import { withSyntax } from "../../labextension/src/editor/syntax_package";
import type { Event } from "../../labextension/src/protocol";
import { Model } from "../../labextension/src/results/freshness";
import { planRuns } from "../../labextension/src/results/run_plan";

const namesIn = (source: string) =>
  namesOfSource(pythonLanguage.parser, Text.of(source.split("\n")));

/// An editor with a kernel, which is told of lines, each one statement.
class Editor {
  state: EditorState;
  /// All events so far: what a snapshot has.
  readonly log: Event[] = [];
  private runs = 0;

  constructor(doc: string) {
    const extensions = [statementsField, staleField, python(), withSyntax];
    this.state = EditorState.create({ doc, extensions });
  }

  do(spec: TransactionSpec): this {
    this.state = this.state.update(spec).state;
    return this;
  }

  tell(...events: Event[]): this {
    this.log.push(...events);
    return this.do({ effects: eventsArrived.of({ events, at: 1 }) });
  }

  run(...lines: number[]): this {
    return this.runTo("ok", ...lines);
  }

  /// Runs lines, of which the last ends so.
  runTo(status: "ok" | "error" | "interrupted", ...lines: number[]): this {
    const run = `run${++this.runs}`;
    const { doc } = this.state;
    this.do({ effects: runSent.of({ run, marks: [] }) });
    const which = lines.length ? lines : Array.from({ length: doc.lines }, (_, at) => at + 1);
    const statements = which
      .filter(line => doc.line(line).text.trim())
      .map((line, nodeIndex) => {
        const source = doc.line(line).text;
        const { reads, binds } = namesIn(source);
        return { nodeIndex, lineStart: line, lineEnd: line, isExpr: false, source, reads, binds };
      });
    return this.tell(
      { type: "plan", run, statements } as Event,
      ...statements.flatMap(({ nodeIndex }): Event[] => [
        { type: "status", run, nodeIndex, status: "running" },
        {
          ...{ type: "status", run, nodeIndex, elapsed: 0 },
          status: nodeIndex === statements.length - 1 ? status : "ok",
        } as Event,
      ]),
      { type: "done", run, status, elapsed: 0 },
    );
  }

  /// Replaces a line; deletes it without a text.
  line(number: number, text: string | null): this {
    const { doc } = this.state;
    const { from, to } = doc.line(number);
    if (text !== null) return this.do({ changes: { from, to, insert: text } });
    const end = Math.min(to + 1, doc.length);
    return this.do({ changes: { from: end === to ? Math.max(0, from - 1) : from, to: end } });
  }

  insert(before: number, text: string): this {
    return this.do({ changes: { from: this.state.doc.line(before).from, insert: `${text}\n` } });
  }

  look(): this {
    return this.do({ effects: staleFound.of(staleIn(this.state).reasons) });
  }

  /// "line: reason" of each stale result.
  get stale(): string[] {
    this.look();
    const found: string[] = [];
    const { anchors } = this.state.field(statementsField);
    for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
      const reason = staleReason(this.state, cursor.value);
      if (reason) found.push(`${this.state.doc.lineAt(cursor.from).number}: ${reason}`);
    }
    return found;
  }

  /// The lines that a command would run.
  planned(line: number): number[] {
    const statements = listStatements(this.state, true);
    const at = statements.findIndex(statement => statement.line === line);
    const { history } = this.state.field(statementsField).results;
    return planRuns(new Model(statements, history), [at]).map(index => statements[index]!.line);
  }

  /// Another viewer: the same text, and a snapshot.
  get reloaded(): Editor {
    const other = new Editor(this.state.doc.toString());
    other.tell(
      { type: "attached", log: "l", since: 0, seq: 0, snapshot: true } as Event,
      ...this.log,
    );
    return other;
  }
}

const script = "df = load()\nn = len(df)\ndf = clean(df)\nprint(df)\nprint(n)";

describe("results in an editor", () => {
  it("are stale when what they read was bound again, and say why", () => {
    const editor = new Editor(script).run();
    expect(editor.stale).toEqual([]);
    editor.run(3);
    expect(editor.stale).toEqual([
      "3: When this ran, `df` had been bound by this statement before",
      "4: `df` was bound again on line 3",
    ]);
    expect(editor.run(1, 2, 3, 4, 5).stale).toEqual([]);
  });

  it("are stale while what binds their names is edited, and fresh by undoing it", () => {
    const editor = new Editor(script).run().line(1, "df = load(1)");
    expect(editor.stale.map(text => text[0])).toEqual(["1", "2", "3", "4", "5"]);
    expect(editor.line(1, "df = load()").stale).toEqual([]);
  });

  it.each(["error", "interrupted"] as const)(
    "are stale below a statement that binds what they read and ended with %s",
    status => {
      const editor = new Editor(script).run().runTo(status, 1, 2, 3).run(4);
      expect(editor.stale).toEqual([
        "4: Line 3, which binds `df`, did not run to its end",
        "5: `n` was bound again on line 2",
      ]);
      expect(editor.planned(4)).toEqual([1, 3, 4]);
      expect(editor.reloaded.stale).toEqual(editor.stale);
      expect(editor.run(1, 3, 4).stale).not.toContainEqual(expect.stringMatching(/^4/));
    },
  );

  it("are stale below a new line that binds what they read", () => {
    const editor = new Editor(script).run().insert(4, "df['x'] = 1");
    expect(editor.stale).toEqual(["5: Line 4, which binds `df`, has not run"]);
    expect(editor.line(4, "df.head()").stale).toEqual([]);
    expect(editor.line(4, "df.sort(").stale).toEqual(["5: Line 4, which binds `df`, has not run"]);
    expect(editor.line(4, null).stale).toEqual([]);
  });

  it("are stale when a binder is deleted, until it is back", () => {
    const editor = new Editor(script).run().line(3, null);
    expect(editor.stale).toEqual([
      "3: `df` lives on from a statement that was deleted: df = clean(df)",
    ]);
    expect(editor.insert(3, "df = clean(df)").stale).toEqual([]);
  });

  it("keep their marks when other results are cleared, and are made again", () => {
    const editor = new Editor(script).run().do({ effects: resultsCleared.of(null) });
    expect(editor.run(4).stale).toEqual([]);
    editor.line(1, "df = load(1)");
    expect(editor.stale.map(text => text[0])).toEqual(["4"]);
  });

  it("are those of the run before, if one is cancelled before they are made", () => {
    const editor = new Editor(script).run().line(1, "df = load(1)");
    const plan = { nodeIndex: 0, lineStart: 1, lineEnd: 1, isExpr: false, source: "df = load(1)" };
    editor.tell(
      { type: "plan", run: "c", statements: [{ ...plan, binds: ["df"] }] } as Event,
      { type: "status", run: "c", nodeIndex: 0, status: "cancelled" } as Event,
      { type: "done", run: "c", status: "interrupted", elapsed: 0 } as Event,
    );
    expect(editor.stale.slice(0, 2)).toEqual([
      "1: Edited since it ran",
      "2: Line 1, which binds `df`, was edited since it ran",
    ]);
  });

  it("do not change by a restart, and what runs then without its binder is stale", () => {
    const editor = new Editor(script).run();
    const kernel = { name: "python3" };
    editor.tell({ type: "session", session: "s", state: "restarting", kernel } as unknown as Event);
    expect(editor.stale).toEqual([]);
    expect(editor.run(4).stale).toEqual(["4: When this ran, line 3 had not bound `df`"]);
    expect(editor.planned(4)).toEqual([1, 3, 4]);
  });

  it("have no reason, their own edit neither, while nothing is to be marked", () => {
    const editor = new Editor(script).run().line(1, "df = load(1)").look();
    const reasons = () => {
      const found: string[] = [];
      for (let at = editor.state.field(statementsField).anchors.iter(); at.value; at.next())
        found.push(staleReason(editor.state, at.value));
      return found.filter(Boolean).length;
    };
    expect(reasons()).toBe(5);
    expect(editor.do({ effects: setStaleMarks.of(false) }).look() && reasons()).toBe(0);
    expect(editor.do({ effects: setStaleMarks.of(true) }).look() && reasons()).toBe(5);
  });

  it("have no mark of before when they are made again", () => {
    const editor = new Editor(script).run().run(1).look();
    const plan = { nodeIndex: 0, lineStart: 4, lineEnd: 4, isExpr: false, source: "print(df)" };
    editor.tell({ type: "plan", run: "q", statements: [{ ...plan, reads: ["df"] }] } as Event);
    expect(editor.stale.map(text => text[0])).toEqual(["2", "3", "5"]);
    const ran: Event[] = [{ type: "status", run: "q", nodeIndex: 0, status: "ok", elapsed: 0 }];
    // Before anyone looks again.
    editor.do({ effects: eventsArrived.of({ events: ran, at: 1 }) });
    expect(editor.state.field(staleField)?.has("q 0")).toBe(false);
  });

  it("need what new statements need, through the functions that they call", () => {
    const text = "k = 2\ndef f(x):\n    return g(x)\ng = abs\ny = f(3)";
    expect(new Editor(text).planned(5)).toEqual([2, 4, 5]);
    expect(new Editor(text.replace("g(x)", "g(x) + k")).planned(5)).toEqual([1, 2, 4, 5]);
  });

  it("have the same marks for another viewer, and after a reload", () => {
    let seed = 5;
    const next = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const name = () => "abcd"[next(4)]!;
    let turn = 0;
    const line = () =>
      next(3)
        ? `${name()} = f(${name()}, ${name()}, ${turn++})`
        : `print(${name()}, ${name()}, ${turn++})`;
    let marks = 0;
    for (let round = 0; round < 40; round++) {
      const editor = new Editor(Array.from({ length: 8 }, line).join("\n")).run();
      for (let step = 0; step < 12; step++) {
        const at = 1 + next(editor.state.doc.lines);
        const what = next(5);
        if (what === 0) editor.line(at, line());
        else if (what === 1) editor.insert(at, line());
        else if (what === 2 && editor.state.doc.lines > 3) editor.line(at, null);
        else editor.run(at);
      }
      const lines = (all: string[]) => all.map(text => text.split(":")[0]);
      // Of a statement that was edited another viewer, who has the new text, has no result.
      const mine = lines(editor.stale.filter(text => !text.endsWith(": Edited since it ran")));
      const theirs = lines(editor.reloaded.stale);
      expect(theirs).toEqual(mine);
      marks += mine.length;
    }
    expect(marks).toBeGreaterThan(100);
  });
});

describe("a statement that has not run", () => {
  it.each<[string, string, string]>([
    ["x = y", "x", "y"],
    ["x, (y, *z) = a", "x y z", "a"],
    ["x += y", "x", "x y"],
    ["x[0] = y", "x", "x y"],
    ["x.a.b[1].c = y", "x", "x y"],
    ["x[0] += 1", "x", "x"],
    ["x.append(y)", "x", "x y"],
    ["row = next(reader)", "reader row", "next reader"],
    ["heapq.heappush(queue.items, x)", "queue", "heapq queue x"],
    ["print(len(x))", "", "len print x"],
    ["x.a.sort()", "x", "x"],
    ["x.head()", "", "x"],
    ["x.drop(1, inplace=True)", "x", "x"],
    ["del x", "x", ""],
    ["del x[0]", "x", "x"],
    ["import os.path, sys as s", "os s", ""],
    ["from a import *", "*", ""],
    ["from a import b as c", "c", ""],
    ["import np\nnp.put(1)", "np", ""],
    ["def f(a, b=c):\n    return d + a", "f", "c"],
    ["class A(B):\n    x = y\n    def m(self): return z", "A", "B y"],
    ["for i in xs:\n    total += i", "i total", "i total xs"],
    ["with open(p) as f:\n    t = f.read()", "f t", "open p"],
    ["[x for x in xs]", "", "xs"],
    ["(n := len(xs))", "n", "len xs"],
    ["if a:\n    b = 1\nelse:\n    c = 2", "b c", "a b c"],
    ["exec(code)", "*", "* exec code"],
    ["f = lambda x: x + y", "f", ""],
    ["try:\n    a = b\nexcept E as e:\n    pass", "a e", "a b e E"],
    ["match a:\n    case [b, *c]:\n        d = b", "b c d", "a b c d"],
    ["x = f(x", "x", "f x"],
    ["# nothing", "", ""],
  ])("%s binds %s and reads %s", (source, binds, reads) => {
    const found = namesIn(source);
    const sorted = (names: readonly string[]) => [...names].sort().join(" ");
    const words = (text: string) => text.split(" ").filter(Boolean).sort().join(" ");
    expect(sorted(found.binds)).toBe(words(binds));
    expect(sorted(found.reads)).toBe(words(reads));
  });

  it("reads what its functions read only when they are called", () => {
    expect(namesIn("def f(a):\n    return g(a) + k").later).toEqual(["g", "k"]);
  });
});
