"""What stands at a statement that runs for a while, and which took longest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .axe import findings
from .conftest import Tab
from .test_palette import open_palette, option

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def test_a_running_statement_says_how_far_it_is(tab: Tab) -> None:
    go = tab.server.root / "go"
    script = (
        "import os, time\n"
        "for epoch in (1, 2):\n"
        "    print(f'Epoch {epoch}/4')\n"
        f"    while not os.path.exists({str(go)!r} + str(epoch)): time.sleep(0.01)\n"
    )
    tab.open("far.py", script)
    tab.page.keyboard.press("Control+Shift+Enter")
    running = tab.result(2)
    expect(running.locator(".rdit-clock")).to_have_text(re.compile(r"^1/4 · \d"))
    bar = running.locator(".rdit-running-bar")
    share = "dom => dom.style.getPropertyValue('--rdit-share')"
    assert bar.evaluate(share) == "0.25"
    (tab.server.root / "go1").touch()
    expect(running.locator(".rdit-clock")).to_have_text(re.compile(r"^2/4 · \d"))
    (tab.server.root / "go2").touch()
    tab.wait_for_state("idle")
    expect(running.locator(".rdit-clock")).to_have_count(0)
    expect(bar).to_have_count(0)


def test_a_loop_that_says_nothing_is_counted(tab: Tab, tmp_path: Path) -> None:
    # Beside the script they could be gone when the browser's Python copies the folder.
    script = (
        "import os, time\n"
        "for k in range(3):\n"
        f"    while k < 2 and not os.path.exists({str(tmp_path)!r} + f'/round{{k}}'):\n"
        "        time.sleep(0.01)\n"
        "print('through')\n"
    )
    tab.open("count.py", script)
    for _ in range(2):
        # The second time the result of the first is there still.
        tab.page.keyboard.press("Control+Shift+Enter")
        note = tab.result(2).locator(".rdit-clock")
        expect(note).to_have_text(re.compile(r"^0/3 · \d"))
        (tmp_path / "round0").touch()
        expect(note).to_have_text(re.compile(r"^1/3 · \d"))
        (tmp_path / "round1").touch()
        tab.wait_for_state("idle")
        expect(note).to_have_count(0)
        for name in ("round0", "round1"):
            (tmp_path / name).unlink()


def test_the_slowest_statements_are_listed(tab: Tab) -> None:
    tab.open("slow.py", "import time\n1 + 1\ntime.sleep(1)\nif True:\n    time.sleep(0.5)\n")
    open_palette(tab)
    tab.page.keyboard.type("slowest")
    option(tab, "slowest").click()
    expect(tab.page.locator('[data-panel="slowest"]')).to_have_count(0)
    tab.page.keyboard.press("Control+Shift+Enter")
    expect(tab.output(2)).to_have_text("2")
    tab.wait_for_state("idle")
    open_palette(tab)
    tab.page.keyboard.type("slowest")
    option(tab, "slowest").click()
    panel = tab.page.locator('[data-panel="slowest"]')
    lines = panel.locator("li button")
    expect(lines).to_have_count(4)
    assert [lines.nth(k).get_attribute("data-line") for k in range(2)] == ["3", "4"]
    expect(lines.first).to_have_text(re.compile(r"^3time\.sleep\(1\)\d\.\d+ s · \d\d %$"))
    expect(lines.first).to_be_focused()
    assert findings(tab.page) == []
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    expect(tab.status).to_contain_text("Ln 4,")
    open_palette(tab)
    tab.page.keyboard.type("slowest")
    option(tab, "slowest").click()
    expect(panel).to_have_count(0)
