"""The cost of results in the editor: typing and scrolling beside 2000 of them; the size of the
first chunk."""

from __future__ import annotations

import contextlib
import functools
import http.server
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
FIRST_CHUNK = 400_000
ROUNDS = 4
KEYS = 60
# Of scrolling, in frames and in pixels of a frame: as fast as a hand does it.
FRAMES = 300
SPEED = 60
# A frame that the screen shows one later than it could.
LATE_MS = 25
# More frames than the bare editor drops, in percent: the noise between two rounds.
NOISE = 1.0

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


def frames(page: Page) -> list[float]:
    """Milliseconds between the frames while the code scrolls."""
    measured: list[float] = page.evaluate(
        """async ([frames, speed]) => {
          view.scrollDOM.scrollTop = 20000;
          await rest();
          const times = [];
          let last = await frame();
          for (let n = 0; n < frames; n++) {
            view.scrollDOM.scrollTop += speed;
            const now = await frame();
            times.push(now - last);
            last = now;
          }
          return times;
        }""",
        [FRAMES, SPEED],
    )
    return measured


def compared(queries: tuple[str, ...], measure: Callable[[Page], list[float]]) -> list[list[float]]:
    """What is measured in 10,000 lines, in editors of these queries in turn."""
    with harness() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        pages = []
        for query in queries:
            page = browser.new_page(viewport={"width": 1200, "height": 800})
            page.goto(f"{address}?lines=10000&{query}")
            page.wait_for_function("window.ready")
            page.evaluate(LISTEN)
            page.evaluate("view.scrollDOM.scrollTop = 60000")
            pages.append(page)
        measured: list[list[float]] = [[] for _ in pages]
        for round in range(ROUNDS + 1):
            for page, all_of_them in zip(pages, measured, strict=True):
                page.bring_to_front()
                values = measure(page)
                if round:  # the first is for warming up
                    all_of_them += values
        browser.close()
        return measured


def typing(*queries: str) -> tuple[float, ...]:
    """Medians in ms of typing."""
    return tuple(median(times) for times in compared(queries, latencies))


def dropped(*queries: str) -> tuple[float, ...]:
    """Frames dropped while scrolling, in percent."""
    return tuple(
        100 * sum(ms > LATE_MS for ms in times) / len(times) for times in compared(queries, frames)
    )


def rows() -> list[tuple[str, str, str, str, bool]]:
    """(what, rdit, baseline, ratio, whether the promise holds)."""
    table = []
    for layout in ("beside", "spaced", "below"):
        with_results, without = typing(
            f"results=2000&layout={layout}", f"results=0&layout={layout}"
        )
        ratio = with_results / without
        table.append(
            (
                f"typing, 2000 results {layout}",
                f"{with_results:.1f} ms to paint",
                f"{without:.1f} ms without results",
                f"{ratio:.2f} times (promised: 1.2)",
                ratio <= 1.2,
            )
        )
    found, none = typing(
        "results=2000&layout=beside&findings=500", "results=2000&layout=beside&findings=0"
    )
    table.append(
        (
            "typing, 2000 results and 500 findings",
            f"{found:.1f} ms to paint",
            f"{none:.1f} ms without findings",
            f"{found / none:.2f} times (promised: 1.2)",
            found <= 1.2 * none,
        )
    )
    for layout in ("beside", "spaced"):
        with_results, without = dropped(
            f"results=2000&layout={layout}", f"results=0&layout={layout}"
        )
        table.append(
            (
                f"scrolling, 2000 results {layout}",
                f"{with_results:.1f} % of the frames dropped",
                f"{without:.1f} % without results",
                f"{with_results - without:+.1f} % (promised: {NOISE:.0f})",
                with_results - without <= NOISE,
            )
        )
    size = (ROOT / "rdit_ext/static/page.js").stat().st_size
    table.append(
        (
            "first chunk of the page",
            f"{size / 1000:.0f} kB minified",
            f"{FIRST_CHUNK / 1000:.0f} kB promised",
            f"{size / FIRST_CHUNK:.2f} of it",
            size <= FIRST_CHUNK,
        )
    )
    return table
