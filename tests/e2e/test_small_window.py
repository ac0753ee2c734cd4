"""What a window of a phone has, and that dialogs longer than a window can be read."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

PHONE = {"width": 390, "height": 700}


def test_a_phone_shows_the_name_the_problems_and_the_rest_by_the_palette(tab: Tab) -> None:
    page = tab.page
    page.set_viewport_size(PHONE)
    tab.open("analysis.py", "print(nothing)\n")
    heading = page.get_by_role("heading", name="analysis.py")
    assert heading.evaluate("dom => dom.scrollWidth <= dom.clientWidth")
    expect(tab.command("problems")).to_have_text("1 problem")
    tab.command("problems").click()
    expect(page.locator("[data-panel=problems]")).to_contain_text("nothing")
    expect(tab.command("restart")).to_be_hidden()
    tab.command("palette").click()
    page.keyboard.type("restart kernel")
    expect(page.locator("[data-panel=palette] [data-command='rdit:restart']")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_keys_begin_at_their_beginning_and_end_in_the_window(tab: Tab) -> None:
    tab.open("keys.py", "1\n")
    for size in (PHONE, {"width": 1200, "height": 800}):
        tab.page.set_viewport_size(size)
        tab.page.keyboard.press("Control+Shift+H")
        dialog = tab.page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", name="Keys", exact=True)).to_be_in_viewport()
        expect(dialog.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
        box = dialog.bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size["height"]
        tab.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
