// Which results are stale: the rule. A script is lines "names bound <- names read // comment".
import { describe, expect, it } from "vitest";
import {
  describeStale,
  findStale,
  Model,
  staleOf,
  type TextStatement,
} from "../../labextension/src/results/freshness";
import {
  executed,
  withoutForgotten,
  type Execution,
  type History,
} from "../../labextension/src/results/history";
import type { Event } from "../../labextension/src/protocol";
import type { StatementProgress } from "../../labextension/src/results/progress";
import { lasting, planRuns } from "../../labextension/src/results/run_plan";

interface Line {
  text: string;
  ran: Execution | null;
  value: number;
}

function namesOf(text: string) {
  const [binds = "", reads = ""] = text.split("//")[0]!.split("<-");
  const list = (part: string) => part.split(" ").filter(Boolean);
  return { binds: list(binds), reads: list(reads) };
}

function hash(text: string): number {
  let value = 7;
  for (let i = 0; i < text.length; i++) value = (Math.imul(value, 31) + text.charCodeAt(i)) | 0;
  return value;
}

const pool = ["a", "b", "c", "d"];

/// Performs a statement: its value depends on its text and on all that it reads, and what it binds on
/// that. Of "*" it binds those that its text decides.
function perform(text: string, namespace: Map<string, number>): number {
  const { binds, reads } = namesOf(text);
  const seen = reads.includes("*") ? [...namespace.keys()].sort() : reads;
  const value = hash(text + seen.map(name => `${name}=${namespace.get(name)}`).join());
  for (const name of binds.includes("*")
    ? [...binds, ...pool.filter(name => hash(text + name) % 2)]
    : binds)
    if (name !== "*") namespace.set(name, hash(`${value}${name}`));
  return value;
}

/// A script with a kernel.
class Session {
  lines: Line[];
  history: History = { executions: [], epoch: 0 };
  namespace = new Map<string, number>();
  private readonly before: Line[][] = [];

  constructor(script: string) {
    this.lines = script.split("\n").map(text => ({ text: text.trim(), ran: null, value: 0 }));
  }

  get statements(): TextStatement[] {
    return this.lines.map(({ text, ran }, index) => ({
      line: index + 1,
      ran,
      isEdited: ran !== null && ran.source !== text,
      ...namesOf(text),
    }));
  }

  /// Runs the lines with these numbers; all without.
  run(...numbers: number[]): this {
    const which = numbers.length ? numbers : this.lines.map((_, index) => index + 1);
    for (const number of which) this.execute(number);
    return this;
  }

  /// Those that are stale and would be after any run.
  get lasting(): number[] {
    const model = new Model(this.statements, this.history);
    return lasting(model, staleOf(model)).flatMap((lasts, index) => (lasts ? [index + 1] : []));
  }

  execute(number: number, isPartial = false): this {
    const line = this.lines[number - 1]!;
    line.value = perform(line.text, this.namespace);
    line.ran = {
      ...namesOf(line.text),
      run: "r",
      nodeIndex: number,
      source: line.text,
      epoch: this.history.epoch,
      isPartial,
    };
    this.history = { ...this.history, executions: [...this.history.executions, line.ran] };
    return this;
  }

  private changed(): Line[] {
    this.before.push(this.lines);
    return (this.lines = this.lines.slice());
  }

  edit(number: number, text: string): this {
    this.changed()[number - 1] = { ...this.lines[number - 1]!, text };
    return this;
  }

  insert(number: number, text: string): this {
    this.changed().splice(number - 1, 0, { text, ran: null, value: 0 });
    return this;
  }

  delete(number: number): this {
    this.changed().splice(number - 1, 1);
    return this;
  }

  move(from: number, to: number): this {
    const lines = this.changed();
    lines.splice(to - 1, 0, ...lines.splice(from - 1, 1));
    return this;
  }

  undo(): this {
    this.lines = this.before.pop()!;
    return this;
  }

  reset(): this {
    this.history = { ...this.history, epoch: this.history.epoch + 1 };
    this.namespace = new Map();
    return this;
  }

