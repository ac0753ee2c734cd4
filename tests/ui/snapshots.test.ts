// The folds of both languages agree: what the server's fold makes of the events before a viewer came is,
// for the page's, as good as those events.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Event } from "../../labextension/src/protocol";
import { applyEvents, Results } from "../../labextension/src/results/results";
import { noSession, reduceStatus } from "../../labextension/src/session/status";

const root = join(import.meta.dirname, "../..");
const own = join(root, ".venv/bin/python");
const python = existsSync(own) ? own : "python3";
const golden = JSON.parse(
  execFileSync(python, [join(import.meta.dirname, "snapshots.py")], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  }),
) as Record<string, { events: Event[]; snapshots: Record<string, Event[]> }>;

const attached: Event = { type: "attached", log: "l", since: 0, seq: 0, snapshot: true };

describe("a viewer that comes in the middle of a run", () => {
  it("is given a snapshot of each", () => {
    expect(Object.keys(golden).length).toBeGreaterThan(100);
    const cuts = Object.values(golden).map(({ snapshots }) => Object.keys(snapshots).length);
    expect(Math.max(...cuts)).toBe(12);
  });

  it.each(Object.keys(golden))("sees what one sees that was there before: %s", name => {
    const { events, snapshots } = golden[name]!;
    const status = (events: Event[]) =>
      events.reduce((session, event) => reduceStatus(session, event, 0), noSession);
    for (const [at, snapshot] of Object.entries(snapshots)) {
      const before = events.slice(0, Number(at));
      const late = [attached, ...snapshot];
      expect(applyEvents(Results.empty, late).runs).toEqual(
        applyEvents(Results.empty, before).runs,
      );
      expect(status(late)).toEqual(status(before));
      // And what comes after it falls on the same ground.
      const rest = events.slice(Number(at));
      expect(applyEvents(Results.empty, [...late, ...rest]).runs).toEqual(
        applyEvents(Results.empty, events).runs,
      );
    }
  });
});
