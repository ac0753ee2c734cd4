"""The cost of results in the editor: typing and scrolling beside 2000 of them; what is read of the
script at a key; the size of the first chunk."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
FIRST_CHUNK = 400_000
# In turn, and short: what else the machine does changes meanwhile.
ROUNDS = 6
KEYS = 20
SCROLLS = 3
# Of scrolling by the wheel, in pixels and pixels a second.
DISTANCE = 6000
SPEED = 3000
# More frames than the bare editor drops, in percent: the noise between two rounds.
NOISE = 1.0
# A machine on which the bare editor drops more cannot tell.
BUSY = 3.0
# Milliseconds after which a task of the page is long: https://w3c.github.io/longtasks/
LONG_MS = 50
Row = tuple[str, str, str, str, bool] | tuple[str, str, str, str]

# From the key's own time stamp until the frame that shows it was painted.
LISTEN = """() => {
  window.latencies = [];
  const channel = new MessageChannel();
  let started = 0;
  channel.port1.onmessage = () => window.latencies.push(performance.now() - started);
  addEventListener("keydown", event => {
    started = event.timeStamp;
    requestAnimationFrame(() => channel.port2.postMessage(0));
  }, true);
}"""


@contextlib.contextmanager
def harness() -> Iterator[str]:
    """The address of the editor with made-up results, as the layout's tests use it."""
    with tempfile.TemporaryDirectory(prefix="rdit-bench-") as folder:
        config = "tests/e2e/harness/vite.config.ts"
        subprocess.run(
            ["npx", "vite", "build", "--logLevel", "error", "--config", config, "--outDir", folder],
            cwd=ROOT,
            check=True,
        )

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Requests are no news."""

        handler = functools.partial(Quiet, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()


def latencies(page: Page) -> list[float]:
    """Milliseconds of each of some keystrokes in the middle of the visible code."""
    page.evaluate(
        """() => {
          const block = view.lineBlockAtHeight(view.scrollDOM.scrollTop + 200);
          view.dispatch({ selection: { anchor: block.to } });
          view.focus();
          window.latencies.length = 0;
        }"""
    )
    for n in range(KEYS):
        page.keyboard.press("abcdefgh"[n % 8])
        page.wait_for_function("n => window.latencies.length > n", arg=n)
    measured: list[float] = page.evaluate("window.latencies")
    return measured


@contextlib.contextmanager
def editors(address: str, *queries: str, is_shown: bool = False) -> Iterator[list[Page]]:
    """Editors of 10,000 lines, with results as the queries say."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM, headless=not is_shown
        )
        pages = []
        for query in queries:
            page = browser.new_page(viewport={"width": 1200, "height": 800})
            page.goto(f"{address}?lines=10000&{query}")
            page.wait_for_function("window.ready")
            pages.append(page)
        yield pages
        browser.close()


def typing(address: str, *queries: str) -> list[tuple[float, float]]:
    """Of editors of these queries in turn: the median in ms of a key until it is painted, and ms of
    CPU time that the page's thread took for one."""
    tell(f"typing: {queries[0]}")
    with editors(address, *queries) as pages:
        clients = [page.context.new_cdp_session(page) for page in pages]
        for page, client in zip(pages, clients, strict=True):
            page.evaluate(LISTEN)
            page.evaluate("view.scrollDOM.scrollTop = 60000")
            client.send("Performance.enable", {"timeDomain": "threadTicks"})
        measured: list[list[float]] = [[] for _ in pages]
        busy = [0.0 for _ in pages]
        for round in range(ROUNDS + 1):
            for index, (page, client) in enumerate(zip(pages, clients, strict=True)):
                page.bring_to_front()
                before = task_ms(client)
                values = latencies(page)
                if round:  # the first is for warming up
                    measured[index] += values
                    busy[index] += task_ms(client) - before
        return [(median(times), ms / len(times)) for times, ms in zip(measured, busy, strict=True)]


@contextlib.contextmanager
def screen() -> Iterator[bool]:
    """A screen for a browser that is shown: that of the desktop, or one of Xvfb. False if there is
    none: a browser without one does not report its frames as they come to a screen."""
    if "DISPLAY" in os.environ or not shutil.which("Xvfb"):
        yield "DISPLAY" in os.environ
        return
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as said:
            os.environ["DISPLAY"] = f":{said.readline().strip()}"
        yield True
    finally:
        os.environ.pop("DISPLAY", None)
        server.terminate()
        server.wait(10)


def traced_scroll(page: Page, client: CDPSession) -> list[dict[str, Any]]:
    """The frames that the compositor reports while the wheel scrolls."""
    events: list[dict[str, Any]] = []
    is_complete: list[bool] = []

    def collect(batch: dict[str, Any]) -> None:
        events.extend(batch["value"])

    def end(_: dict[str, Any]) -> None:
        is_complete.append(True)

    client.on("Tracing.dataCollected", collect)
    client.on("Tracing.tracingComplete", end)
    config = {"includedCategories": ["cc", "benchmark"], "excludedCategories": ["*"]}
    client.send("Tracing.start", {"traceConfig": config, "transferMode": "ReportEvents"})
    gesture = {"x": 300, "y": 400, "yDistance": -DISTANCE, "speed": SPEED}
    client.send("Input.synthesizeScrollGesture", {**gesture, "gestureSourceType": "mouse"})
    client.send("Tracing.end")
    while not is_complete:
        page.wait_for_timeout(20)
    client.remove_listener("Tracing.dataCollected", collect)
    client.remove_listener("Tracing.tracingComplete", end)
    reports = [
        (event["args"].get("frame_reporter") or event["args"].get("chrome_frame_reporter") or {})
        for event in events
        if event["name"] == "PipelineReporter" and event["ph"] in ("b", "B")
    ]
    return [each for each in reports if each.get("state", "STATE_NO") != "STATE_NO_UPDATE_DESIRED"]