  /// "4: reason" of each stale line.
  get stale(): string[] {
    const { statements } = this;
    const found = findStale(statements, this.history);
    return found.flatMap((why, index) =>
      why ? [`${index + 1}: ${describeStale(why, statements, found)}`] : [],
    );
  }

  get marks(): number[] {
    return findStale(this.statements, this.history).flatMap((why, index) =>
      why ? [index + 1] : [],
    );
  }

  needed(...numbers: number[]): number[] {
    const wanted = numbers.map(number => number - 1);
    return planRuns(new Model(this.statements, this.history), wanted).map(index => index + 1);
  }

  get toRunStale(): number[] {
    const wanted = this.marks.map(number => number - 1);
    return planRuns(new Model(this.statements, this.history), wanted, true).map(index => index + 1);
  }
}

const load = () =>
  new Session(`df <-
               n <- df
               df <- df
               <- df
               <- n
               <- other`).run();

const table: [string, (session: Session) => Session, string[]][] = [
  ["nothing was changed", s => s, []],
  ["everything ran again", s => s.run(), []],
  [
    "what binds was edited",
    s => s.edit(1, "df <- // other"),
    [
      "1: Edited since it ran",
      "2: Line 1, which binds `df`, was edited since it ran",
      "3: Line 1, which binds `df`, was edited since it ran",
      "4: Line 3, which binds `df`, is stale: line 1, which binds `df`, was edited since it ran",
      "5: Line 2, which binds `n`, is stale: line 1, which binds `df`, was edited since it ran",
    ],
  ],
  ["the edit is undone", s => s.edit(1, "df <- // other").undo(), []],
  ["what binds nothing was edited", s => s.edit(5, "<- n n"), ["5: Edited since it ran"]],
  [
    "what binds was edited, and ran",
    s => s.edit(1, "df <- // other").run(1),
    [
      "2: `df` was bound again on line 1",
      "3: `df` was bound again on line 1",
      "4: Line 3, which binds `df`, is stale: `df` was bound again on line 1",
      "5: Line 2, which binds `n`, is stale: `df` was bound again on line 1",
    ],
  ],
  [
    "what binds ran again",
    s => s.run(3),
    [
      "3: When this ran, `df` had been bound by this statement before",
      "4: `df` was bound again on line 3",
    ],
  ],
  ["all that binds ran again, in order", s => s.run(1, 2, 3, 4, 5), []],
  ["a reader ran again", s => s.run(4, 5, 4), []],
  [
    "a reader ran again after a later statement had bound the name",
    s => s.run(2),
    ["2: When this ran, `df` was bound by line 3, below it", "5: `n` was bound again on line 2"],
  ],
  [
    "a binder is deleted",
    s => s.delete(3),
    ["3: `df` lives on from a statement that was deleted: df <- df"],
  ],
  ["a deleted binder is back", s => s.delete(3).undo(), []],
  [
    "the first binder is deleted",
    s => s.delete(1),
    [
      "1: `df` lives on from a statement that was deleted: df <-",
      "2: `df` lives on from a statement that was deleted: df <-",
      "3: Line 2, which binds `df`, is stale: `df` lives on from a statement that was deleted: df <-",
      "4: Line 1, which binds `n`, is stale: `df` lives on from a statement that was deleted: df <-",
    ],
  ],
  [
    "a new binder is above",
    s => s.insert(4, "df <-"),
    ["5: Line 4, which binds `df`, has not run"],
  ],
  [
    "a new binder has run, its reader not yet",
    s => s.insert(4, "df <-").run(4),
    ["5: `df` was bound again on line 4"],
  ],
  ["a new binder and its reader have run", s => s.insert(4, "df <-").run(4, 5), []],
  ["a new binder is below", s => s.insert(7, "df <-"), []],
  ["a new binder below has run", s => s.insert(7, "df <-").run(7), []],
  [
    "a reader ran after a binder below",
    s => s.insert(7, "df <-").run(7, 4),
    ["4: When this ran, `df` was bound by line 7, below it"],
  ],
  ["a new statement binds other names", s => s.insert(4, "y <- df"), []],
  ["a new statement binds nothing", s => s.insert(1, "<- df"), []],
  [
    "a binder moves below its reader",
    s => s.move(3, 4),
    ["3: When this ran, `df` was bound by line 4, below it"],
  ],
  ["readers change places", s => s.move(4, 5), []],
  [
    "an edited statement does not bind the name any more",
    s => s.edit(3, "z <-"),
    ["3: Edited since it ran", "4: Line 3, which bound `df`, was edited since it ran"],
  ],
  [
    "a statement that bound the name ran, and does not bind it any more",
    s => s.edit(3, "z <-").run(3),
    ["4: `df` lives on from a statement that was deleted: df <- df"],
  ],
  [
    "an edited statement binds a name more",
    s => s.edit(2, "n other <- df"),
    [
      "2: Edited since it ran",
      "5: Line 2, which binds `n`, was edited since it ran",
      "6: Line 2, which binds `other`, was edited since it ran",
    ],
  ],
  [
    "a binder did not run to its end",
    s => s.run(1, 2).execute(3, true).run(4),
    ["4: Line 3, which binds `df`, did not run to its end", "5: `n` was bound again on line 2"],
  ],
  ["the kernel was restarted", s => s.reset(), []],
  [
    "a reader ran in a new kernel without its binder",
    s => s.reset().run(4),
    ["4: When this ran, line 3 had not bound `df`"],
  ],
  ["all ran in a new kernel", s => s.reset().run(), []],
  [
    "a binder ran in a new kernel",
    s => s.reset().run(1),
    [
      "2: `df` was bound again on line 1",
      "3: `df` was bound again on line 1",
      "4: Line 3, which binds `df`, is stale: `df` was bound again on line 1",
      "5: Line 2, which binds `n`, is stale: `df` was bound again on line 1",
    ],
  ],
  [
    "the binder of a name that was bound by none is new",
    s => s.insert(1, "other <-"),
    ["7: Line 1, which binds `other`, has not run"],
  ],
  [
    "a statement bound a name, and is deleted",
    s => s.insert(6, "other <-").run(6, 7).delete(6),
    ["6: `other` lives on from a statement that was deleted: other <-"],
  ],
  ["a statement that nobody reads is deleted", s => s.delete(5), []],
  [
    "what may bind all is new",
    s => s.insert(4, "* <-"),
    [
      "5: Line 4, which may bind `df`, has not run",
      "6: Line 4, which may bind `n`, has not run",
      "7: Line 4, which may bind `other`, has not run",
    ],
  ],
  ["what may bind all ran with all below", s => s.insert(4, "* <-").run(4, 5, 6, 7), []],
  ["what may bind all is at the top, and all ran", s => s.insert(1, "* <-").run(), []],
  [
    "what may bind all ran again at the top",
    s => s.insert(1, "* <-").run().run(1),
    ["7: `other` was bound again on line 1"],
  ],
  [
    "what may bind all ran again, and then a reader of a name bound below it",
    s => s.insert(1, "* <-").run().run(1, 5),
    ["5: `df` was not as line 4 binds it when this ran", "7: `other` was bound again on line 1"],
  ],
  [
    "what may bind all was edited",
    s => s.insert(1, "* <-").run().edit(1, "* <- // b"),
    ["1: Edited since it ran", "7: Line 1, which may bind `other`, was edited since it ran"],
  ],
  [
    "what may read all stands below an edit",
    s => s.insert(7, "<- *").run().edit(2, "n <- df df"),
    [
      "2: Edited since it ran",
      "5: Line 2, which binds `n`, was edited since it ran",
      "7: Line 2, which binds `n`, was edited since it ran",
    ],
  ],
  [
    "what may read all stands above an edit",
    s => s.insert(1, "<- *").reset().run().edit(3, "n <-").undo(),
    [],
  ],
  ["nothing has run", () => new Session("a <-\n<- a"), []],
  [
    "only the reader has run",
    () => new Session("a <-\n<- a").run(2),
    ["2: Line 1, which binds `a`, has not run"],
  ],
  ["a name is bound twice by equal lines", () => new Session("a <-\na <-\n<- a").run(), []],
  [
    "the second of two equal lines is deleted",
    () => new Session("a <-\na <-\n<- a").run().delete(2),
    ["2: `a` was not as line 1 binds it when this ran"],
  ],
  [
    "a list is made once, and appended to twice",
    () => new Session("xs <-\nxs <- xs\n<- xs").run().run(2),
    [
      "2: When this ran, `xs` had been bound by this statement before",
      "3: `xs` was bound again on line 2",
    ],
  ],
  [
    "a list is made again, and appended to",
    () => new Session("xs <-\nxs <- xs\n<- xs").run().run(1, 2, 3),
    [],
  ],
  [
    "a chain of three: the head ran again",
    () => new Session("a <-\nb <- a\nc <- b\n<- c").run().run(1),
    [
      "2: `a` was bound again on line 1",
      "3: Line 2, which binds `b`, is stale: `a` was bound again on line 1",
      "4: Line 3, which binds `c`, is stale: `a` was bound again on line 1",
    ],
  ],
  [
    "a chain of three: the head and the next ran again",
    () => new Session("a <-\nb <- a\nc <- b\n<- c").run().run(1, 2),
    [
      "3: `b` was bound again on line 2",
      "4: Line 3, which binds `c`, is stale: `b` was bound again on line 2",
    ],
  ],
];

