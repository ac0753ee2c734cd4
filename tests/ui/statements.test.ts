import { python } from "@codemirror/lang-python";
import { EditorState, type TransactionSpec } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { announcements, newlyBroken } from "../../labextension/src/editor/announcements";
import { brokenField } from "../../labextension/src/editor/broken";
import { statementsIn, toRun } from "../../labextension/src/editor/statement_lines";
import { markAt } from "../../labextension/src/editor/gutter";
import {
  foldsField,
  foldsRemembered,
  foldsToKeep,
  isFolded,
  resultsFolded,
} from "../../labextension/src/editor/folds";
import {
  geometryField,
  layoutChosen,
  measured,
  spacerOf,
} from "../../labextension/src/editor/spacers";
import { contentOf } from "../../labextension/src/editor/content";
import {
  eachGroup,
  eventsArrived,
  resultsCleared,
  runningStatement,
  runSent,
  statementsField,
} from "../../labextension/src/editor/statements";
import { withSyntax } from "../../labextension/src/editor/syntax_package";
import type { Event, PlannedStatement, Status } from "../../labextension/src/protocol";

/// An editor without a screen: what it shows is text such as "2-3 stale: out".
class Editor {
  state: EditorState;

  constructor(doc: string) {
    this.state = EditorState.create({
      doc,
      extensions: [statementsField, brokenField, geometryField, python(), withSyntax],
    });
  }

  do(spec: TransactionSpec): this {
    this.state = this.state.update(spec).state;
    return this;
  }

  events(...events: Event[]): this {
    return this.do({ effects: eventsArrived.of({ events, at: 1000 }) });
  }

  /// Runs statements given as [first line, last line, output].
  run(id: string, ...statements: [number, number, string?][]): this {
    return this.send(id).events(...this.told(id, statements));
  }

  send(run: string): this {
    return this.do({ effects: runSent.of({ run, marks: [] }) });
  }

  told(run: string, statements: [number, number, string?][], text = this.text): Event[] {
    const lines = text.split("\n");
    const planned = statements.map(([lineStart, lineEnd], nodeIndex): PlannedStatement => {
      const source = lines.slice(lineStart - 1, lineEnd).join("\n");
      return { nodeIndex, lineStart, lineEnd, isExpr: true, source };
    });
    return [
      { type: "plan", run, statements: planned },
      ...statements.flatMap(([, , output], nodeIndex): Event[] => [
        { type: "status", run, nodeIndex, status: "running" },
        ...(output === undefined
          ? []
          : [
              { type: "output", run, nodeIndex, output: { type: "stdout", text: output } } as Event,
            ]),
        { type: "status", run, nodeIndex, status: "ok", elapsed: 0 },
      ]),
      { type: "done", run, status: "ok", elapsed: 0 },
    ];
  }

  insert(at: number, insert: string): this {
    return this.do({ changes: { from: at, insert } });
  }

  replace(what: string, by: string): this {
    const from = this.text.indexOf(what);
    expect(from).toBeGreaterThanOrEqual(0);
    return this.do({ changes: { from, to: from + what.length, insert: by } });
  }

  get text(): string {
    return this.state.doc.toString();
  }

  get shown(): string[] {
    const { anchors, results } = this.state.field(statementsField);
    const list: string[] = [];
    eachGroup(anchors, 0, this.state.doc.length, ({ members }) => {
      for (const { anchor, from, to } of members) {
        const content = contentOf(results, anchor)!;
        const { doc } = this.state;
        const lines = `${doc.lineAt(from).number}-${doc.lineAt(to).number}`;
        const text = content.outcome.parts.map(part => ("text" in part ? part.text : "…")).join("");
        const flags = `${anchor.isStale ? " stale" : ""}${content.isEarlier ? " earlier" : ""}`;
        list.push(`${lines}${flags}: ${text}`);
      }
    });
    return list;
  }

  get detached(): number {
    return this.state.field(statementsField).detached.anchors.length;
  }
}

const script = "a\nfor x in y:\n    b\n\nc";

function ran(): Editor {
  return new Editor(script).run("r", [1, 1, "A"], [2, 3, "B"], [5, 5, "C"]);
}

