"""JupyterLab's search bar in a script: in the code, and by choice in results, wherever they are."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from ..test_find_in_results import SCRIPT, TABLE, at
from .conftest import DOCUMENT, Lab
from .test_lab_editing import expect_cursor

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

BAR = f"{DOCUMENT} > .jp-DocumentSearch-overlay"


def start(lab: Lab, name: str, text: str = SCRIPT) -> Any:
    lab.open(name, text)
    lab.execute("rdit:run-all")
    expect(lab.result(1)).to_be_visible()
    lab.wait_for_state("idle")
    lab.press("Control+Home")
    return lab.page


def search(lab: Lab, text: str) -> None:
    lab.press("Control+f")
    field = lab.page.locator(f"{BAR} textarea[title=Find]")
    expect(field).to_be_focused()
    field.fill(text)


def search_results(lab: Lab) -> None:
    lab.page.get_by_role("button", name="Show Search Filters").click()
    lab.page.get_by_role("checkbox", name="Search in Results").check()
    lab.page.locator(f"{BAR} textarea[title=Find]").focus()


def count(lab: Lab) -> Any:
    return lab.page.locator(f"{BAR} .jp-DocumentSearch-index-counter")


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
def test_matches_in_results_are_counted_and_stepped_to(lab: Lab, layout: str) -> None:
    page = start(lab, f"hay_{layout}.py")
    while lab.document.get_attribute("data-layout") != layout:
        with lab.executing("rdit:layout"):
            lab.execute("rdit:layout")
    search(lab, "needle")
    expect(count(lab)).to_have_text("1/5")
    assert page.evaluate("CSS.highlights.get('rdit-match')?.size ?? 0") == 0
    # The bar covers nothing of it.
    expect(lab.document.locator(".cm-line").first).to_be_in_viewport(ratio=1)
    search_results(lab)
    expect(count(lab)).to_have_text("1/11")
    lab.press("Enter")
    at(page, "needle", 1)
    expect(count(lab)).to_have_text("2/11")
    expect(page.locator(f"{BAR} textarea[title=Find]")).to_be_focused()
    # In the middle of what scrolls by itself
    lab.press("Enter", "Enter")
    at(page, "needle", 3)
    expect(count(lab)).to_have_text("4/11")
    # Far below, where nothing was made yet: in the code, then in the table, row by row.
    expect(lab.result(TABLE)).to_have_count(0)
    lab.press("Control+g", "Control+g")
    expect(count(lab)).to_have_text("6/11")
    lab.press("Control+g")
    at(page, "needle", TABLE, 2)
    for number in (8, 9, 10, 11, 1, 2):
        lab.press("Enter")
        expect(count(lab)).to_have_text(f"{number}/11")
    # The error's message, the last of all; Escape leaves at its statement, in the code.
    lab.press("Shift+Enter", "Shift+Enter", "Shift+Enter")
    at(page, "needle", TABLE + 1)
    lab.press("Escape")
    expect(page.locator(BAR)).to_have_count(0)
    expect(lab.document.locator(".cm-content")).to_be_focused()
    expect_cursor(lab, TABLE + 1)
    page.wait_for_function("!CSS.highlights.get('rdit-match-current').size")
    page.wait_for_function("!CSS.highlights.get('rdit-match').size")


def test_what_is_folded_is_unfolded_for_a_match(lab: Lab) -> None:
    page = start(lab, "folded.py")
    lab.execute("rdit:fold-all")
    expect(lab.result(1)).to_have_attribute("data-folded", "true")
    search(lab, "needle 300")
    search_results(lab)
    expect(count(lab)).to_have_text("1/2")
    page.get_by_role("button", name="Next Match").click()
    at(page, "needle 300", 3)
    expect(count(lab)).to_have_text("2/2")


def test_results_that_come_join(lab: Lab) -> None:
    lab.open("join.py", "print('abc')\n")
    search(lab, "abc")
    search_results(lab)
    expect(count(lab)).to_have_text("1/1")
    lab.execute("rdit:run-all")
    expect(count(lab)).to_have_text("1/2")
    lab.page.wait_for_function("CSS.highlights.get('rdit-match')?.size === 1")


REPLACED = """\
print("one cat")
cat = 3
cat
"cat " * cat
"""


def test_the_code_alone_is_replaced(lab: Lab) -> None:
    page = start(lab, "cats.py", REPLACED)
    lab.press("Control+f")
    page.get_by_role("button", name="Show Replace").click()
    page.locator(f"{BAR} textarea[title=Replace]").fill("cats")
    page.locator(f"{BAR} textarea[title=Find]").fill("cat")
    search_results(lab)
    expect(count(lab)).to_have_text("1/9")
    # In the code, the result of line 1, then in the code again: each is replaced where it stands.
    lab.press("Enter")
    at(page, "cat", 1)
    replace = page.get_by_role("button", name="Replace", exact=True)
    replace.click()
    expect(count(lab)).to_have_text("3/9")
    assert lab.text().splitlines()[:2] == ['print("one cat")', "cat = 3"]
    replace.click()
    expect(lab.document.locator(".cm-line").nth(1)).to_have_text("cats = 3")
    expect(count(lab)).to_have_text("4/9")
    # Now the text is ahead of what ran, and results stay, all at once too.
    page.get_by_role("button", name="Replace All").click()
    expect(lab.document.locator(".cm-line").first).to_have_text('print("one cats")')
    expect(lab.result(1)).to_have_attribute("data-stale", "true")
    expect(lab.output(1)).to_have_text("one cat")
    lab.press("Escape")
    expect(lab.document.locator(".cm-content")).to_be_focused()
    lab.press("Control+z")
    expect(lab.document.locator(".cm-line").first).to_have_text('print("one cat")')


def test_in_the_reading_view_nothing_can_be_replaced(lab: Lab) -> None:
    page = start(lab, "read.py", REPLACED)
    lab.execute("rdit:reading-view")
    expect(lab.document.get_by_role("region", name="Results without the code")).to_be_visible()
    page.evaluate("window.jupyterapp.commands.execute('documentsearch:start')")
    page.locator(f"{BAR} textarea[title=Find]").fill("cat")
    expect(count(lab)).to_have_text("1/4")
    expect(page.get_by_role("button", name="Show Replace")).to_have_count(0)


def test_where_one_is_stays_when_the_result_has_changed(lab: Lab) -> None:
    page = start(lab, "changes.py", "print('x')\nn = 0\nfor k in range(9): print(n, 'cat', k)\n")
    search(lab, "cat")
    search_results(lab)
    expect(count(lab)).to_have_text("1/10")
    for _ in range(5):
        lab.press("Enter")
    expect(count(lab)).to_have_text("6/10")
    # Its lines are longer now, so each match is elsewhere: the next is the first behind the place.
    page.evaluate(
        """() => {
            const { view } = window.jupyterapp.shell.currentWidget.script;
            const at = view.state.doc.line(2).to;
            view.dispatch({ changes: { from: at, insert: '+1000' } });
        }"""
    )
    lab.execute("rdit:run-all")
    expect(lab.output(3)).to_contain_text("1000 cat 8")
    lab.wait_for_state("idle")
    page.locator(f"{BAR} textarea[title=Find]").focus()
    for number in (5, 6):
        lab.press("Enter")
        expect(count(lab)).to_have_text(f"{number}/10")