describe("results", () => {
  it.each(table)("where %s", (_, change, expected) => {
    expect(change(load()).stale).toEqual(expected);
  });
});

const plans: [string, (session: Session) => Session, number[], number[]][] = [
  ["what is fresh needs nothing", s => s, [4], [4]],
  ["a stale binder is needed", s => s.edit(3, "df <- df df"), [4], [1, 3, 4]],
  ["what is stale at the head is needed", s => s.edit(1, "df <- // b"), [4], [1, 3, 4]],
  ["what has not run is needed", () => new Session("a <-\nb <- a\n<-\n<- b"), [4], [1, 2, 4]],
  ["all is needed in a new kernel", s => s.reset(), [5], [1, 2, 5]],
  ["what was bound again below is needed", s => s, [2], [1, 2]],
  ["what nobody binds is not needed", s => s, [6], [6]],
  ["what may bind all is needed, if it is new", s => s.insert(1, "* <-"), [7], [1, 7]],
  ["of what is in the namespace nothing is needed", s => s.insert(4, "y <- n"), [4], [4]],
  ["what did not run to its end is needed", s => s.run(1).execute(3, true), [4], [1, 3, 4]],
];

describe("what to run", () => {
  it.each(plans)("for some: %s", (_, change, wanted, expected) => {
    expect(change(load()).needed(...wanted)).toEqual(expected);
  });

  it("for all that is stale: in order, with what that makes stale", () => {
    expect(load().edit(1, "df <- // b").toRunStale).toEqual([1, 2, 3, 4, 5]);
    expect(load().edit(4, "<- df df").toRunStale).toEqual([4]);
    // To bind `df` again the first line has to run: then its other reader too, and that of `n`.
    expect(load().edit(3, "df <- df df").toRunStale).toEqual([1, 2, 3, 4, 5]);
    expect(load().insert(4, "df <- // new").toRunStale).toEqual([4, 5]);
    expect(load().toRunStale).toEqual([]);
  });

  it("is found by work that grows as the script does", () => {
    // Each statement reads what the one above it binds; of the first the text was edited.
    const workOf = (length: number) => {
      const lines = Array.from({ length }, (_, at) => `n${at + 1} <- n${at}`);
      const session = new Session(lines.join("\n")).run().edit(1, "n1 <- // other");
      let work = 0;
      const statements = session.statements.map(
        statement =>
          new Proxy(statement, {
            get: (target, key) => (work++, Reflect.get(target, key)),
          }),
      );
      const model = new Model(statements, session.history);
      expect(planRuns(model, [length - 1])).toHaveLength(length);
      expect(planRuns(model, [0], true)).toHaveLength(length);
      return work;
    };
    expect(workOf(400)).toBeLessThan(2.1 * workOf(200));
  });
});

