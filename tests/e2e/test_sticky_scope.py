"""The lines that begin what one reads, kept at the top of the code."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

BODY = "".join(f"        value = {number}\n" for number in range(60))
SCRIPT = (
    f"class Model:\n    def fit(self):\n{BODY}\n    def other(self):\n{BODY}\nx = 1\n{'#' * 40}\n"
    + ("y = 2\n" * 60)
)


def lines(tab: Tab) -> Any:
    return tab.page.locator(".rdit-sticky-line")


def scroll_to(tab: Tab, line: int) -> None:
    tab.page.evaluate(
        """line => {
          const scroller = document.querySelector(".cm-scroller");
          const { height } = document.querySelector(".cm-line").getBoundingClientRect();
          scroller.scrollTop = (line - 1) * height;
        }""",
        line,
    )


def test_scopes_stay_in_view_by_choice(tab: Tab) -> None:
    tab.open("sticky.py", SCRIPT)
    tab.page.wait_for_selector(".rdit-writing")
    scroll_to(tab, 30)
    expect(lines(tab)).to_have_count(0)
    tab.page.keyboard.press("Control+,")
    tab.page.get_by_role("switch", name="Keep scopes in view").check()
    tab.page.keyboard.press("Escape")
    expect(lines(tab)).to_have_text(["class Model:", "    def fit(self):"])
    scroll_to(tab, 90)
    expect(lines(tab)).to_have_text(["class Model:", "    def other(self):"])
    scroll_to(tab, 140)
    expect(lines(tab)).to_have_count(0)
    scroll_to(tab, 1)
    expect(lines(tab)).to_have_count(0)
    scroll_to(tab, 90)
    lines(tab).nth(1).click()
    expect(tab.page.locator(".rdit-statusbar")).to_contain_text("Ln 64")
