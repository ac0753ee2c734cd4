"""Floods of output: what a viewer is sent of them is as much as the limits say, and the server
keeps no more of a long flood than of a short one."""

import threading
from contextlib import contextmanager

import psutil
import pytest

from rdit_ext.runtime.output_limits import DISPLAYS, HEAD, LIVE, TAIL

# Characters of text of one statement, and of one value: a value's tail is as long as its head.
TEXT = HEAD + TAIL
VALUE = 2 * HEAD
# What a grid may need for its first screen, with the text and the HTML beside it.
TABLE = 60_000
DISPLAY = "<b>display {:05}</b>"
# JSON around an output, and of the events of a run.
EVENT = 250
# Allocators keep some of what was freed. The shortest of the long floods has a hundred megabytes.
ROOM = 16 << 20

# Name: a statement that makes a flood of a size; the sizes; at most how many bytes it is; its end.
FLOODS = {
    "prints": (
        "for n in range({0}): print('line', n)",
        (100_000, 1_000_000),
        TEXT,
        "line {last}\n",
    ),
    "repr": (
        "type('L', (), {{'__repr__': lambda _: ('x' * 99 + '\\n') * ({0} // 100) + 'of {0}'}})()",
        (10_000_000, 100_000_000),
        VALUE,
        "x\nof {size}\n",
    ),
    "displays": (
        "for n in range({0}): display(HTML(f'<b>display {{n:05}}</b>'))",
        (1_000, 10_000),
        DISPLAYS * (EVENT + len(DISPLAY)),
        "<b>display {last:05}</b>",
    ),
    "columns": (
        "pandas.DataFrame(numpy.zeros((1000, {0})))",
        (1_000, 10_000),
        TABLE,
        "[1000 rows x {size} columns]\n",
    ),
}
IMPORTS = "import numpy, pandas; from IPython.display import HTML, display"


@contextmanager
def peak(process):
    """A list with the most memory that the process has while the block lasts."""
    most = [process.memory_info().rss]
    ended = threading.Event()

    def look():
        while not ended.wait(0.01):
            most[0] = max(most[0], process.memory_info().rss)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


def last_output(viewer, run):
    outputs = [event["output"] for event in viewer.of(run) if event["type"] == "output"]
    return outputs[-1]["text"] + outputs[-1].get("data", {}).get("text/html", "")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_sent_up_to_its_limit_and_kept_by_nobody(server, session, name):
    script, sizes, limit, end = FLOODS[name]
    process = psutil.Process(server.process.pid)
    with server.viewer(session=session) as viewer:
        viewer.run(IMPORTS)
        grown = []
        for size in sizes:
            before, sent = process.memory_info().rss, viewer.bytes
            with peak(process) as most:
                done = viewer.run(script.format(size), run=f"r{size}", patience=300)
            assert done["status"] == "ok"
            # While the statement writes, the end of its text comes once a second.
            live = sum("tail" in event for event in viewer.of(f"r{size}"))
            assert viewer.bytes - sent <= 2 * (limit + live * (LIVE + EVENT))
            assert end.format(size=size, last=size - 1) in last_output(viewer, f"r{size}")
            grown.append(most[0] - before)
    short, long = grown
    assert long <= short + ROOM


def test_an_endless_coloured_loop_is_sent_up_to_its_limit_and_can_be_stopped(server, session):
    script = """\
n = 0
while True:
    n += 1
    print(f"\\x1b[1;3{n % 8}mline {n}\\x1b[0m of many")
"""
    process = psutil.Process(server.process.pid)
    with server.viewer(session=session) as viewer:
        viewer.run("1")
        sent = viewer.bytes
        viewer.send("run", run="r", script=script)
        grown = []
        for tails in (1, 5):
            with peak(process) as most:
                before = process.memory_info().rss
                for _ in range(tails):
                    while not viewer.until("truncated", run="r").get("tail"):
                        pass
            grown.append(most[0] - before)
        short, long = grown
        assert long <= short + ROOM
        viewer.send("interrupt")
        assert viewer.until("done", run="r")["status"] == "interrupted"
        live = sum("tail" in event for event in viewer.of("r"))
        # An escape is six bytes in JSON.
        assert viewer.bytes - sent <= 2 * (TEXT + live * (LIVE + EVENT))
        last = [event["output"] for event in viewer.of("r") if event["type"] == "output"][-2][
            "text"
        ]
        viewer.run("n", run="n")
        written = int(viewer.text("n"))
    numbers = [int(line.split("line ")[1].split("\x1b")[0]) for line in last.splitlines()[1:-1]]
    assert numbers == [*range(numbers[0], numbers[-1] + 1)]
    assert written - 3 <= numbers[-1] <= written
