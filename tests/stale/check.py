"""`make stale`: what is not marked as stale must be what the script gives when it runs afresh.

A script runs in the bare runtime. Then it is edited and parts of it run again, at random but from
a seed, and after each step the whole text runs in a new process: a result that stands and differs
from the one there must be marked. Who marks is the page's own code (`marks.mjs`). Not marked and
different is a miss; marked and the same is a false alarm. `docs/stale.md` has the figures.

    python -m tests.stale.check [--sessions N] [--steps N] [--seed N] [--only WORD] [--show N]
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rdit_ext.runtime.plan import plan_script
from tests.stale.corpus import Sample, samples
from tests.stale.edits import edit
from tests.stale.sessions import Event, Hung, Session

HERE = Path(__file__).parent


@dataclass
class Execution:
    """A statement that ran: `run` and `node` tell it from the others."""

    run: int
    node: int
    source: str
    reads: list[str]
    binds: list[str]
    outputs: str = ""
    status: str = "ok"


@dataclass(eq=False)
class Statement:
    source: str
    ran: int | None = None


@dataclass
class Scenario:
    """A script with a process in which it was run."""

    sample: Sample
    seed: int
    statements: list[Statement]
    session: Session
    executions: list[Execution] = field(default_factory=list)
    runs: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(each.source for each in self.statements) + "\n"

    def lines(self, index: int) -> tuple[int, int]:
        start = 1 + sum(each.source.count("\n") + 1 for each in self.statements[:index])
        return start, start + self.statements[index].source.count("\n")

    def run(self, index: int | None = None) -> None:
        """Run one statement, or all."""
        events = self.session.run(self.text, None if index is None else self.lines(index))
        self.runs += 1
        for execution in read_run(events, self.runs):
            self.statements[execution.node].ran = len(self.executions)
            self.executions.append(execution)


def read_run(events: list[Event], run: int) -> list[Execution]:
    """What ran, in order, with what each statement put out."""
    planned = {each["nodeIndex"]: each for each in events[0]["statements"]}
    order: dict[int, list[Any]] = {}
    statuses: dict[int, str] = {}
    for event in events:
        if event["type"] == "status" and event["status"] not in ("queued", "cancelled"):
            order.setdefault(event["nodeIndex"], [])
            statuses[event["nodeIndex"]] = event["status"]
    for event in events:
        kind = event["type"]
        if kind == "output":
            order.setdefault(event["nodeIndex"], []).append(event["output"])
        elif kind == "clear":
            order.setdefault(event["nodeIndex"], []).clear()
    return [
        Execution(
            run,
            node,
            planned[node]["source"],
            planned[node].get("reads", []),
            planned[node].get("binds", []),
            normal(outputs),
            statuses.get(node, "ok"),
        )
        for node, outputs in order.items()
        if node in planned
    ]


def normal(outputs: list[Any]) -> str:
    """Outputs without what differs from run to run, and without line numbers."""
    parts: list[str] = []
    for output in outputs:
        if output["type"] in ("stdout", "stderr"):
            if output["type"] == "stderr" and "FOLDER" in output["text"]:
                parts.append("warning")
            else:
                parts.append(output["text"])
        elif output["type"] == "error":
            parts.append(f"{output['name']}: {output['message']}")
        else:
            data = output.get("data", {})
            parts.append(data.get("image/png") or data.get("text/plain") or json.dumps(data))
    text = "".join(parts)
    return re.sub(r"0x[0-9a-f]{6,}", "0x", re.sub(r"script\.py(\", line |:)\d+", "script.py", text))


def fresh(
    text: str, files: dict[str, bytes], known: dict[str, list[str | None]]
) -> list[str | None]:
    """What each statement puts out when the whole text runs in a new process."""
    if text not in known:
        session = Session(files)
        try:
            found = {one.node: one.outputs for one in read_run(session.run(text), 0)}
        finally:
            session.close()
        count = len(ast.parse(text).body)
        known[text] = [found.get(index) for index in range(count)]
    return known[text]


def play(sample: Sample, seed: int, steps: int) -> tuple[list[dict[str, Any]], str]:
    """The states of one session, after each step, with the truth about every result; and what was
    done last before the script did not come to its end, if so: there the session ends."""
    chance = random.Random(f"{sample.name} {seed}")
    statements = [Statement(source) for source in sample.statements]
    scenario = Scenario(sample, seed, statements, Session(sample.files))
    known: dict[str, list[str | None]] = {}
    states = []
    hung = ""
    try:
        scenario.run()
        first = fresh(scenario.text, sample.files, known)
        again = fresh(scenario.text, sample.files, {})
        # What differs by itself tells nothing.
        unsteady = {
            each.source
            for each, one, two in zip(scenario.statements, first, again, strict=True)
            if one != two or one != scenario.executions[each.ran or 0].outputs
        }
        for _ in range(steps):
            said = step(scenario, chance)
            if not said:
                continue
            scenario.said.append(said)
            states.append(state_of(scenario, fresh(scenario.text, sample.files, known), unsteady))
    except Hung:
        hung = scenario.said[-1] if scenario.said else "the first run"
    finally:
        scenario.session.close()
    return states, hung


def step(scenario: Scenario, chance: random.Random) -> str:
    """Edit, or run something again. Returns what was done; empty if nothing could be."""
    statements = scenario.statements
    kind = chance.random()
    if kind < 0.6:
        sources = [each.source for each in statements]
        done = next(filter(None, (edit(sources, chance) for _ in range(8))), None)
        if done is None:
            return ""
        said, order = done
        try:
            plan_script("\n".join(source for source, _ in order), "script.py", None)
        except SyntaxError:
            return ""  # such as `from __future__` below another statement
        scenario.statements = [
            Statement(source, statements[old].ran if old is not None else None)
            for source, old in order
        ]
        return said
    if kind < 0.8:
        waiting = [
            k
            for k, each in enumerate(statements)
            if each.ran is None or scenario.executions[each.ran].source != each.source
        ]
        if waiting:
            index = chance.choice(waiting)
            scenario.run(index)
            return f"run the edited {index}"
    index = chance.randrange(len(statements))
    if kind < 0.95:
        scenario.run(index)
        return f"run {index} again"
    last = min(len(statements), index + 4)
    for k in range(index, last):
        scenario.run(k)
    return f"run {index} to {last - 1}"


def state_of(scenario: Scenario, now: list[str | None], unsteady: set[str]) -> dict[str, Any]:
    truth = []
    for each, expected in zip(scenario.statements, now, strict=True):
        if each.ran is None or each.source in unsteady:
            truth.append(None)
        else:
            ran = scenario.executions[each.ran]
            truth.append(ran.source == each.source and ran.outputs == expected)
    line = 1
    listed = []
    for each, planned in zip(
        scenario.statements, plan_script(scenario.text, "script.py", None), strict=True
    ):
        listed.append(
            {
                "line": line,
                "source": each.source,
                "ran": each.ran,
                # What the runtime would say; the page has its own look at what has not run.
                "reads": list(planned.names[0]),
                "binds": list(planned.names[1]),
            }
        )
        line += each.source.count("\n") + 1
    return {
        "sample": scenario.sample.name,
        "seed": scenario.seed,
        "said": list(scenario.said),
        "statements": listed,
        "executions": [
            {
                "run": str(one.run),
                "nodeIndex": one.node,
                "source": one.source,
                "reads": one.reads,
                "binds": one.binds,
                "status": one.status,
            }
            for one in scenario.executions
        ],
        "truth": truth,
        "shown": [
            scenario.executions[each.ran].outputs[:300] if each.ran is not None else None
            for each in scenario.statements
        ],
        "expected": [None if each is None else each[:300] for each in now],
    }


def warm(chosen: list[Sample]) -> None:
    """Import the libraries of the scripts here, so that no session has to."""
    text = "\n".join(source for sample in chosen for source in sample.statements)
    for name in ("numpy", "pandas", "matplotlib.pyplot"):
        if f"import {name}" in text:
            importlib.import_module(name)


def mark(states: list[dict[str, Any]]) -> list[list[str | None]]:
    """Why the page would mark each result of each state; None where it would not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "states.json"
        path.write_text(json.dumps(states), "utf-8")
        done = subprocess.run(
            ["node", str(HERE / "marks.mjs"), str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        marks: list[list[str | None]] = json.loads(path.read_text("utf-8"))
    return marks


def check(
    chosen: list[Sample], sessions: int, steps: int, seed: int
) -> tuple[Counter[str], list[Any]]:
    """Counts of results by truth and mark, and all misses and false alarms."""
    states = []
    counts: Counter[str] = Counter()
    warm(chosen)
    for sample in chosen:
        for k in range(sessions):
            played, hung = play(sample, seed + k, steps)
            states += played
            if hung:
                counts["hung"] += 1
                print(
                    f"\n{sample.name} seed {seed + k} did not come to its end; done before: {hung}",
                    file=sys.stderr,
                )
        print(end=".", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    counts["states"] = len(states)
    counts["edits"] = sum(not state["said"][-1].startswith("run ") for state in states)
    found = []
    for state, marks in zip(states, mark(states), strict=True):
        for index, (is_same, reason) in enumerate(zip(state["truth"], marks, strict=True)):
            if is_same is None:
                continue
            ran = state["executions"][state["statements"][index]["ran"]]
            is_edited = ran["source"] != state["statements"][index]["source"]
            counts["results"] += 1
            if is_edited:
                counts["edited"] += 1
                continue
            verdict = (
                ("fresh" if is_same else "miss")
                if reason is None
                else ("false alarm" if is_same else "found")
            )
            counts[verdict] += 1
            if verdict in ("miss", "false alarm"):
                found.append((verdict, state, index, reason))
    return counts, found


def tell(verdict: str, state: dict[str, Any], index: int, reason: str | None) -> str:
    lines = [f"{verdict}: {state['sample']} seed {state['seed']}, statement {index}; {reason}"]
    lines += [f"    {said}" for said in state["said"]]
    for k, each in enumerate(state["statements"]):
        ran = state["executions"][each["ran"]] if each["ran"] is not None else None
        sign = ">" if k == index else " "
        names = f"   [{' '.join(ran['reads'])} -> {' '.join(ran['binds'])}]" if ran else "   [new]"
        lines.append(f"  {sign} {k:2} {each['source']}{names}")
    lines.append(f"    shown    {state['shown'][index]!r}")
    lines.append(f"    expected {state['expected'][index]!r}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--sessions", type=int, default=10, help="sessions of each script")
    parser.add_argument("--steps", type=int, default=8, help="steps of each session")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="scripts with this in their name")
    parser.add_argument("--show", type=int, default=5, help="how many misses to print")
    parser.add_argument("--alarms", type=int, default=0, help="how many false alarms to print")
    parser.add_argument("--known", type=int, default=0, help="misses that are explained")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    started = time.monotonic()
    chosen = [sample for sample in samples() if options.only in sample.name]
    counts, found = check(chosen, options.sessions, options.steps, options.seed)
    limits = {"miss": options.show, "false alarm": options.alarms}
    for verdict, state, index, reason in found:
        if limits[verdict] > 0:
            limits[verdict] -= 1
            print(tell(verdict, state, index, reason), end="\n\n")
    reasons = Counter((reason or "").partition(":")[0] for verdict, _, _, reason in found if reason)
    print("false alarms by the first cause:", dict(reasons.most_common()))
    by_sample = Counter((state["sample"], verdict) for verdict, state, _, _ in found)
    for (name, verdict), count in by_sample.most_common(12):
        print(f"{count:6} {verdict}: {name}")
    print(f"{counts['hung']} sessions ended early, as the script did not come to its end")
    print(
        f"{len(chosen)} scripts, {counts['states']} steps ({counts['edits']} edits),"
        f" {counts['results']} results:"
        f" {counts['edited']} edited, {counts['fresh']} fresh, {counts['found']} stale and marked,"
        f" {counts['miss']} missed, {counts['false alarm']} false alarms;"
        f" {time.monotonic() - started:.0f} s"
    )
    return 0 if counts["miss"] <= options.known and counts["found"] else 1


if __name__ == "__main__":
    sys.exit(main())
