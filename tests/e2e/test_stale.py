"""What is stale is marked, with the reason, and run again by commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

from tests.support.waiting import wait_for

from .conftest import Tab
from .test_palette import open_palette

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """xs = [1, 2]
total = sum(xs)
xs = sorted(xs)
xs
total
print("apart")
def last():
    return xs[-1]

last()
"""


def stale(page: Page) -> list[int]:
    """The lines whose results are marked."""
    marked: list[int] = page.locator('.rdit-result[data-stale="true"]').evaluate_all(
        "all => all.map(one => Number(one.dataset.lineStart)).sort((a, b) => a - b)"
    )
    return marked


def expect_stale(tab: Tab, *lines: int) -> None:
    wait_for(lambda: stale(tab.page) == list(lines), f"the results of {lines} are marked")


def choose(tab: Tab, command: str) -> None:
    """A command of the palette."""
    open_palette(tab)
    tab.page.keyboard.type(command)
    tab.page.keyboard.press("Enter")


def edit_line(tab: Tab, line: int, text: str) -> None:
    tab.go_to_line(line)
    tab.page.keyboard.press("Home")
    tab.page.keyboard.press("Shift+End")
    tab.page.keyboard.type(text)
    tab.page.keyboard.press("Escape")


def test_the_story_of_stale_results(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(saves=True)
    tab.open("stale.py", SCRIPT)
    page = tab.page
    count = page.locator('[data-command="rdit:run-stale"].rdit-status-button')
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Control+Shift+Enter")
    expect(tab.output(10)).to_have_text("2")
    tab.wait_for_state("idle")
    expect_stale(tab)
    expect(count).to_be_hidden()

    # A binder is edited: what reads of it is marked, at once its own result and the others soon.
    edit_line(tab, 1, "xs = [1, 2, 5]")
    expect_stale(tab, 4, 5, 10)
    expect(count).to_have_text("6 stale")
    result = tab.result(5)
    reason = (
        "Line 2, which binds `total`, is stale: line 1, which binds `xs`, was edited since it ran"
    )
    expect(result).to_have_attribute("title", reason)
    expect(result).to_have_attribute("aria-label", f"Result of line 5, stale: {reason}")
    gutter = page.locator(".rdit-mark-stale").nth(1)
    gutter.hover()
    expect(gutter).to_have_attribute("title", "Line 1, which binds `xs`, was edited since it ran")
    # Undone: nothing was changed.
    page.keyboard.press("Control+z")
    expect_stale(tab)
    expect(count).to_be_hidden()
    page.keyboard.press("Control+y")
    expect_stale(tab, 4, 5, 10)

    # It runs: its readers are made of an older version.
    tab.go_to_line(1)
    page.keyboard.press("Control+Enter")
    tab.wait_for_state("idle")
    expect(tab.result(5)).to_have_attribute(
        "title", "Line 2, which binds `total`, is stale: `xs` was bound again on line 1"
    )
    expect_stale(tab, 4, 5, 10)

    # What the fifth line needs: the second, and no more.
    tab.go_to_line(5)
    choose(tab, "Run Statement and What It Needs")
    expect(tab.output(5)).to_have_text("8")
    expect_stale(tab, 4, 10)
    # A second viewer has the same marks, and so has this one after a reload.
    expect(page.locator(".rdit-dirty")).to_be_hidden()
    other = new_tab()
    other.open("stale.py")
    expect(other.output(5)).to_have_text("8")
    expect_stale(other, 4, 10)
    reasons: Any = "all => all.map(one => one.title)"
    marks = page.locator('.rdit-result[data-stale="true"]')
    shown = marks.evaluate_all(reasons)
    others = other.page.locator('.rdit-result[data-stale="true"]')
    wait_for(lambda: others.evaluate_all(reasons) == shown, "the other has the same reasons")
    page.reload()
    expect_stale(tab, 4, 10)
    wait_for(lambda: marks.evaluate_all(reasons) == shown, "the same reasons are there")

    # All that is stale, for both viewers; what is apart does not run.
    count.click()
    expect(tab.output(4)).to_have_text("[1, 2, 5]")
    expect(tab.output(10)).to_have_text("5")
    expect_stale(tab)
    expect_stale(other)
    expect(count).to_be_hidden()

    # A statement is deleted, and its name lives on.
    tab.go_to_line(3)
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")
    expect(tab.result(3)).to_have_attribute(
        "title", "`xs` lives on from a statement that was deleted: xs = sorted(xs)"
    )
    expect_stale(tab, 3, 9)
    page.keyboard.press("Control+z")
    expect_stale(tab)

    # Above the cursor, and in a new kernel with what is needed.
    tab.go_to_line(4)
    choose(tab, "Run Statements Above")
    tab.wait_for_state("idle")
    expect_stale(tab, 4, 5, 10)
    choose(tab, "Run Stale Statements")
    expect_stale(tab)
    # It is idle before as well as after.
    page.evaluate(
        """() => {
            window.restarted = new Promise(done => new MutationObserver(() => {
                if (document.querySelector('.rdit-page').dataset.state === 'restarting') done();
            }).observe(document, {subtree: true, attributeFilter: ['data-state']}));
        }"""
    )
    page.locator('[data-command="rdit:restart"]').first.click()
    page.locator("dialog[open]").get_by_role("button", name="Restart").click()
    page.evaluate("restarted")
    tab.wait_for_state("idle")
    expect_stale(tab)
    tab.go_to_line(10)
    choose(tab, "Run Statement and What It Needs")
    expect(tab.output(10)).to_have_text("5")
    expect_stale(tab, 4, 5)


def test_a_save_runs_what_is_stale_if_the_user_wants_so(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(saves=True)
    tab.page.add_init_script("localStorage.setItem('rdit.runStaleOnSave', 'true')")
    tab.open("on_save.py", SCRIPT)
    page = tab.page
    page.keyboard.press("Control+Shift+Enter")
    expect(tab.output(10)).to_have_text("2")
    tab.wait_for_state("idle")
    edit_line(tab, 1, "xs = [1, 2, 5]")
    expect_stale(tab, 4, 5, 10)
    # It was saved by itself meanwhile, and nothing ran.
    expect(page.locator(".rdit-dirty")).to_be_hidden()
    expect_stale(tab, 4, 5, 10)
    page.keyboard.press("Control+s")
    expect(tab.output(5)).to_have_text("8")
    expect(tab.output(10)).to_have_text("5")
    expect_stale(tab)


def test_nothing_tells_what_is_stale_where_it_is_not_to_be_marked(
    new_tab: Callable[..., Tab],
) -> None:
    tab = new_tab()
    page = tab.page
    page.add_init_script("localStorage.setItem('rdit.markStale', 'false')")
    tab.open("unmarked.py", "xs = [1]\nlen(xs)\n")
    page.keyboard.press("Control+Shift+Enter")
    expect(tab.output(2)).to_have_text("1")
    edit_line(tab, 2, "len(xs) + 1")
    choose(tab, "Run Stale Statements")
    expect(tab.output(2)).to_have_text("2")
    edit_line(tab, 1, "xs = []")
    edit_line(tab, 2, "len(xs) + 2")
    expect(tab.result(2)).to_have_attribute("aria-label", "Result of line 2")
    expect(page.locator('[data-stale], [data-status="stale"]')).to_have_count(0)
    expect(page.locator('[data-command="rdit:run-stale"].rdit-status-button')).to_be_hidden()
    open_palette(tab)
    page.keyboard.type("export as html")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    html = Path(download.value.path()).read_text("utf-8").partition("<main>")[2]
    assert 'data-lines="2-2">' in html
    assert "Not up to date" not in html
