"""The outline of a script and its breadcrumbs: they follow the cursor, and lead to their places."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Tab
from .test_editing import start

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = '''"""
# Report
"""
# %% Load
def load(path):
    return path


class Model:
    def fit(self):
        pass


# %% Plot
1 / 0
'''


def panel(tab: Tab) -> Any:
    return tab.page.locator('[data-panel="outline"]')


def crumbs(tab: Tab) -> Any:
    return tab.page.locator(".rdit-crumb-scope")


def test_the_outline_is_filtered_and_leads_there_by_keys(tab: Tab) -> None:
    page = start(tab, "outline.py", SCRIPT).page
    page.keyboard.press("Control+Shift+O")
    items = panel(tab).get_by_role("option")
    expect(items).to_have_count(6)
    assert panel(tab).locator(".rdit-outline-text").all_text_contents() == [
        "Report",
        "Load",
        "load()",
        "Model",
        "fit()",
        "Plot",
    ]
    expect(panel(tab).get_by_role("combobox")).to_be_focused()
    page.keyboard.type("fi")
    expect(items).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_be_focused()
    expect(tab.status).to_contain_text("Ln 10, Col 5")
    # It stays, with what the cursor stands in marked; the same key goes to it, and closes it.
    page.keyboard.press("Control+Shift+O")
    page.keyboard.press("Escape")
    expect(items).to_have_count(6)
    expect(panel(tab).locator("[data-here]")).to_contain_text("fit()")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(tab.status).to_contain_text("Ln 14, Col 1")
    page.keyboard.press("Control+Shift+O")
    page.keyboard.press("Control+Shift+O")
    expect(panel(tab)).to_have_count(0)
    expect(page.locator(".cm-content")).to_be_focused()


def test_the_outline_follows_the_text_the_cursor_and_the_runs(tab: Tab) -> None:
    page = start(tab, "follow.py", SCRIPT).page
    page.keyboard.press("Control+Shift+O")
    panel(tab).get_by_text("Plot").click()
    here = panel(tab).locator("[data-here]")
    expect(here).to_contain_text("Plot")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    expect(here).to_contain_text("Report")
    page.keyboard.press("Control+End")
    page.keyboard.type("# %% New\nclass Late: ...")
    expect(panel(tab).get_by_role("option")).to_have_count(8)
    tab.command("run-all").click()
    plot = panel(tab).get_by_role("option", name="Plot")
    expect(plot).to_have_attribute("data-status", "error")
    expect(panel(tab).locator('[data-kind="section"]').first).to_have_attribute("data-status", "ok")


def test_breadcrumbs_say_where_the_cursor_is_and_lead_there(tab: Tab) -> None:
    page = start(tab, "crumbs.py", SCRIPT).page
    tab.go_to_line(11)
    expect(crumbs(tab)).to_have_text(["Load", "Model", "fit()"])
    crumbs(tab).nth(1).get_by_role("button").click()
    expect(tab.status).to_contain_text("Ln 9, Col 1")
    expect(crumbs(tab)).to_have_text(["Load", "Model"])
    expect(page.locator(".cm-content")).to_be_focused()


def test_in_a_narrow_window_it_stands_over_the_code_and_goes_after_a_choice(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 420, "height": 800})
    page = start(tab, "narrow.py", SCRIPT).page
    width = "() => document.querySelector('.cm-editor').offsetWidth"
    before = page.evaluate(width)
    page.keyboard.press("Control+Shift+O")
    expect(panel(tab)).to_be_visible()
    assert page.evaluate(width) == before
    panel(tab).get_by_text("load()").click()
    expect(panel(tab)).to_have_count(0)
    expect(tab.status).to_be_visible()
    expect(crumbs(tab).first).to_be_hidden()


def test_a_script_without_any_says_what_would_stand_there(tab: Tab) -> None:
    page = start(tab, "bare.py", "1\n").page
    page.keyboard.press("Control+Shift+O")
    expect(panel(tab)).to_contain_text("Sections (# %%)")
    expect(panel(tab).get_by_role("combobox")).to_be_focused()
    page.keyboard.type("x")
    expect(panel(tab)).to_contain_text("Nothing with these words.")