describe("results and edits", () => {
  it("move with their statements when a line is inserted above", () => {
    expect(ran().insert(0, "# new\n").shown).toEqual(["2-2: A", "3-4: B", "6-6: C"]);
  });
  it("stay where they are when lines come after them", () => {
    expect(ran().insert(script.length, "\nd").shown).toEqual(["1-1: A", "2-3: B", "5-5: C"]);
  });
  it("are not stale by a line put before the statement at its very start", () => {
    expect(ran().insert(2, "new\n").shown).toEqual(["1-1: A", "3-4: B", "6-6: C"]);
  });
  it("are stale while their source differs from what ran", () => {
    const editor = ran().insert(script.length, "0");
    expect(editor.shown).toEqual(["1-1: A", "2-3: B", "5-5 stale: C"]);
    editor.do({ changes: { from: script.length, to: script.length + 1 } });
    expect(editor.shown).toEqual(["1-1: A", "2-3: B", "5-5: C"]);
  });
  it("are stale by an edit inside, and fresh again by its undoing", () => {
    const editor = ran().replace("    b", "    bb");
    expect(editor.shown[1]).toBe("2-3 stale: B");
    expect(editor.replace("    bb", "    b").shown[1]).toBe("2-3: B");
  });
  it.each(["# new\n", "new\n", "def g():\n    pass\n\n"])(
    "are fresh when %j was typed above, letter by letter",
    typed => {
      const editor = ran();
      [...typed].forEach((letter, at) => editor.insert(at, letter));
      const by = typed.split("\n").length - 1;
      expect(editor.shown[0]).toBe(`${1 + by}-${1 + by}: A`);
      [...typed].forEach((letter, at) => editor.insert(2 + typed.length + at, letter));
      expect(editor.shown[1]).toBe(`${2 + 2 * by}-${3 + 2 * by}: B`);
    },
  );
  it("are fresh when lines were commented out and in again", () => {
    const editor = ran();
    for (const at of [2, 15]) editor.insert(at, "# ");
    expect(editor.shown[1]).toBe("2-3 stale: B");
    for (const at of [15, 2]) editor.do({ changes: { from: at, to: at + 2 } });
    expect(editor.shown[1]).toBe("2-3: B");
  });
  it("are stale by text typed before the statement on its line", () => {
    expect(ran().insert(0, "x = ").shown[0]).toBe("1-1 stale: A");
  });
  it("are not stale by a comment after the statement", () => {
    expect(ran().insert(1, "  # why").shown[0]).toBe("1-1: A");
  });
  it("are stale when lines join the statement, and stand after them", () => {
    const editor = ran().replace("    b\n", "    b\n    d\n");
    expect(editor.shown[1]).toBe("2-4 stale: B");
    expect(editor.replace("    d\n", "").shown[1]).toBe("2-3: B");
  });
  it("are stale when an else joins the statement", () => {
    const editor = ran();
    editor.replace("    b\n", "    b\nelse:\n    d\n");
    expect(editor.shown[1]).toBe("2-5 stale: B");
  });
  it("are stale when a decorator is put on top", () => {
    const editor = new Editor("def f():\n    a").run("r", [1, 2, "F"]).insert(0, "@d\n");
    expect(editor.shown).toEqual(["2-3 stale: F"]);
  });
  it("are kept, stale, when other text replaces the statement as a whole", () => {
    expect(ran().replace("c", "d").shown[2]).toBe("5-5 stale: C");
    expect(new Editor("a").run("r", [1, 1, "A"]).replace("a", "b").shown).toEqual(["1-1 stale: A"]);
  });
  it("split with their statement when Enter is pressed inside", () => {
    expect(ran().replace("x in", "x\nin").shown[1]).toBe("2-4 stale: B");
  });
});

