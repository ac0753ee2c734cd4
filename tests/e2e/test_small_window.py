"""Dialogs longer than a window can be read."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

PHONE = {"width": 390, "height": 700}


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