describe("what a run would not make fresh", () => {
  const cases: [string, Session, number[], number[]][] = [
    ["what is stale by an edit", load().edit(1, "df <- // b"), [1, 2, 3, 4, 5], []],
    [
      "what reads a name of a deleted statement alone",
      load().delete(1).delete(1),
      [1, 2, 3],
      [1, 2, 3],
    ],
    ["what reads what such a one binds", load().delete(1), [1, 2, 3, 4], [1, 2, 3, 4]],
    [
      "what else is stale",
      new Session("a <-\nb <-\n<- a b").run().delete(1).edit(1, "b <- // b"),
      [1, 2],
      [],
    ],
    ["what reads a name that is bound below", new Session("<- a\na <-").run().run(1), [1], [1]],
    ["what was edited", load().delete(1).edit(2, "df <- df // b"), [1, 2, 3, 4], [1, 4]],
    ["what may read any name", new Session("a <-\n<- *").run().delete(1), [1], [1]],
    ["any after a restart", load().delete(1).reset(), [1, 2, 3, 4], []],
  ];
  it.each(cases)("%s", (_, session, marks, expected) => {
    expect(session.marks).toEqual(marks);
    expect(session.lasting).toEqual(expected);
  });
});

/// The executions of these statements, with what they read and bind, as the page learns of them.
function history(...runs: (readonly [string, string, string] | "reload" | "reset")[]): History {
  return runs.reduce<History>(
    (before, run, index) => {
      const [source, reads, binds] = typeof run === "string" ? ["", "", ""] : run;
      const list = (part: string) => part.split(" ").filter(Boolean);
      const statement = { source, reads: list(reads), binds: list(binds) };
      const events: Record<string, unknown> = {
        reload: { type: "plan", run: "r", statements: [], reloaded: ["helper"] },
        reset: { type: "session", state: "reset" },
      };
      const started = { type: "status", run: `${index}`, nodeIndex: 0, status: "running" };
      const event = (typeof run === "string" ? events[run] : started) as Event;
      const news = executed(before, event, () => statement as unknown as StatementProgress)!;
      if (!("execution" in news)) return { ...before, ...news };
      return { ...before, executions: [...before.executions, news.execution] };
    },
    { executions: [], epoch: 0 },
  );
}

