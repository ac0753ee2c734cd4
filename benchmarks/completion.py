"""How soon completions show on the page: from the key's own time stamp until the popup that has
what is looked for has been painted. Of names, which the text gives, and of attributes, which only
the kernel knows; with an idle kernel, while it computes in Python, and in calls of C code that keep
Python's lock for 30 ms and more each."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

from page import CHROMIUM
from playwright.sync_api import Page, sync_playwright
from server import jupyter_server

TIMES = 25
# None within this is as slow as never.
PATIENCE_MS = 2000
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
BUSY = {
    "in Python": "while True: total = sum(range(1000))\n",
    "in C code": "while True: total = sum(range(2_000_000))\n",
}

# Resolves with the milliseconds from the key until a popup with that label was painted.
MEASURE = """([label, patience]) => new Promise(resolve => {
  let started = 0;
  addEventListener("keydown", event => (started = event.timeStamp), { capture: true, once: true });
  const channel = new MessageChannel();
  const look = () => {
    const labels = [...document.querySelectorAll(".cm-tooltip-autocomplete .cm-completionLabel")];
    if (started && performance.now() - started > patience) return resolve(patience);
    if (!started || !labels.some(each => each.textContent === label))
      return requestAnimationFrame(look);
    channel.port1.onmessage = () => resolve(performance.now() - started);
    channel.port2.postMessage(0);
  };
  requestAnimationFrame(look);
  document.body.dataset.measuring = "on";
})"""


def latencies(page: Page, text: str, key: str, label: str, times: int = TIMES) -> list[float]:
    """Milliseconds from `key`, typed behind `text` in the last line, to the popup."""
    found = []
    for _ in range(times):
        # An Escape also dismisses a popup that is still to come: none after this.
        page.keyboard.press("Escape")
        page.keyboard.press("Control+End")
        page.keyboard.press("Shift+Home")
        page.keyboard.insert_text(text)
        page.evaluate("() => void (document.body.dataset.measuring = 'off')")
        page.evaluate(f"given => void (window.measured = ({MEASURE})(given))", [label, PATIENCE_MS])
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

            def both(state: str) -> dict[str, list[float]]:
                print(f"completion, kernel {state} …", file=sys.stderr, flush=True)
                return {
                    "names of the text": latencies(page, "x = ", "h", "harvester"),
                    "attributes by the kernel": latencies(page, "harvest", ".", "keys"),
                }

            first = latencies(page, "harvest", ".", "keys", times=1)
            measured = {"idle": {"the first attributes of a kernel": first, **both("idle")}}
            for state, statement in BUSY.items():
                page.keyboard.press("Escape")
                page.keyboard.press("Control+End")
                page.keyboard.press("Shift+Home")
                page.keyboard.insert_text(f"{statement}\n")
                page.keyboard.press("ArrowUp")
                page.keyboard.press("ArrowUp")
                page.keyboard.press("Control+Enter")
                page.wait_for_selector('.rdit-page[data-state="busy"]')
                measured[f"busy {state}"] = both(f"busy {state}")
                page.keyboard.press("Escape")
                page.click('[data-command="rdit:interrupt"]')
                page.wait_for_selector('.rdit-page[data-state="idle"]')
                page.locator(".cm-content").focus()
            browser.close()
            return measured


def rows() -> list[tuple[str, str, str, str, bool] | tuple[str, str, str, str]]:
    """(what, rdit, baseline, ratio, whether the promise holds); no promise while it computes."""
    table: list[tuple[str, str, str, str, bool] | tuple[str, str, str, str]] = []
    measured = measure()
    for state, kinds in measured.items():
        for kind, values in kinds.items():
            what = f"completion, kernel {state}: {kind}"
            if len(values) == 1:
                table.append((what, f"{values[0]:.0f} ms to paint", "", ""))
                continue
            last = percentile(values, 0.95)
            ours = f"p50 {median(values):.0f} ms, p95 {last:.0f} ms to paint"
            if state == "idle":
                share = f"{last / PROMISED_MS:.2f} of it"
                table.append((what, ours, f"{PROMISED_MS} ms promised", share, last <= PROMISED_MS))
            else:
                idle = median(measured["idle"][kind])
                share = f"{median(values) / idle:.1f} times"
                table.append((what, ours, f"p50 {idle:.0f} ms idle", share))
    return table
