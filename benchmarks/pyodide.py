"""Both places where a script can run, side by side: Python in the browser, and on a server.

The browser's Python comes from a static folder on this machine: what a network adds is its 8 MB.
Nothing here is promised; the figures are for who chooses.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from statistics import median

import psutil
from page import CHROMIUM, ROOT
from playwright.sync_api import sync_playwright
from server import jupyter_server

COUNT = 1000
SCRIPT = "\n".join(["1 + 1"] * COUNT)
Row = tuple[str, str, str, str]


@contextlib.contextmanager
def harness() -> Iterator[str]:
    """The address of the backend alone in an isolated page, as its tests use it."""
    with tempfile.TemporaryDirectory(prefix="rdit-bench-") as folder:
        config = "tests/e2e/pyodide/vite.config.ts"
        subprocess.run(
            ["npx", "vite", "build", "--logLevel", "error", "--config", config],
            cwd=ROOT,
            env={**os.environ, "HARNESS": folder},
            check=True,
        )

        class Isolated(http.server.SimpleHTTPRequestHandler):
            def end_headers(self) -> None:
                self.send_header("Cross-Origin-Opener-Policy", "same-origin")
                self.send_header("Cross-Origin-Embedder-Policy", "credentialless")
                super().end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Requests are no news."""

        handler = functools.partial(Isolated, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()


def in_browser() -> dict[str, float]:
    """Seconds and bytes of Python in a page."""
    with harness() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page()
        page.goto(address)
        found: dict[str, float] = {}
        for name in ("first", "again"):
            page.evaluate("globalThis.h = new Harness('')")
            found[name] = page.evaluate("h.measure('2 + 2')") / 1000
            if name == "first":
                page.evaluate("h.close()")
                page.reload()
        found["each"] = median(page.evaluate("s => h.measure(s)", SCRIPT) for _ in range(5))
        found["each"] /= 1000 * COUNT
        found["round trip"] = median(page.evaluate("h.measure('6 * 7')") for _ in range(50)) / 1000
        found["memory"] = page.evaluate("h.memory()")
        browser.close()
        return found


def on_server() -> dict[str, float]:
    """The same of a kernel."""
    with jupyter_server() as server:
        start = time.perf_counter()
        with server.session("bench") as session:
            session.run("2 + 2")
            found = {"first": time.perf_counter() - start, "again": time.perf_counter() - start}
            found["each"] = median(session.run(SCRIPT)[0] for _ in range(5)) / COUNT
            found["round trip"] = median(session.run("6 * 7")[0] for _ in range(50))
            _, events = session.run("import os\nos.getpid()")
            pid = next(int(e["output"]["text"]) for e in events if e["type"] == "output")
            found["memory"] = psutil.Process(pid).memory_full_info().pss
    return found


def rows() -> list[Row]:
    """(what, in the browser, on a server, how they compare)."""
    browser, server = in_browser(), on_server()

    def row(what: str, name: str, write: str, scale: float) -> Row:
        ours, theirs = browser[name], server[name]
        return (
            f"in the browser: {what}",
            write.format(ours * scale),
            f"{write.format(theirs * scale)} on a server",
            f"{ours / theirs:.1f} times",
        )

    return [
        row("from nothing to the first result", "first", "{:.1f} s", 1),
        row("the same, kept by the browser", "again", "{:.1f} s", 1),
        row(f"{COUNT} expressions", "each", "{:.0f} µs each", 1e6),
        row("one statement, round trip", "round trip", "{:.1f} ms", 1e3),
        row("memory of Python", "memory", "{:.0f} MB", 1e-6),
    ]


if __name__ == "__main__":
    for line in rows():
        print("  ".join(line))