describe("results of deleted statements", () => {
  it("are detached, and do not go to the text that follows", () => {
    const editor = ran().replace("a\n", "");
    expect([editor.shown, editor.detached]).toEqual([["1-2: B", "4-4: C"], 1]);
  });
  it("are detached when only blank lines are left", () => {
    const editor = ran().replace("c", "");
    expect([editor.shown, editor.detached]).toEqual([["1-1: A", "2-3: B"], 1]);
  });
  it("come back with the text by undo", () => {
    const editor = ran().replace("a\n", "").insert(0, "a\n");
    expect([editor.shown, editor.detached]).toEqual([["1-1: A", "2-3: B", "5-5: C"], 0]);
  });
  it("go to no other statement when its lines are deleted one by one, and come back", () => {
    // As editors delete a line: with the break before it.
    const editor = ran().replace("\nfor x in y:", "");
    expect(editor.shown).toContain("2-2 stale: B");
    editor.replace("\n    b", "");
    expect([editor.shown, editor.detached]).toEqual([["1-1: A", "3-3: C"], 1]);
    editor.insert(1, "\n    b").insert(1, "\nfor x in y:");
    expect([editor.shown, editor.detached]).toEqual([["1-1: A", "2-3: B", "5-5: C"], 0]);
  });
  it("come back when a line is moved through the statement, line by line", () => {
    const moveDown = (editor: Editor, line: string, below: string) =>
      editor.do({
        changes: [
          { from: editor.text.indexOf(line), insert: `${below}\n` },
          {
            from: editor.text.indexOf(`\n${below}`),
            to: editor.text.indexOf(`\n${below}`) + below.length + 1,
          },
        ],
      });
    const editor = moveDown(ran(), "a", "for x in y:");
    expect(editor.shown).toContain("3-3 stale: B");
    expect(moveDown(editor, "a", "    b").shown).toEqual(["1-2: B", "3-3: A", "5-5: C"]);
  });
  it("come back when everything is deleted and undone", () => {
    const editor = ran().do({ changes: { from: 0, to: script.length } });
    expect([editor.shown, editor.detached]).toEqual([[], 3]);
    expect(editor.insert(0, script).shown).toEqual(["1-1: A", "2-3: B", "5-5: C"]);
  });
  it("come back when the text is typed again, letter by letter", () => {
    const editor = ran().replace("for x in y:\n    b\n", "");
    let at = 2;
    for (const letter of "for x in y:\n    b\n") editor.insert(at++, letter);
    expect(editor.shown).toEqual(["1-1: A", "2-3: B", "5-5: C"]);
  });
  it("go along by cut and paste", () => {
    const editor = ran().replace("a\n", "");
    editor.insert(editor.state.doc.length, "\na");
    expect(editor.shown).toEqual(["1-2: B", "4-4: C", "5-5: A"]);
  });
  it("go along when stale ones are cut and pasted", () => {
    const editor = ran().replace("c", "cc").replace("cc", "").insert(0, "cc\n");
    expect(editor.shown[0]).toBe("1-1 stale: C");
  });
  it("go along when a line is moved up, as one change", () => {
    const editor = new Editor("a\nb").run("r", [1, 1, "A"], [2, 2, "B"]);
    editor.do({
      changes: [
        { from: 0, to: 2 },
        { from: 3, insert: "\na" },
      ],
    });
    expect([editor.text, editor.shown]).toEqual(["b\na", ["1-1: B", "2-2: A"]]);
  });
  it("stand where they stood when the whole text is replaced by the same and more", () => {
    const editor = ran().do({
      changes: { from: 0, to: script.length, insert: `# top\n${script}` },
    });
    expect(editor.shown).toEqual(["2-2: A", "3-4: B", "6-6: C"]);
  });
  it("come back where a formatter left their text alone", () => {
    const formatted = script.replace("    b", "    b()");
    const editor = ran().do({ changes: { from: 0, to: script.length, insert: formatted } });
    expect(editor.shown).toEqual(["1-1: A", "5-5: C"]);
  });
  it("come back in order where their text stands more than once", () => {
    const editor = new Editor("a\na\na").run("r", [1, 1, "1"], [2, 2, "2"], [3, 3, "3"]);
    editor.do({ changes: { from: 0, to: 5, insert: "a\na\n\na" } });
    expect(editor.shown).toEqual(["1-1: 1", "2-2: 2", "4-4: 3"]);
  });
  it("do not come back where another result stands", () => {
    const editor = new Editor("a\nb").run("r", [1, 1, "A"], [2, 2, "B"]).replace("a\n", "");
    editor.replace("b", "a");
    expect(editor.shown).toEqual(["1-1 stale: B"]);
  });
});

