"""The panel of variables on the page: opened level by level, by keys, while a statement runs."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .axe import findings
from .conftest import Tab
from .test_editing import start

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """import math
class Loud:
    def __repr__(self): raise SystemExit
    def __len__(self): raise SystemExit
    def __init__(self): self.field = {'key': [7, 8]}
loud = Loud()
many = list(range(1_000_000))
text = 'a' * 10

for i in range(300): globals()[f'name{i:03}'] = i
del i
input('wait? ')
text = 'b'
"""


def panel(tab: Tab) -> Any:
    return tab.page.locator('[data-panel="variables"]')


def row(tab: Tab, name: str) -> Any:
    return panel(tab).locator(f'.rdit-variables-row[data-name="{name}"]:not([hidden])')


def cell(tab: Tab, name: str, column: str) -> Any:
    return row(tab, name).locator(f'[data-column="{column}"]')


def show(tab: Tab) -> None:
    tab.page.keyboard.press("F1")
    expect(tab.page.locator(".rdit-palette-input")).to_be_focused()
    tab.page.keyboard.type("Show Variables")
    tab.page.keyboard.press("Enter")
    expect(panel(tab).get_by_role("textbox")).to_be_focused()


def test_the_variables_are_shown_opened_and_followed(tab: Tab) -> None:
    page = start(tab, "variables.py", SCRIPT).page
    show(tab)
    expect(panel(tab).get_by_role("status")).to_have_text("No variables yet: run a statement.")
    tab.command("run-all").click()
    # While the last but one waits for its input.
    tab.page.locator(".rdit-results input").wait_for()
    expect(cell(tab, "many", "size")).to_have_text("1000000")
    expect(cell(tab, "many", "bytes")).to_have_text("8.0 MB")
    expect(cell(tab, "loud", "value")).to_have_text("(field={'key': [7, 8]})")
    expect(cell(tab, "text", "value")).to_have_count(0)  # below what is in view
    grid = panel(tab).get_by_role("treegrid")
    expect(grid).to_have_attribute("aria-rowcount", "304")
    # By keys: filtered, opened level by level, closed.
    panel(tab).get_by_role("textbox").fill("ou")
    expect(grid).to_have_attribute("aria-rowcount", "2")
    page.keyboard.press("ArrowDown")
    expect(grid).to_be_focused()
    for name in ("field", "'key'", "0"):
        page.keyboard.press("ArrowRight")
        expect(row(tab, name)).to_be_visible()
        page.keyboard.press("ArrowRight")
    expect(row(tab, "0")).to_have_attribute("aria-level", "4")
    expect(row(tab, "0")).to_have_attribute("aria-selected", "true")
    expect(cell(tab, "0", "value")).to_have_text("7")
    assert findings(page, ['[data-panel="variables"]']) == []
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(row(tab, "0")).to_have_count(0)
    # A list of a million, to its end.
    panel(tab).get_by_role("textbox").fill("many")
    cell(tab, "many", "name").click()
    expect(grid).to_have_attribute("aria-rowcount", "1000002")
    grid.focus()
    page.keyboard.press("End")
    expect(cell(tab, "999999", "value")).to_have_text("999999")
    assert panel(tab).locator(".rdit-variables-row").count() < 100
    page.keyboard.press("Home")
    expect(row(tab, "many")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    expect(grid).to_have_attribute("aria-rowcount", "2")
    # Between runs a name is deleted by two presses of a key.
    page.keyboard.press("Delete")
    expect(panel(tab).get_by_role("status")).to_contain_text("deleted between runs")
    # What the rest of the run changes, and where it was bound.
    panel(tab).get_by_role("textbox").fill("text")
    expect(cell(tab, "text", "line")).to_have_text("8")
    page.locator(".rdit-results input").fill("on")
    page.locator(".rdit-results input").press("Enter")
    expect(cell(tab, "text", "value")).to_have_text("'b'")
    panel(tab).get_by_role("textbox").fill("many")
    page.keyboard.press("ArrowDown")
    expect(row(tab, "many")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Delete")
    expect(panel(tab).get_by_role("status")).to_contain_text("Delete once more")
    page.keyboard.press("Escape")
    expect(panel(tab).locator(".rdit-variables-line")).to_be_empty()
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    expect(row(tab, "many")).to_have_count(0)
    expect(panel(tab).get_by_role("status")).to_have_text("Nothing with these words.")
    panel(tab).get_by_role("textbox").fill("text")
    cell(tab, "text", "line").click()
    expect(tab.status).to_contain_text("Ln 13, Col 1")
    expect(page.locator(".cm-content")).to_be_focused()
    # What is known of the name at the cursor stands below, and follows the cursor and the runs.
    inspector = panel(tab).locator(".rdit-variables-inspector")
    expect(inspector).to_contain_text("text: str length 1")
    page.keyboard.press("End")
    page.keyboard.type("\ntext = [text]")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Home")
    expect(inspector).to_contain_text("text: list length 1")
    tab.go_to_line(9)
    expect(inspector).to_be_hidden()
    # The command goes to it, and Escape closes it.
    show(tab)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(panel(tab)).to_have_count(0)
    expect(page.locator(".cm-content")).to_be_focused()
