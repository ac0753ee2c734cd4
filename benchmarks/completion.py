"""How soon completions show on the page: from the key's own time stamp until the popup that has
what is looked for has been painted. Of names, which the text gives, and of attributes, which only
the kernel knows; with an idle kernel and while it computes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from page import CHROMIUM
from playwright.sync_api import Page, sync_playwright
from server import jupyter_server

TIMES = 40
PROMISED_MS = 100
SCRIPT = """\
import json
import pathlib
harvest = {"apple": 1, "pear": 2}
harvester = pathlib.Path(".")
for turn in range(10):
    total = sum(range(100))
json
"""
BUSY = "while True: total = sum(range(1000))\n"

# Resolves with the milliseconds from the key until a popup with that label was painted.
MEASURE = """label => new Promise(resolve => {
  let started = 0;
  addEventListener("keydown", event => (started = event.timeStamp), { capture: true, once: true });
  const channel = new MessageChannel();
  const look = () => {
    const labels = [...document.querySelectorAll(".cm-tooltip-autocomplete .cm-completionLabel")];
    // None within 5 s is as slow as never.
    if (started && performance.now() - started > 5000) return resolve(5000);
    if (!started || !labels.some(each => each.textContent === label))
      return requestAnimationFrame(look);
    channel.port1.onmessage = () => resolve(performance.now() - started);
    channel.port2.postMessage(0);
  };
  requestAnimationFrame(look);
  document.body.dataset.measuring = "on";
})"""


def latencies(page: Page, text: str, key: str, label: str) -> list[float]:
    """Milliseconds from `key`, typed behind `text` in a line of its own, to the popup."""
    found = []
    for _ in range(TIMES):
        page.keyboard.press("Escape")
        page.keyboard.press("Control+End")
        page.keyboard.insert_text("\n" + text)
        page.keyboard.press("Escape")
        page.evaluate("() => void (document.body.dataset.measuring = 'off')")
        page.evaluate(f"() => void (window.measured = ({MEASURE})({label!r}))")
        page.wait_for_selector("body[data-measuring=on]", state="attached")
        page.keyboard.press(key)
        found.append(float(page.evaluate("window.measured")))
    return found


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure() -> dict[str, dict[str, list[float]]]:
    """By the state of the kernel and by what was completed."""
    with tempfile.TemporaryDirectory(prefix="rdit-bench-") as folder:
        (Path(folder) / "bench.py").write_text(SCRIPT + "\n" * 3)
        with jupyter_server(Path(folder)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            page = browser.new_page(viewport={"width": 1200, "height": 800})
            page.goto(f"{server.url}/rdit/edit/bench.py?token={server.token}")
            page.wait_for_selector('.rdit-page[data-state="idle"]')
            page.wait_for_selector(".cm-content[aria-autocomplete]")
            page.locator(".cm-content").focus()
            page.keyboard.press("Control+Shift+Enter")
            page.wait_for_selector('.rdit-result[data-line-start="7"][data-status="ok"]')

            def both() -> dict[str, list[float]]:
                latencies(page, "harvest", ".", "keys")  # jedi reads its stubs
                return {
                    "names of the text": latencies(page, "x = har", "v", "harvester"),
                    "attributes by the kernel": latencies(page, "harvest", ".", "keys"),
                }

            measured = {"idle": both()}
            page.keyboard.press("Escape")
            page.keyboard.press("Control+End")
            page.keyboard.insert_text("\n" + BUSY)
            page.keyboard.press("ArrowUp")
            page.keyboard.press("Control+Enter")
            page.wait_for_selector('.rdit-page[data-state="busy"]')
            measured["busy"] = both()
            browser.close()
            return measured


def rows() -> list[tuple[str, str, str, str, bool] | tuple[str, str, str, str]]:
    """(what, rdit, baseline, ratio, whether the promise holds); no promise while it computes."""
    table: list[tuple[str, str, str, str, bool] | tuple[str, str, str, str]] = []
    for state, kinds in measure().items():
        for kind, values in kinds.items():
            last = percentile(values, 0.95)
            row = (
                f"completion, kernel {state}: {kind}",
                f"p50 {median(values):.0f} ms, p95 {last:.0f} ms to paint",
                f"{PROMISED_MS} ms promised" if state == "idle" else "",
                f"{last / PROMISED_MS:.2f} of it" if state == "idle" else "",
            )
            table.append((*row, last <= PROMISED_MS) if state == "idle" else row)
    return table