describe("folds", () => {
  const folds = (editor: Editor) => editor.state.field(foldsField);
  const first = (editor: Editor) => editor.state.field(statementsField).anchors.iter().value!.id;
  const fold = (editor: Editor, isFolded = true) =>
    editor.do({ effects: resultsFolded.of({ ids: [first(editor)], isFolded }) });
  const remember = (editor: Editor, kept: Iterable<[string, boolean]>) =>
    editor.do({ effects: foldsRemembered.of(new Map(kept)) });

  it("go with the results that are cleared, and are none of later results", () => {
    const editor = fold(new Editor("a").run("r", [1, 1, "A"]));
    expect(isFolded(folds(editor), first(editor))).toBe(true);
    editor.do({ effects: resultsCleared.of(null) }).run("s", [1, 1, "A"]);
    expect(isFolded(folds(editor), first(editor))).toBe(false);
  });

  it("are kept for the page after the next, where a page is left before its results have come", () => {
    const kept = foldsToKeep(fold(ran()).state);
    expect([...kept]).toEqual([["0 a", true]]);
    const left = remember(new Editor(script), kept);
    expect([...foldsToKeep(left.state)]).toEqual([["0 a", true]]);
    const came = remember(new Editor(script), foldsToKeep(left.state));
    came.events(...came.told("r", [[1, 1, "A"]]));
    expect(isFolded(folds(came), first(came))).toBe(true);
    expect([...foldsToKeep(fold(came, false).state)]).toEqual([["0 a", false]]);
  });

  it("of an earlier page are looked for once", () => {
    const editor = remember(ran(), [["0 a", true]]);
    expect(isFolded(folds(editor), first(editor))).toBe(true);
    expect(folds(editor).remembered.size).toBe(0);
  });
});

describe("statements that share a line", () => {
  const line = (run: string): Event[] => [
    {
      type: "plan",
      run,
      statements: ["a = 1", "b"].map((source, nodeIndex) => ({
        nodeIndex,
        lineStart: 1,
        lineEnd: 1,
        isExpr: true,
        source,
      })),
    },
    { type: "output", run, nodeIndex: 0, output: { type: "stdout", text: "A" } },
    { type: "output", run, nodeIndex: 1, output: { type: "stdout", text: "B" } },
    { type: "status", run, nodeIndex: 0, status: "ok", elapsed: 0 },
    { type: "status", run, nodeIndex: 1, status: "ok", elapsed: 0 },
  ];

  it("keep their order, also when run again", () => {
    const editor = new Editor("a = 1; b\nc").send("r").events(...line("r"));
    expect(editor.shown).toEqual(["1-1: A", "1-1: B"]);
    expect(editor.send("s").events(...line("s")).shown).toEqual(["1-1: A", "1-1: B"]);
  });
  it("come from a snapshot too", () => {
    expect(new Editor("a = 1; b\nc").events(...line("r")).shown).toEqual(["1-1: A", "1-1: B"]);
  });
  it("go and come together", () => {
    const editor = new Editor("a = 1; b\nc")
      .send("r")
      .events(...line("r"))
      .replace("a = 1; b\n", "");
    expect(editor.shown).toEqual([]);
    expect(editor.insert(1, "\na = 1; b").shown).toEqual(["2-2: A", "2-2: B"]);
  });
});

