"""What it costs to tell which lines of a long statement take the time, against the same without."""

from __future__ import annotations

import json
import sys
from typing import Any

from server import jupyter_server

# The fastest of so many runs each, in turn: what disturbs a run makes it slower only.
ROUNDS = 6
# All of a statement's time counts, also the first second, in which nothing is looked at.
SCRIPT = """\
import json, time
def work(count):
    total = 0
    for number in range(count):
        total += number & 7
    return total
def timed(count):
    before = time.perf_counter(), time.thread_time(), time.process_time()
    work(count)
    after = time.perf_counter(), time.thread_time(), time.process_time()
    return [b - a for a, b in zip(before, after)]
"""


def rows() -> list[tuple[str, str, str, str, bool] | tuple[str, str, str, str]]:
    with jupyter_server() as server, server.session("heat") as session:

        def seconds(count: int, heat: bool) -> list[float]:
            statement = f"print(json.dumps(timed({count})))"
            events = session.run(SCRIPT + statement, heat=heat)[1]
            assert heat == any(event["type"] == "heat" for event in events) or count < 10**7
            return text_of(events)

        # About five seconds, all of which are looked at fifty times a second.
        count = int(5 / seconds(10**6, False)[0] * 10**6)
        without, told = [], []
        for _ in range(ROUNDS):
            without.append(seconds(count, False))
            told.append(seconds(count, True))
    ours, theirs = ([min(each) for each in zip(*runs, strict=True)] for runs in (told, without))
    more = [a / b - 1 for a, b in zip(ours, theirs, strict=True)]
    name = f"lines of a statement of {theirs[0]:.1f} s told"
    return [
        (
            name,
            f"{ours[0]:.3f} s",
            f"{theirs[0]:.3f} s untold",
            f"{more[0]:+.2%} (promised: 0.5)",
            more[0] <= 0.005,
        ),
        ("CPU of its thread", f"{ours[1]:.3f} s", f"{theirs[1]:.3f} s", f"{more[1]:+.2%}"),
        ("CPU of the kernel", f"{ours[2]:.3f} s", f"{theirs[2]:.3f} s", f"{more[2]:+.2%}"),
    ]


def text_of(events: list[dict[str, Any]]) -> list[float]:
    for event in events:
        if event["type"] == "output" and event["output"]["type"] == "stdout":
            found: list[float] = json.loads(event["output"]["text"])
            return found
    print(events[-1], file=sys.stderr)
    raise RuntimeError("the statement has printed nothing")
