"""Find looks in results too: folded, long, far below, in tables and errors, without the code."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .axe import findings
from .conftest import Tab
from .test_palette import open_palette

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """\
print("a needle")
# %% more
for k in range(400):
    print("needle 300" if k == 300 else k)
x = 1
import pandas as pd
"""
SCRIPT += "x\n" * 200
SCRIPT += 'pd.DataFrame({"a": ["hay", "needle"], "b": ["needle", "hay"]})\n'
SCRIPT += 'raise ValueError("no needle")\n'
TABLE = SCRIPT.count("\n") - 1
# The text that is marked as the current match, and whether it is in view.
CURRENT = """() => {
    const [range] = CSS.highlights.get('rdit-match-current') ?? [];
    if (!range) return null;
    const rect = range.getBoundingClientRect();
    const at = document.elementFromPoint(rect.left + rect.width / 2, rect.top + rect.height / 2);
    const here = range.startContainer.parentElement;
    const result = here.closest('.rdit-result');
    if (!result) return null; // what is rendered takes its place now
    const isSeen = at !== null && result.contains(at);
    const { lineStart } = result.dataset;
    return [range.toString(), Number(lineStart), isSeen, here.closest('td')?.cellIndex ?? null];
}"""


def start(tab: Tab, name: str) -> Any:
    tab.open(name, SCRIPT)
    page = tab.page
    page.wait_for_selector(".rdit-writing")
    page.keyboard.press("Control+Shift+Enter")
    expect(tab.result(1)).to_contain_text("a needle")
    tab.wait_for_state("idle")
    page.keyboard.press("Control+Home")
    return page


def at(page: Any, text: str, line: int, cell: int | None = None) -> None:
    page.wait_for_function(
        f"wanted => JSON.stringify(({CURRENT})()) === JSON.stringify(wanted)",
        arg=[text, line, True, cell],
    )


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
def test_matches_in_results_are_counted_and_stepped_to(tab: Tab, layout: str) -> None:
    page = start(tab, "hay.py")
    while page.locator(".rdit-page").get_attribute("data-layout") != layout:
        tab.command("layout").click()
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("needle")
    count = page.locator(".rdit-matches")
    expect(count).to_have_text("5 matches")
    toggle = page.get_by_role("checkbox", name="in results")
    toggle.focus()
    page.keyboard.press("Space")
    expect(count).to_have_text("11 matches")
    page.locator(".cm-search [name=search]").focus()
    page.keyboard.press("Enter")
    expect(count).to_have_text("1 of 11")
    page.keyboard.press("Enter")
    at(page, "needle", 1)
    expect(count).to_have_text("2 of 11")
    expect(page.locator(".cm-search [name=search]")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Enter")
    # In the middle of what scrolls by itself
    at(page, "needle", 3)
    expect(count).to_have_text("4 of 11")
    # Far below, where nothing was made yet: in the code, then in the table, row by row.
    expect(tab.result(TABLE)).to_have_count(0)
    for _ in range(2):
        page.keyboard.press("F3")
    expect(count).to_have_text("6 of 11")
    page.keyboard.press("F3")
    at(page, "needle", TABLE, 2)
    page.keyboard.press("F3")
    at(page, "needle", TABLE, 1)
    expect(count).to_have_text("8 of 11")
    assert findings(page) == []
    # The error's source line and its message, then the first again.
    page.keyboard.press("F3")
    expect(count).to_have_text("9 of 11")
    for number in (10, 11):
        page.keyboard.press("F3")
        at(page, "needle", TABLE + 1)
        expect(count).to_have_text(f"{number} of 11")
    page.keyboard.press("F3")
    expect(count).to_have_text("1 of 11")
    page.keyboard.press("Shift+F3")
    at(page, "needle", TABLE + 1)
    # As the other toggles: for the next time. Escape leaves at the statement.
    page.keyboard.press("Escape")
    expect(tab.status).to_contain_text(f"Ln {TABLE + 1},")
    page.wait_for_function("!CSS.highlights.get('rdit-match-current').size")
    page.keyboard.press("Control+f")
    expect(toggle).to_be_checked()
    toggle.uncheck()
    expect(count).to_have_text("5 matches")


def test_what_is_folded_is_unfolded_for_a_match(tab: Tab) -> None:
    page = start(tab, "folded.py")
    page.keyboard.press("Control+Alt+BracketLeft")
    open_palette(tab)
    page.keyboard.type("Fold All Results")
    page.keyboard.press("Enter")
    expect(tab.result(1)).to_have_attribute("data-folded", "true")
    expect(tab.result(3)).to_have_count(0)
    page.keyboard.press("Control+f")
    page.keyboard.type("needle 300")
    page.get_by_role("checkbox", name="in results").check()
    expect(page.locator(".rdit-matches")).to_have_text("2 matches")
    page.get_by_role("button", name="next").click()
    page.get_by_role("button", name="next").click()
    at(page, "needle 300", 3)
    expect(page.locator(".rdit-matches")).to_have_text("2 of 2")


def test_results_that_come_join(tab: Tab) -> None:
    page = tab.open("join.py", "print('abc')\n").page
    page.wait_for_selector(".rdit-writing")
    page.keyboard.press("Control+f")
    page.keyboard.type("abc")
    page.get_by_role("checkbox", name="in results").check()
    count = page.locator(".rdit-matches")
    expect(count).to_have_text("1 match")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Shift+Enter")
    expect(count).to_have_text("2 matches")
    page.wait_for_function("CSS.highlights.get('rdit-match')?.size === 1")


def test_results_are_found_without_the_code(tab: Tab) -> None:
    page = start(tab, "read.py")
    open_palette(tab)
    page.keyboard.type("reading view")
    page.keyboard.press("Enter")
    reading = page.locator(".rdit-reading-view")
    expect(reading).to_be_focused()
    page.keyboard.press("Control+f")
    page.keyboard.type("needle")
    count = page.locator(".rdit-matches")
    expect(count).to_have_text("6 matches")
    page.keyboard.press("Enter")
    at(page, "needle", 1)
    for _ in range(3):
        page.keyboard.press("Enter")
    at(page, "needle", TABLE, 1)
    expect(count).to_have_text("4 of 6")
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(reading).to_be_focused()


GRID = """\
import pandas as pd
pd.DataFrame({"text": ["a"] * 40 + ["code"], "number": range(41)})
"""


def test_what_a_table_is_worked_with_is_no_text_of_it(tab: Tab) -> None:
    page = tab.open("grid.py", GRID).page
    page.wait_for_selector(".rdit-writing")
    tab.command("run-all").click()
    grid = tab.result(2).locator(".rdit-grid")
    grid.locator("tr[data-row='5'] > [data-column='1']").click()
    page.keyboard.press("Control+g")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(grid.locator("tr[data-row='20'] > [data-column='1']")).to_be_in_viewport()
    # It is in a row below, and in the name of a button, "As code", which is not shown.
    page.keyboard.press("Escape")
    page.keyboard.press("Control+f")
    page.keyboard.type("code")
    page.get_by_role("checkbox", name="in results").check()
    expect(page.locator(".rdit-matches")).to_have_text("2 matches")
    for _ in range(2):
        page.get_by_role("button", name="next").click()
    expect(page.locator(".rdit-matches")).to_have_text("2 of 2")
    page.wait_for_function("document.querySelector('.rdit-match-inside')")
    assert page.evaluate("[...CSS.highlights.values()].flatMap(all => [...all]).length") == 0
    # No button was pressed, which would have shown the first rows.
    expect(grid.locator("tr[data-row='20'] > [data-column='1']")).to_be_in_viewport()


ROWS = """\
import pandas as pd
pd.DataFrame({"a": [f"needle {n}" for n in range(1000)]})
"""


def test_matches_in_rows_that_come_into_view_are_marked(tab: Tab) -> None:
    page = tab.open("rows.py", ROWS).page
    page.wait_for_selector(".rdit-writing")
    tab.command("run-all").click()
    grid = tab.result(2).locator(".rdit-grid")
    expect(grid.locator("tr[data-row='0'] > [data-column='0']")).to_have_text("needle 0")
    page.keyboard.press("Control+f")
    page.keyboard.type("needle")
    page.get_by_role("checkbox", name="in results").check()
    for row in (0, 500):
        grid.locator(".rdit-grid-scroll").evaluate(
            "(dom, row) => dom.scrollTop = row * dom.querySelector('tbody tr').offsetHeight", row
        )
        page.wait_for_function(
            """row => [...CSS.highlights.get('rdit-match') ?? []].some(range => {
                const { parentElement } = range.startContainer;
                return range.toString() && parentElement?.closest('tr')?.dataset.row == row;
            })""",
            arg=row + 1,
        )