def scrolling(address: str, is_shown: bool, *queries: str) -> list[tuple[float, float]]:
    """Of editors of these queries in turn: frames that were not smooth, in percent, and ms of CPU
    time that the page's thread took for 1/60 s of scrolling."""
    tell(f"scrolling: {queries[0]}")
    found = []
    with editors(address, *queries, is_shown=is_shown) as pages:
        clients = [page.context.new_cdp_session(page) for page in pages]
        frames: list[list[dict[str, Any]]] = [[] for _ in pages]
        busy = [0.0 for _ in pages]
        for client in clients:
            client.send("Performance.enable", {"timeDomain": "threadTicks"})
        for round in range(SCROLLS + 1):
            for index, (page, client) in enumerate(zip(pages, clients, strict=True)):
                page.bring_to_front()
                page.evaluate(f"view.scrollDOM.scrollTop = {20_000 + round * DISTANCE}")
                page.evaluate("rest()")
                before = task_ms(client)
                reports = traced_scroll(page, client)
                if round:
                    frames[index] += reports
                    busy[index] += task_ms(client) - before
        for reports, ms in zip(frames, busy, strict=True):
            late = sum(bool(each.get("affects_smoothness")) for each in reports)
            share = 100 * late / max(1, len(reports))
            found.append((share, ms / (SCROLLS * 60 * DISTANCE / SPEED)))
    return found


def task_ms(client: CDPSession) -> float:
    metrics = client.send("Performance.getMetrics")["metrics"]
    return 1000 * float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def analyses(address: str) -> dict[str, list[float]]:
    """Milliseconds of each analysis of a script of 10,000 lines after a key."""
    tell("analysis")
    with editors(address, "results=0&definitions=1") as [page]:
        rounds = [page.evaluate("analyse()") for _ in range(40)][10:]
        return {name: [each[name] for each in rounds] for name in rounds[0]}


def tell(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


def typing_rows(address: str) -> Iterator[Row]:
    cases = {
        f"typing, 2000 results {layout}": (f"results=2000&layout={layout}", f"layout={layout}")
        for layout in ("beside", "spaced", "below")
    }
    cases["typing, 2000 results and 500 findings"] = (
        "results=2000&layout=beside&findings=500",
        "layout=beside&findings=500",
    )
    for what, queries in cases.items():
        (ours, ms), (bare, bare_ms) = typing(address, *queries)
        yield (
            what,
            f"{ours:.1f} ms to paint",
            f"{bare:.1f} ms without results",
            f"{ours / bare:.2f} times (promised: 1.2)",
            ours <= 1.2 * bare,
        )
        yield (
            "  CPU of the page's thread a key",
            f"{ms:.1f} ms",
            f"{bare_ms:.1f} ms without results",
            f"{ms / bare_ms:.2f} times",
        )


def scrolling_rows(address: str) -> Iterator[Row]:
    with screen() as is_shown:
        where = "on a screen" if is_shown else "without a screen"
        for layout in ("beside", "spaced"):
            (ours, ms), (bare, bare_ms) = scrolling(
                address, is_shown, f"results=2000&layout={layout}", f"results=0&layout={layout}"
            )
            row = (
                f"scrolling {where}, 2000 results {layout}",
                f"{ours:.1f} % of the frames late",
                f"{bare:.1f} % without results",
            )
            if bare > BUSY:
                yield (*row, f"{ours - bare:+.1f} % (the machine is too busy to tell)")
            else:
                is_kept = ours - bare <= NOISE
                yield (*row, f"{ours - bare:+.1f} % (promised: {NOISE:.0f})", is_kept)
            yield (
                "  CPU of the page's thread a frame",
                f"{ms:.1f} of 16.7 ms",
                f"{bare_ms:.1f} ms without results",
                f"{ms / bare_ms:.1f} times",
            )


def analysis_rows(address: str) -> Iterator[Row]:
    for name, times in analyses(address).items():
        last = sorted(times)[int(0.95 * len(times))]
        yield (
            f"after a key, 10,000 lines: {name}",
            f"p50 {median(times):.1f} ms, p95 {last:.1f} ms",
            f"{LONG_MS} ms: a long task",
            f"{last / LONG_MS:.2f} of it",
            last <= LONG_MS,
        )


def rows(part: Callable[[str], Iterator[Row]]) -> list[Row]:
    """(what, rdit, baseline, ratio, whether the promise holds) of a part that needs the editor."""
    with harness() as address:
        return list(part(address))


def size_rows() -> list[Row]:
    """The same of what the page loads first."""
    static = ROOT / "rdit_ext/static"
    first = ["page.js", *json.loads((static / "first_chunks.json").read_text())]
    size = sum((static / name).stat().st_size for name in first)
    return [
        (
            "first chunks of the page",
            f"{size / 1000:.0f} kB minified",
            f"{FIRST_CHUNK / 1000:.0f} kB promised",
            f"{size / FIRST_CHUNK:.2f} of it",
            size <= FIRST_CHUNK,
        )
    ]
