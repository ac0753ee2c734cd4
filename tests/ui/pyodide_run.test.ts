import { describe, expect, it } from "vitest";
import { BrowserRun } from "../../labextension/src/backends/pyodide/run";
import type { Event, Status } from "../../labextension/src/protocol";
import { applyEvents, Results } from "../../labextension/src/results/results";

const error = { name: "KernelDied", message: "It ended.", text: "It ended.\n" };
const plan: Event = {
  type: "plan",
  run: "r",
  statements: [0, 1, 2].map(nodeIndex => ({
    nodeIndex,
    lineStart: nodeIndex + 1,
    lineEnd: nodeIndex + 1,
    isExpr: true,
    source: "f()",
  })),
};
const becomes = (nodeIndex: number, status: Status, run = "r"): Event => ({
  type: "status",
  run,
  nodeIndex,
  status,
});

/// The run's events, the end included, and what they come to for a viewer.
function ended(status: "interrupted" | "died", ...events: Event[]) {
  const run = new BrowserRun("r");
  for (const event of events) run.observe(event);
  const end = run.endEvents(status, error);
  const { outcomes } = applyEvents(Results.empty, [plan, ...events, ...end]).runs.get("r")!;
  return { end, statuses: outcomes.map(outcome => outcome!.status), outcomes };
}

describe("a run in this browser", () => {
  it.each(["died", "interrupted"] as const)("that %s ends what is open, and nothing else", how => {
    const { end, statuses, outcomes } = ended(
      how,
      plan,
      becomes(0, "running"),
      becomes(0, "ok"),
      becomes(1, "running"),
    );
    expect(statuses).toEqual(["ok", how === "died" ? "error" : how, "cancelled"]);
    expect(outcomes[1]!.parts).toEqual([{ type: "error", frames: [], ...error }]);
    expect(end.filter(event => event.type === "output")).toHaveLength(1);
    expect(end.at(-1)).toMatchObject({ type: "done", status: how, reason: "It ended." });
  });

  it("between two statements has no error to place", () => {
    const { end, statuses } = ended("died", plan, becomes(0, "running"), becomes(0, "ok"));
    expect(statuses).toEqual(["ok", "cancelled", "cancelled"]);
    expect(end.map(event => event.type)).toEqual(["status", "status", "done"]);
  });

  it("that has no plan yet ends with nothing but its end", () => {
    const { end } = ended("died");
    expect(end.map(event => event.type)).toEqual(["done"]);
  });

  it("takes no event of another run", () => {
    const run = new BrowserRun("r");
    run.observe(plan);
    run.observe(becomes(0, "running", "other"));
    expect(run.endEvents("died", error).some(event => event.type === "output")).toBe(false);
  });
});