describe("a run", () => {
  it("puts its results where its lines are now, when the text was edited since it was sent", () => {
    const editor = new Editor("a\nb").send("r");
    const events = editor.told("r", [
      [1, 1, "A"],
      [2, 2, "B"],
    ]);
    editor
      .insert(0, "# one\n# two\n")
      .replace("b", "bb")
      .events(...events);
    expect(editor.shown).toEqual(["3-3: A", "4-4 stale: B"]);
  });
  it("keeps a result whose statement was deleted meanwhile until its text comes back", () => {
    const editor = new Editor("a\nb").send("r");
    const events = editor.told("r", [
      [1, 1, "A"],
      [2, 2, "B"],
    ]);
    editor.replace("a\n", "").events(...events);
    expect(editor.shown).toEqual(["1-1: B"]);
    expect(editor.insert(0, "a\n").shown).toEqual(["1-1: A", "2-2: B"]);
  });
  it("marks statements in the transaction that sends it, until its plan is there", () => {
    const editor = new Editor(script).do({
      effects: runSent.of({ run: "r", marks: [{ from: 2, to: 19 }] }),
    });
    const mark = (line: number) => {
      const { from, to } = editor.state.doc.line(line);
      return markAt(editor.state, from, to)?.mark;
    };
    expect([1, 2, 3, 5].map(mark)).toEqual([undefined, "queued", "queued", undefined]);
    editor.events(editor.told("r", [[5, 5]])[0]);
    expect([1, 2, 3, 5].map(mark)).toEqual([undefined, undefined, undefined, "queued"]);
  });
  it("marks nothing any more when it is refused", () => {
    const editor = new Editor("a").do({
      effects: runSent.of({ run: "r", marks: [{ from: 0, to: 1 }] }),
    });
    editor.events({ type: "error", message: "busy", run: "r" });
    expect(markAt(editor.state, 0, 1)).toBeNull();
  });
  it("replaces the results of the statements that it runs, and no others", () => {
    const editor = ran()
      .send("s")
      .events(...ran().told("s", [[2, 3, "again"]]));
    expect(editor.shown).toEqual(["1-1: A", "2-3: again", "5-5: C"]);
    const { results } = editor.state.field(statementsField);
    expect([results.get("r", 1), results.get("r", 0)?.nodeIndex]).toEqual([null, 0]);
  });
  it("leaves what was there until it has something to say", () => {
    const editor = ran().send("s");
    const [plan, running, output] = editor.told("s", [[1, 1, "new"]]);
    expect(editor.events(plan).shown[0]).toBe("1-1 earlier: A");
    expect(editor.events(running).shown[0]).toBe("1-1 earlier: A");
    expect(editor.events(output).shown[0]).toBe("1-1: new");
  });
  it("leaves what was there of a statement that it cancels", () => {
    const editor = ran().send("s");
    const [plan] = editor.told("s", [[1, 1]]);
    editor.events(plan, { type: "status", run: "s", nodeIndex: 0, status: "cancelled" });
    expect(editor.shown[0]).toBe("1-1 earlier: A");
  });
  it("says which statement runs", () => {
    const editor = new Editor(script).send("r");
    const [plan] = editor.told("r", [[2, 3]]);
    editor.events(plan, { type: "status", run: "r", nodeIndex: 0, status: "running" });
    expect(runningStatement(editor.state)).toEqual({ lineStart: 2, lineEnd: 3, since: 1000 });
    editor.insert(0, "\n");
    expect(runningStatement(editor.state)).toEqual({ lineStart: 3, lineEnd: 4, since: 1000 });
    editor.events({ type: "status", run: "r", nodeIndex: 0, status: "ok", elapsed: 1 });
    expect(runningStatement(editor.state)).toBeNull();
  });
});

describe("a snapshot", () => {
  const told = ran().told("r", [
    [1, 1, "A"],
    [2, 3, "B"],
    [5, 5, "C"],
  ]);

  it("attaches results to statements by their source", () => {
    expect(new Editor(script).events(...told).shown).toEqual(["1-1: A", "2-3: B", "5-5: C"]);
  });
  it("finds statements that have moved", () => {
    const editor = new Editor(`# top\n\n${script}`).events(...told);
    expect(editor.shown).toEqual(["3-3: A", "4-5: B", "7-7: C"]);
  });
  it("takes the nearest where the source stands more than once", () => {
    const doc = "c\n\n\n\n\n\nc\nc\n";
    const events = new Editor("\n\n\n\n\n\n\n\nc").told("r", [[9, 9, "C"]]);
    expect(new Editor(doc).events(...events).shown).toEqual(["8-8: C"]);
  });
  it("keeps results of text that is not there until it is", () => {
    const editor = new Editor("a\n\nc").events(...told);
    expect([editor.shown, editor.detached]).toEqual([["1-1: A", "3-3: C"], 1]);
    expect(editor.insert(2, "for x in y:\n    b\n").shown[1]).toBe("2-3: B");
  });
  it("leaves results in place that were there before the connection was lost", () => {
    const editor = ran().replace("c", "cc");
    editor.events({ type: "attached", log: "l", since: 0, seq: 1, snapshot: true }, ...told);
    expect(editor.shown).toEqual(["1-1: A", "2-3: B", "5-5 stale: C"]);
  });
});