describe("an import that ran again", () => {
  const imports = ["import numpy as np", "", "np"] as const;
  const reader = ["print(np)", "np", ""] as const;
  const from = ["from shop import price", "", "price"] as const;
  const buyer = ["print(price)", "price", ""] as const;
  type Run = Parameters<typeof history>[number];
  const cases: [string, Run[], number][] = [
    ["leaves its readers fresh", [imports, reader, imports], 0],
    ["a third time, too", [imports, reader, imports, imports], 0],
    ["from a module", [from, buyer, from], 0],
    ["binds anew what was bound since", [imports, reader, ["np = 1", "", "np"], imports], 1],
    [
      "counts where its module has changed",
      [from, buyer, ["shop.price = 2", "shop", "shop"], from],
      1,
    ],
    [
      "counts where any name may have been bound",
      [imports, reader, ["exec(x)", "*", "*"], imports],
      1,
    ],
    ["counts where modules were loaded anew", [imports, reader, "reload", imports], 1],
    [
      "of all names counts",
      [
        ["from m import *", "", "*"],
        ["print(x)", "x", ""],
        ["from m import *", "", "*"],
      ],
      1,
    ],
    [
      "that does more counts",
      [
        ["import os; x = f()", "", "os x"],
        ["x", "x", ""],
        ["import os; x = f()", "", "os x"],
      ],
      1,
    ],
  ];
  it.each(cases)("%s", (_, runs, count) => {
    const ran = history(...runs);
    const executions = ran.executions.filter((_, index) => index !== 0);
    const last = executions[executions.length - 1]!;
    const statements = [last, executions[0]!].map((execution, index) => ({
      ...execution,
      line: index + 1,
      ran: execution,
      isEdited: false,
    }));
    expect(staleOf(new Model(statements, ran)).filter(Boolean)).toHaveLength(count);
  });
});

