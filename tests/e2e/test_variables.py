"""The panel of variables on the page: opened level by level, by keys, while a statement runs."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .axe import findings
from .conftest import Hold, Tab, frames
from .test_editing import start
from .test_palette import open_palette, option

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


def words(tab: Tab) -> Any:
    return panel(tab).get_by_role("textbox", name="Filter by name or type")


def row(tab: Tab, name: str) -> Any:
    return panel(tab).locator(f'.rdit-variables-row[data-name="{name}"]:not([hidden])')


def cell(tab: Tab, name: str, column: str) -> Any:
    return row(tab, name).locator(f'[data-column="{column}"]')


def show(tab: Tab) -> None:
    tab.page.keyboard.press("F1")
    expect(tab.page.locator(".rdit-palette-input")).to_be_focused()
    tab.page.keyboard.type("Show Variables")
    tab.page.keyboard.press("Enter")
    expect(words(tab)).to_be_focused()


def choose(tab: Tab, command: str) -> None:
    tab.page.keyboard.press("F1")
    expect(tab.page.locator(".rdit-palette-input")).to_be_focused()
    tab.page.keyboard.type(command)
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".cm-content")).to_be_focused()


def test_a_panel_that_comes_late_takes_no_keys_from_who_writes_on(tab: Tab) -> None:
    hold = Hold(tab.page, "**/chunks/variables-*.js")
    page = start(tab, "late_panel.py", "").page
    choose(tab, "Show Variables")
    hold.wait()
    page.keyboard.type("1 + ")
    hold.release()
    expect(words(tab)).to_be_visible()
    frames(page)
    page.keyboard.type("2")
    assert tab.text() == "1 + 2"


def test_a_panel_that_comes_late_watches_what_was_selected(tab: Tab) -> None:
    hold = Hold(tab.page, "**/chunks/variables-*.js")
    page = start(tab, "late_watch.py", "apples = 1\npears = 2\n").page
    tab.go_to_line(2)
    choose(tab, "Watch Selection")
    hold.wait()
    page.keyboard.press("ArrowUp")
    hold.release()
    expect(page.locator(".rdit-watch-row")).to_have_attribute("data-expression", "pears")


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
    words(tab).fill("ou")
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
    words(tab).fill("many")
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
    words(tab).fill("text")
    expect(cell(tab, "text", "line")).to_have_text("8")
    page.locator(".rdit-results input").fill("on")
    page.locator(".rdit-results input").press("Enter")
    expect(cell(tab, "text", "value")).to_have_text("'b'")
    # What a statement has bound is listed before the run is over.
    tab.wait_for_state("idle")
    words(tab).fill("many")
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
    words(tab).fill("text")
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


WATCHED = """xs = [[1, 2], 3]
calls = []
def count(): calls.append(1); return len(calls)
input('wait? ')
xs.append(4)
"""


def watch(tab: Tab, expression: str) -> None:
    field = panel(tab).get_by_role("textbox", name="Watch an expression")
    field.fill(expression)
    field.press("Enter")
    expect(field).to_have_value("")


def watched(tab: Tab, expression: str) -> Any:
    return panel(tab).locator(f'.rdit-watch-row[data-expression="{expression}"]')


def test_expressions_are_watched_from_run_to_run(tab: Tab) -> None:
    page = start(tab, "watch.py", WATCHED).page
    show(tab)
    section = panel(tab).locator(".rdit-watch")
    for expression in ("len(xs)", "xs", "count()", "1 / 0", "y = 1"):
        watch(tab, expression)
    expect(watched(tab, "len(xs)")).to_contain_text("NameError: name 'xs' is not defined")
    tab.command("run-all").click()
    page.locator(".rdit-results input").wait_for()
    page.locator(".rdit-results input").fill("on")
    page.locator(".rdit-results input").press("Enter")
    expect(watched(tab, "len(xs)").locator(".rdit-watch-value")).to_have_text("3")
    expect(watched(tab, "count()").locator(".rdit-watch-value")).to_have_text("1")
    error = watched(tab, "1 / 0").locator(".rdit-watch-error")
    expect(error).to_have_text("ZeroDivisionError: division by zero")
    expect(watched(tab, "y = 1")).to_contain_text("not a statement")
    assert findings(page, ['[data-panel="variables"]']) == []
    # Level by level.
    watched(tab, "xs").get_by_role("button", name="What it holds").click()
    rows = section.locator(".rdit-watch-row:not([data-expression])")
    expect(rows.locator(".rdit-watch-value")).to_have_text(["[1, 2]", "3", "4"])
    rows.first.get_by_role("button").click()
    expect(rows).to_have_count(5)
    # While a run lasts the values are as of before it.
    tab.command("run-all").click()
    page.locator(".rdit-results input").wait_for()
    expect(section).to_contain_text("as of before this run")
    expect(watched(tab, "len(xs)").locator(".rdit-watch-value")).to_have_text("3")
    page.locator(".rdit-results input").fill("on")
    page.locator(".rdit-results input").press("Enter")
    expect(section).not_to_contain_text("as of before")
    expect(rows).to_have_count(5)
    # Once a run, whoever looks.
    expect(watched(tab, "count()").locator(".rdit-watch-value")).to_have_text("1")
    # One is changed, one removed, and the name at the cursor is watched by a command.
    watched(tab, "1 / 0").get_by_text("1 / 0", exact=True).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("1 / 4")
    page.keyboard.press("Enter")
    expect(watched(tab, "1 / 4").locator(".rdit-watch-value")).to_have_text("0.25")
    watched(tab, "y = 1").hover()
    watched(tab, "y = 1").get_by_role("button", name="Remove").click()
    expect(watched(tab, "y = 1")).to_have_count(0)
    tab.go_to_line(2)
    open_palette(tab)
    page.keyboard.type("Watch")
    option(tab, "watch").click()
    expect(watched(tab, "calls").locator(".rdit-watch-value")).to_have_text("[1]")
    # They are there again after a reload.
    page.reload()
    page.wait_for_selector(".cm-content.rdit-writing")
    show(tab)
    names = section.locator("[data-expression] .rdit-watch-name")
    expect(names).to_have_text(["len(xs)", "xs", "count()", "1 / 4", "calls"])
    expect(watched(tab, "len(xs)").locator(".rdit-watch-value")).to_have_text("3")


def test_a_watched_expression_that_ends_the_kernel_does_so_once(tab: Tab) -> None:
    start(tab, "killed.py", "import os\nx = 1\n")
    show(tab)
    tab.command("run-all").click()
    expect(cell(tab, "x", "value")).to_have_text("1")
    watch(tab, "x")
    expect(watched(tab, "x").locator(".rdit-watch-value")).to_have_text("1")
    watch(tab, "os._exit(3)")
    # It is started again, once, and nothing is evaluated in it that nobody has run.
    expect(cell(tab, "x", "value")).to_have_count(0)
    expect(panel(tab).locator(".rdit-watch")).to_contain_text("as of before")
    expect(watched(tab, "x").locator(".rdit-watch-value")).to_have_text("1")
    expect(tab.page.locator(".rdit-statusbar")).to_contain_text("idle")