describe("spacers", () => {
  const spaced = { effects: layoutChosen.of("spaced") };
  const spacers = (editor: Editor): [number, number][] => {
    const found: [number, number][] = [];
    const { decorations } = editor.state.field(geometryField);
    for (const cursor = decorations.iter(); cursor.value; cursor.next())
      found.push([
        editor.state.doc.lineAt(cursor.from).number,
        (cursor.value.spec.widget as { px: number }).px,
      ]);
    return found;
  };
  const derived = (editor: Editor): [number, number][] => {
    const found: [number, number][] = [];
    const { state } = editor;
    eachGroup(state.field(statementsField).anchors, 0, state.doc.length, group => {
      const px = spacerOf(state.field(geometryField), state, group);
      if (px) found.push([state.doc.lineAt(group.to).number, px]);
    });
    return found;
  };

  it("come in the transaction that brings the results", () => {
    const editor = new Editor("a\nb").do(spaced).run("r", [1, 1, "1\n2\n3\n"], [2, 2, "1"]);
    expect(spacers(editor)).toEqual([[1, 48]]);
  });

  it("have the height of a figure by the cap of figures, when that alone changes", () => {
    const output = { type: "display", text: "", data: { "image/png": "AAAA" }, metadata: {} };
    const editor = new Editor("a").do(spaced);
    const [plan] = editor.told("r", [[1, 1]]);
    const figure = { ...output, metadata: { width: 100, height: 900 } };
    editor.events(plan!, { type: "output", run: "r", nodeIndex: 0, output: figure } as Event);
    const height = () => [...editor.state.field(geometryField).heights.values()][0]!.px;
    const metrics = editor.state.field(geometryField).metrics;
    expect(height()).toBe(metrics.figureCap);
    const figureCap = metrics.figureCap - 20;
    editor.do({ effects: measured.of({ metrics: { ...metrics, figureCap } }) });
    expect(height()).toBe(figureCap);
  });

  it("are what the results need, after any edits", () => {
    const editor = new Editor(Array.from({ length: 60 }, (_, n) => `f(${n})`).join("\n"));
    editor
      .do(spaced)
      .run(
        "r",
        ...Array.from({ length: 60 }, (_, n): [number, number, string] => [
          n + 1,
          n + 1,
          "x\n".repeat(1 + (n % 4)),
        ]),
      );
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let step = 0; step < 150; step++) {
      const { length } = editor.state.doc;
      const from = random(length + 1);
      const to = Math.min(length, from + (random(3) ? 0 : random(40)));
      const insert = ["", "x", "\n", "f(3)\n", "\nf(8)", "    y\n", "f(1)\nf(2)\nf(4)\n"][
        random(7)
      ];
      const cut = editor.state.sliceDoc(from, to);
      editor.do({ changes: { from, to, insert } });
      expect(spacers(editor)).toEqual(derived(editor));
      if (random(2)) {
        editor.do({ changes: { from, to: from + insert.length, insert: cut } });
        expect(spacers(editor)).toEqual(derived(editor));
      }
    }
  }, 30_000);
});

describe("what to run", () => {
  const doc =
    "import x\n\n# a heading\nif a:\n    b\n\n    c\nelse:\n    d\n\nf(\n  1,\n)\ny = 1; z\n";
  const lines = (anchor: string, head = anchor) => {
    const editor = new Editor(doc);
    const at = (text: string) => doc.indexOf(text);
    editor.do({ selection: { anchor: at(anchor), head: at(head) } });
    return toRun(editor.state).map(({ from, to }) => [
      editor.state.doc.lineAt(from).number,
      editor.state.doc.lineAt(to).number,
    ]);
  };

  it.each<[string, string, string, number[][]]>([
    ["the statement of the cursor", "x", "x", [[1, 1]]],
    ["the whole statement from inside", "\n    c", "\n    c", [[4, 9]]],
    ["the statement below a comment", "# a", "# a", [[4, 9]]],
    ["the statement below an empty line", "\n# a", "\n# a", [[4, 9]]],
    [
      "all statements of a selection",
      "import",
      "1,",
      [
        [1, 1],
        [4, 9],
        [11, 13],
      ],
    ],
    ["not the line where a selection only ends", "import", "\n# a", [[1, 1]]],
    ["all statements of a line", "z", "z", [[14, 14]]],
  ])("%s", (_what, anchor, head, found) => {
    expect(lines(anchor, head)).toEqual(found);
  });

  it("nothing below the last statement", () => {
    const editor = new Editor("a\n\n# end\n").do({ selection: { anchor: 3 } });
    expect(toRun(editor.state)).toEqual([]);
  });

  it("finds all statements of a script", () => {
    const { state } = new Editor(doc);
    expect(statementsIn(state, 0, doc.length, 50).length).toBe(4);
  });
});

