"""What a table of a million rows costs: its first screen with the result, any row of it, a sort; at
the websocket, and until it is painted."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from completion import percentile
from page import CHROMIUM
from playwright.sync_api import Page, sync_playwright
from server import jupyter_server

TIMES = 25
COUNT = 1_000_000
SETUP = f"""\
import numpy, pandas
numbers = numpy.random.default_rng(1).random(({COUNT}, 19))
frame = pandas.DataFrame(numbers, columns=[f"column{{at}}" for at in range(19)])
frame.insert(0, "row", range({COUNT}))
len(frame)
"""
LINE = len(SETUP.splitlines()) + 1
TABLE = "application/vnd.rdit.table+json"
# What a grid asks for: a page.
PAGE = {"count": 100, "columnStart": 0, "columnCount": 20}
# Milliseconds from a key until a cell has a text and was painted: a message comes after the frame
# in which it is posted. What the page's own callbacks of a frame have written, as the first rows of
# a result, that frame paints; what a task has written, as an answer's rows, the next one.
MEASURE = """([selector, text, patience]) => new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    const request = window.requestAnimationFrame;
    // `found`: the callback of a frame in or after which the text is there.
    let [started, callback, found, isInside] = [0, 0, 0, false];
    const inFrame = act => request(time => {
        port2.postMessage(++callback);
        isInside = true;
        act(time);
        // After the observer, whose microtask is queued by what `act` has changed.
        queueMicrotask(() => { isInside = false; });
    });
    const observer = new MutationObserver(() => {
        if (found || document.querySelector(selector)?.textContent !== text) return;
        found = isInside ? callback : callback + 1;
        if (!isInside) inFrame(() => {});
    });
    port1.onmessage = ({ data }) => {
        if (!found || data < found) return;
        observer.disconnect();
        window.requestAnimationFrame = request;
        resolve(performance.now() - started);
    };
    addEventListener('keydown', ({ timeStamp }) => {
        started = timeStamp;
        window.requestAnimationFrame = inFrame;
        observer.observe(document.body, { childList: true, characterData: true, subtree: true });
        setTimeout(() => reject(new Error(`no ${text} in ${selector}`)), patience);
    }, { once: true, capture: true });
    document.body.dataset.measuring = 'on';
})"""
PATIENCE_MS = 5000
Row = tuple[str, str, str, str, bool] | tuple[str, str, str, str]


def _painted(page: Page, key: str, selector: str, text: str) -> float:
    page.evaluate("() => void (document.body.dataset.measuring = 'off')")
    page.evaluate(
        f"given => void (window.measured = ({MEASURE})(given))", [selector, text, PATIENCE_MS]
    )
    page.wait_for_selector("body[data-measuring=on]", state="attached")
    page.keyboard.press(key)
    return float(page.evaluate("window.measured"))


def in_browser() -> dict[str, list[float]]:
    """Milliseconds until the first rows of a value are painted, and those of any row."""
    with tempfile.TemporaryDirectory(prefix="rdit-bench-") as folder:
        (Path(folder) / "bench.py").write_text(SETUP + "frame\n" * (TIMES + 1))
        with jupyter_server(Path(folder)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            page = browser.new_page(viewport={"width": 1400, "height": 800})
            page.goto(f"{server.url}/rdit/edit/bench.py?token={server.token}")
            page.wait_for_selector('.rdit-page[data-state="idle"]')
            page.locator(".cm-content").focus()
            for _ in range(1, LINE):
                page.keyboard.press("Shift+Enter")
            page.wait_for_selector(f'.rdit-result[data-line-start="{LINE - 1}"][data-status="ok"]')
            first: list[float] = []
            for line in range(LINE, LINE + TIMES + 1):
                result = f'.rdit-result[data-line-start="{line}"]'
                cell = f'{result} tr[data-row="0"] > [data-column="0"]'
                first.append(_painted(page, "Shift+Enter", cell, "0"))
            table = f'.rdit-result[data-line-start="{line}"] table'
            page.focus(table)
            rows: list[float] = []
            # Row 0 is there already: nothing would be drawn.
            for turn in range(1, TIMES + 1):
                row = (turn * 387_420_489) % COUNT
                page.keyboard.press("Control+g")
                page.keyboard.insert_text(str(row))
                cell = f'{table} tr[data-row="{row}"] > [data-column="0"]'
                rows.append(_painted(page, "Enter", cell, str(row)))
            browser.close()
            return {"first": first, "rows": rows}


def at_the_socket() -> dict[str, float]:
    """Milliseconds until an answer, and the bytes of a first screen."""
    with jupyter_server() as server, server.session("tables") as session:
        session.run(SETUP)
        events = session.run("frame")[1]
        (shown,) = (
            event["output"]["data"][TABLE]
            for event in events
            if event["type"] == "output" and TABLE in event["output"].get("data", {})
        )

        def ask(times: int, **params: Any) -> list[float]:
            def of(turn: int) -> dict[str, Any]:
                start = (turn * 387_420_489) % COUNT
                return {"id": shown["id"], "start": start, **PAGE, **params}

            return [session.query("table_rows", of(turn)) * 1000 for turn in range(times)]

        def sorts(column: int) -> float:
            return ask(1, sort={"column": column, "descending": True})[0]

        def run(statement: str) -> float:
            return median(session.run(statement)[0] for _ in range(TIMES)) * 1000

        # Bound to a name, so that nothing is shown.
        own = "_ = frame.sort_values('column5', ascending=False, kind='stable')"
        return {
            "value": run("frame"),
            "few": run("frame.head()"),
            "bytes": len(json.dumps(shown).encode()),
            "rows": percentile(ask(TIMES), 0.95),
            "sort": median(sorts(column) for column in range(5, 10)),
            "own": median(session.run(own)[0] for _ in range(5)) * 1000,
            "sorted": percentile(ask(TIMES, sort={"column": 9, "descending": True}), 0.95),
        }


def rows() -> list[Row]:
    """(what, rdit, baseline, ratio or promise, whether it holds)."""
    print("tables, painted …", file=sys.stderr, flush=True)
    painted = in_browser()
    print("tables, at the websocket …", file=sys.stderr, flush=True)
    found = at_the_socket()
    first, *others = painted["first"]

    def within(what: str, values: list[float], promised: int, after: float = 0) -> Row:
        last = percentile(values, 0.95)
        figure = f"p50 {median(values):.0f} ms, p95 {last:.0f} ms to paint"
        return (
            what,
            figure,
            f"{promised} ms promised" + (f" after the value's {after:.0f}" if after else ""),
            f"{last / (promised + after):.2f} of it",
            last <= promised + after,
        )

    extra = found["sort"] - found["own"]
    return [
        within("table of 1e6 rows: its first ones, after the key", others, 100, found["value"]),
        ("the first table of a page", f"{first:.0f} ms to paint", "", ""),
        within("table of 1e6 rows: any row", painted["rows"], 50),
        (
            "a value that is such a table, to the end of its run",
            f"{found['value']:.1f} ms",
            f"{found['few']:.1f} ms with 5 rows",
            f"{found['value'] / found['few']:.1f} times",
        ),
        (
            "100 of its rows, anywhere",
            f"p95 {found['rows']:.1f} ms to the answer",
            "50 ms promised",
            f"{found['rows'] / 50:.2f} of it",
            found["rows"] <= 50,
        ),
        (
            "it sorted by a column, to the answer",
            f"{found['sort']:.0f} ms",
            f"{found['own']:.0f} ms by pandas",
            f"{extra:+.0f} ms (promised: 300)",
            extra <= 300,
        ),
        (
            "100 of its rows then, anywhere",
            f"p95 {found['sorted']:.1f} ms to the answer",
            "50 ms promised",
            f"{found['sorted'] / 50:.2f} of it",
            found["sorted"] <= 50,
        ),
        (
            "its first screen",
            f"{found['bytes'] / 1000:.1f} kB",
            "60 kB promised",
            f"{found['bytes'] / 60_000:.2f} of it",
            found["bytes"] <= 60_000,
        ),
    ]
