"""Where the time of a long statement goes, in the gutter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .axe import findings
from .conftest import Gate, Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

NUMBER = ".cm-lineNumbers .cm-gutterElement"


def line(tab: Tab, number: int) -> Any:
    return tab.page.locator(NUMBER).filter(has_text=re.compile(rf"^{number}$")).last


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_are_warm_while_a_statement_lasts(
    new_tab: Callable[..., Tab], gate: Gate, scheme: str
) -> None:
    tab = new_tab(color_scheme=scheme)
    script = f"def wait():\n    {gate.wait}\n\n\nif True:\n    x = 1\n    wait()\n"
    tab.open("warm.py", script)
    tab.page.wait_for_selector(".rdit-writing")
    tab.page.keyboard.press("Control+Shift+Enter")
    expect(line(tab, 2)).to_have_class(re.compile("rdit-heat-6"))
    expect(line(tab, 6)).not_to_have_class(re.compile("rdit-heat"))
    background = "dom => getComputedStyle(dom).backgroundColor"
    assert "0)" not in line(tab, 2).evaluate(background)
    line(tab, 2).hover()
    expect(line(tab, 2)).to_have_attribute("title", re.compile(r"^\d+ % of its time, "))
    assert findings(tab.page) == []
    # It moves with edits.
    tab.page.locator(".cm-content").focus()
    tab.page.keyboard.press("Control+Home")
    tab.page.keyboard.press("Enter")
    expect(line(tab, 3)).to_have_class(re.compile("rdit-heat-6"))
    gate.open()
    tab.wait_for_state("idle")
    expect(line(tab, 3)).to_have_class(re.compile("rdit-heat-past"))
    tab.page.mouse.move(900, 400)
    expect(line(tab, 3)).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    line(tab, 3).hover()
    expect(line(tab, 3)).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    # Of another run nothing is known yet.
    tab.page.locator(".cm-content").focus()
    tab.page.keyboard.press("Control+Shift+Enter")
    expect(tab.page.locator("[class*=rdit-heat]")).to_have_count(0)


def test_it_can_be_turned_off(tab: Tab, gate: Gate) -> None:
    tab.page.add_init_script("localStorage.setItem('rdit.heat', 'false')")
    tab.open("cold.py", f"print(1, flush=True)\nif True:\n    {gate.wait}\n")
    sent: list[str] = []
    tab.page.on("websocket", lambda it: it.on("framesent", lambda text: sent.append(str(text))))
    tab.page.reload()
    tab.wait_for_state("idle")
    tab.page.wait_for_selector(".rdit-writing")
    tab.page.keyboard.press("Control+Shift+Enter")
    expect(tab.output(1)).to_have_text("1")
    gate.open()
    tab.wait_for_state("idle")
    (run,) = [text for text in sent if '"type":"run"' in text]
    assert '"heat":false' in run