describe("what does not parse elsewhere", () => {
  const text = "1 + 1\nif:\n2 + 2\n";
  const plan = (run: string, ...broken: [number, number, number][]): Event => ({
    type: "plan",
    run,
    statements: [],
    broken: broken.map(([lineStart, lineEnd, line]) => ({
      lineStart,
      lineEnd,
      line,
      message: "invalid syntax",
    })),
  });
  const marked = ({ state }: Editor) =>
    state.field(brokenField).map(({ at, message }) => {
      const { number, to } = state.doc.lineAt(at);
      return `${number} ${state.sliceDoc(at, to)}: ${message}`;
    });
  const invalid = (line: string) => [`${line}: SyntaxError: invalid syntax`];

  it("is marked at its line, until a later plan does not tell of it", () => {
    const editor = new Editor(text).send("r").events(plan("r", [2, 2, 2]));
    expect(marked(editor)).toEqual(invalid("2 if:"));
    expect(marked(editor.send("s").events(plan("s")))).toEqual([]);
  });
  it("is marked where it stands after edits", () => {
    const editor = new Editor(text)
      .send("r")
      .insert(0, "0\n")
      .events(plan("r", [2, 2, 2]));
    expect(marked(editor)).toEqual(invalid("3 if:"));
    expect(marked(editor.insert(0, "\n"))).toEqual(invalid("4 if:"));
    expect(marked(editor.insert(editor.text.indexOf("if:") + 3, "\n"))).toEqual(invalid("4 if:"));
  });
  it("is not marked once it was edited", () => {
    const editor = new Editor(text)
      .send("r")
      .insert(8, " x")
      .events(plan("r", [2, 2, 2]));
    expect(marked(editor)).toEqual([]);
    const after = new Editor(text)
      .send("r")
      .events(plan("r", [2, 2, 2]))
      .insert(8, " x");
    expect(marked(after)).toEqual([]);
    const gone = new Editor(text).send("r").events(plan("r", [2, 2, 2]));
    expect(marked(gone.do({ changes: { from: 4, to: 10 } }))).toEqual([]);
  });
  it("is marked at its own lines if the error is told of the line behind", () => {
    const editor = new Editor("if x:\n\n1\n").send("r").events(plan("r", [1, 2, 3]));
    expect(marked(editor)).toEqual(invalid("1 if x:"));
    expect(marked(editor.insert(7, "  "))).toEqual([]);
  });
  it("is not marked for a run of a text that is not known", () => {
    expect(marked(new Editor(text).events(plan("r", [2, 2, 2])))).toEqual([]);
  });
  it("is said once, at the end of the run", () => {
    const editor = new Editor(text);
    const said = (run: string) => {
      const { state } = editor.send(run).events(plan(run, [2, 2, 2]));
      expect(newlyBroken([plan(run, [2, 2, 2])], state)).toEqual([]);
      return newlyBroken([{ type: "done", run, status: "ok", elapsed: 0 }], state);
    };
    expect(said("r")).toEqual(["Line 2: SyntaxError: invalid syntax"]);
    expect(said("s")).toEqual([]);
  });
});

describe("announcements", () => {
  const said = (editor: Editor, events: Event[]) => announcements(events, editor.state);
  const ended = (status: Status, nodeIndex: number): Event => ({
    type: "status",
    run: "r",
    nodeIndex,
    status,
    elapsed: 0,
  });

  it("tell each result of a short run", () => {
    const editor = new Editor(script).send("r");
    const events = editor.told("r", [
      [1, 1, "30\n"],
      [2, 3],
    ]);
    expect(said(editor.events(...events), events)).toEqual(["Line 1: 30", "Lines 2 to 3: done"]);
  });
  it("tell an error by its name", () => {
    const editor = new Editor("a").send("r");
    const events: Event[] = [
      editor.told("r", [[1, 1]])[0],
      {
        type: "output",
        run: "r",
        nodeIndex: 0,
        output: { type: "error", name: "NameError", message: "no a", text: "", frames: [] },
      },
      ended("error", 0),
      { type: "done", run: "r", status: "error", elapsed: 0 },
    ];
    expect(said(editor.events(...events), events)).toEqual(["Line 1: NameError: no a"]);
  });
  it("tell of a long run its beginning and its end", () => {
    const editor = new Editor("a\nb\nc\nd").send("r");
    const events = editor.told("r", [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    events.splice(-1, 0, ended("error", 3));
    expect(said(editor.events(...events), events)).toEqual([
      "Running 4 statements",
      "4 run, 1 error",
    ]);
  });
});