/// A generator of numbers that are always the same.
function random(seed: number) {
  return (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

type Stars = "none" | "binds" | "all";

function someLine(next: (below: number) => number, at: number, stars: Stars): string {
  const some = (most: number) =>
    [...new Set(Array.from({ length: next(most + 1) }, () => pool[next(pool.length)]!))].join(" ");
  const star = stars !== "none" && next(12) === 0 ? " *" : "";
  const starRead = stars === "all" && next(12) === 0 ? " *" : "";
  return `${some(2)}${star} <- ${some(2)}${starRead} // ${at}`;
}

/// Lines by chance, below one that binds all names.
function someScript(next: (below: number) => number, stars: Stars, head = "a b c d <-"): Session {
  const lines = Array.from({ length: 8 }, (_, at) => someLine(next, at, stars));
  return new Session([head, ...lines].join("\n"));
}

/// Changes a line, or runs one; never the first line's text or place.
function change(session: Session, next: (below: number) => number, turn: number, stars: Stars) {
  const { length } = session.lines;
  const at = 2 + next(length - 1);
  switch (next(7)) {
    case 0:
      return session.edit(at, someLine(next, turn, stars));
    case 1:
      return session.insert(at, someLine(next, turn, stars));
    case 2:
      return length > 3 ? session.delete(at) : session;
    case 3:
      return session.move(at, 2 + next(length - 1));
    case 4:
      return next(6) ? session.execute(1 + next(length)) : session.reset();
    default:
      return session.execute(at);
  }
}

/// What a new run of the whole gives each line.
function freshValues({ lines }: Session): number[] {
  const namespace = new Map<string, number>();
  return lines.map(({ text }) => perform(text, namespace));
}

describe("by chance", () => {
  it.each<Stars>(["none", "all"])("what is not stale is what a new run gives; *: %s", stars => {
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      const session = someScript(next, stars, seed % 2 ? "a b c d <-" : "<-").run();
      for (let turn = 0; turn < 20; turn++) {
        change(session, next, turn, stars);
        const marks = new Set(session.marks);
        const fresh = freshValues(session);
        session.lines.forEach(({ ran, value }, index) => {
          if (ran && !marks.has(index + 1) && value !== fresh[index])
            expect.fail(`seed ${seed}, turn ${turn}: line ${index + 1} is not marked`);
        });
      }
      expect(session.stale.join("\n")).not.toMatch(/undefined|NaN/);
    }
  });

  it.each<Stars>(["none", "binds"])("running what is stale leaves nothing stale; *: %s", stars => {
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      const session = someScript(next, stars).run();
      for (let turn = 0; turn < 12; turn++) change(session, next, turn, stars);
      const { toRunStale } = session;
      for (const number of toRunStale) session.execute(number);
      expect(session.stale, `seed ${seed}, ran ${toRunStale.join()}`).toEqual([]);
    }
  });

  it.each<Stars>(["none", "binds"])("what a statement needs makes it fresh; *: %s", stars => {
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      const session = someScript(next, stars);
      for (let turn = 0; turn < 12; turn++) change(session, next, turn, stars);
      const wanted = 1 + next(session.lines.length);
      for (const number of session.needed(wanted)) session.execute(number);
      expect(session.marks, `seed ${seed}`).not.toContain(wanted);
      expect(session.lines[wanted - 1]!.value).toBe(freshValues(session)[wanted - 1]);
    }
  });

  it("undoing all edits leaves the marks that were", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      const session = someScript(next, "all").run();
      for (let turn = 0; turn < 6; turn++) session.execute(1 + next(8));
      const { stale } = session;
      const edits = 1 + next(5);
      for (let turn = 0; turn < edits; turn++)
        if (next(2)) session.edit(1 + next(session.lines.length), someLine(next, turn, "all"));
        else session.insert(1 + next(session.lines.length), someLine(next, turn, "all"));
      for (let turn = 0; turn < edits; turn++) session.undo();
      expect(session.stale).toEqual(stale);
    }
  });

  it("forgetting executions that no result is of changes no mark", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      const session = someScript(next, "none").run();
      for (let turn = 0; turn < 30; turn++) change(session, next, turn, "none");
      const kept = new Set(session.lines.map(({ ran }) => ran));
      const { marks, history } = session;
      const executions = withoutForgotten(history.executions, ran => kept.has(ran));
      session.history = { ...history, executions };
      expect(session.marks, `seed ${seed}`).toEqual(marks);
      expect(executions.length).toBeLessThanOrEqual(history.executions.length);
    }
  });
});
