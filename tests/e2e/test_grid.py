"""Tables as grids: rows on demand, sorted, filtered, copied; by mouse and by keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import WebSocketRoute, expect

from .axe import findings
from .conftest import Gate, Tab
from .test_editing import start

TIMES = "\N{MULTIPLICATION SIGN}"
SIZE = f"1,000,000 rows {TIMES} 42 columns"

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """import pandas as pd
count = 1_000_000
frame = pd.DataFrame({"number": range(count), "text": ["b", "", None, "a"] * (count // 4)})
for at in range(40):
    frame[f"column{at}"] = at
frame
"""
LINE = 6


def shown(tab: Tab, script: str = SCRIPT, line: int = LINE) -> Any:
    """The grid of the result at a line, after a run of the script."""
    start(tab, "grid.py", script)
    tab.command("run-all").click()
    grid = tab.result(line).locator(".rdit-grid")
    expect(grid.locator("td").first).to_be_visible()
    return grid


def status(grid: Any) -> Any:
    return grid.get_by_role("status")


def cell(grid: Any, row: int, column: int) -> Any:
    """A cell by its places, as they are sorted."""
    return grid.locator(f'tr[data-row="{row}"] > [data-column="{column}"]')


def head(grid: Any, column: int) -> Any:
    return grid.locator(f'th[data-column="{column}"]')


class Questions:
    """The questions about tables that a page asks its kernel. Those for which `holds` is true are
    passed on when `release` is called, as if the kernel took long."""

    def __init__(self, tab: Tab) -> None:
        self.holds: Callable[[str, Any], bool] = lambda method, params: False
        self.refuses = False
        self.params: list[Any] = []
        self._page = tab.page
        self._held: list[Callable[[], None]] = []
        tab.page.route_web_socket(re.compile("/rdit/"), self._route)

    def _route(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            asked = json.loads(message)
            is_held = False
            if asked["type"] == "query" and asked["method"].startswith("table_"):
                self.params.append(asked["params"])
                is_held = self.holds(asked["method"], asked["params"])
            if self.refuses and asked["type"] == "query":
                refusal = {"cause": "kernel-unavailable", "message": "It is away."}
                answer = {"type": "answer", "id": asked["id"], "error": refusal}
                page.send(json.dumps([answer]))
            elif is_held:
                self._held.append(lambda: server.send(message))
            else:
                server.send(message)

        page.on_message(pass_on)

    @property
    def asked(self) -> int:
        """How many."""
        return len(self.params)

    def wait_for(self, count: int) -> None:
        """Wait until so many have been asked in all."""
        while self.asked < count:
            self._page.wait_for_timeout(10)

    def release(self) -> None:
        self.holds = lambda method, params: False
        for send in self._held:
            send()
        self._held.clear()


@pytest.fixture
def questions(tab: Tab) -> Questions:
    return Questions(tab)


def choose_filter(grid: Any, column: int, operator: str, value: str) -> None:
    head(grid, column).hover()
    head(grid, column).get_by_role("button").click()
    menu = grid.get_by_role("dialog")
    menu.get_by_label("Condition").select_option(operator)
    menu.get_by_label("Value").fill(value)
    menu.get_by_role("button", name="Filter").click()


def test_any_row_of_a_million_is_shown_sorted_and_filtered(tab: Tab) -> None:
    grid = shown(tab)
    page = tab.page
    table = grid.get_by_role("grid")
    expect(status(grid)).to_have_text(SIZE)
    expect(table).to_have_attribute("aria-rowcount", "1000001")
    expect(table).to_have_attribute("aria-multiselectable", "true")
    expect(cell(grid, 3, 0)).to_have_text("3")
    # What is no value looks other than an empty text.
    expect(cell(grid, 1, 1)).to_have_class("rdit-grid-cell rdit-grid-empty")
    expect(cell(grid, 2, 1)).to_have_class("rdit-grid-cell rdit-grid-missing")
    height = tab.result(LINE).bounding_box()["height"]
    # To the last row and column by keys.
    cell(grid, 0, 0).click()
    expect(table).to_be_focused()
    page.keyboard.press("Control+End")
    expect(cell(grid, 999_999, 41)).to_have_text("39")
    expect(cell(grid, 999_999, 41)).to_have_attribute("aria-selected", "true")
    # The labels stay in view.
    expect(grid.locator('tr[data-row="999999"] > th')).to_have_text("999999")
    page.keyboard.press("Control+Home")
    expect(cell(grid, 0, 0)).to_have_text("0")
    # By the head: up, down, as it was.
    head(grid, 0).click()
    expect(head(grid, 0)).to_have_attribute("aria-sort", "ascending")
    head(grid, 0).click()
    expect(status(grid)).to_contain_text("sorted by number, descending")
    expect(cell(grid, 0, 0)).to_have_text("999999")
    # By a value of the profile.
    head(grid, 1).hover()
    head(grid, 1).get_by_role("button").click()
    menu = grid.get_by_role("dialog")
    expect(menu).to_contain_text("250,000 (25%)")
    assert findings(page, [".rdit-grid"]) == []
    # It stays at its column when the result moves.
    left, top = menu.bounding_box()["x"], menu.bounding_box()["y"]
    tab.result(LINE).evaluate("result => void (result.style.marginTop = '-7px')")
    expect(menu).to_have_css("top", f"{top - 7:g}px")
    tab.result(LINE).evaluate("result => void (result.style.marginTop = '')")
    expect(menu).to_have_css("left", f"{left:g}px")
    menu.get_by_role("button", name="a 250,000").click()
    expect(status(grid)).to_contain_text(f"250,000 of {SIZE}")
    # Said by more than a colour.
    expect(head(grid, 1).get_by_role("button", name="text, filtered")).to_have_count(1)
    expect(cell(grid, 0, 0)).to_have_text("999999")
    expect(cell(grid, 1, 0)).to_have_text("999995")
    # To a row, and all of it as a line of code.
    table.press("Control+g")
    page.keyboard.type("249999")
    page.keyboard.press("Enter")
    expect(cell(grid, 249_999, 0)).to_have_text("3")
    assert tab.result(LINE).bounding_box()["height"] == height
    grid.get_by_role("button", name="As code").click()
    filtered = "frame[frame['text'] == \"a\"]"
    sort = ".sort_values('number', ascending=False, kind=\"stable\")"
    assert tab.text().split("\n")[LINE] == filtered + sort


def test_a_column_is_as_wide_as_its_cells(tab: Tab) -> None:
    times = "pd.date_range('2024-01-01', periods=100, freq='min')"
    grid = shown(tab, f"import pandas as pd\npd.DataFrame({{'when': {times}}})\n", 2)
    cut = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).length"
    assert grid.locator("td").evaluate_all(cut) == 0


def test_the_cell_that_keys_go_to_is_in_view_when_its_column_has_its_width(tab: Tab) -> None:
    columns = "{f'the name of column {at}': [at] * 50 for at in range(60)}"
    grid = shown(tab, f"import pandas as pd\npd.DataFrame({columns})\n", 2)
    cell(grid, 0, 0).click()
    for key, column in (("Control+ArrowRight", 59), ("Control+ArrowLeft", 0)):
        tab.page.keyboard.press(key)
        expect(head(grid, column)).to_contain_text(f"the name of column {column}")
        expect(cell(grid, 0, column)).to_have_text(str(column))
        expect(cell(grid, 0, column)).to_be_in_viewport(ratio=1)


def test_a_search_a_filter_by_keys_and_the_way_back(tab: Tab) -> None:
    script = "import pandas as pd\npd.DataFrame({'a': [f'name {at}' for at in range(200)]})\n"
    grid = shown(tab, script, 2)
    page = tab.page
    cell(grid, 0, 0).click()
    page.keyboard.press("Control+f")
    page.keyboard.type("E 19")
    page.keyboard.press("Enter")
    expect(status(grid)).to_contain_text("11 of 200 rows")
    grid.get_by_role("button", name="Clear").click()
    expect(status(grid)).to_contain_text(re.compile("^200 rows"))
    # The head by keys: its menu, and a filter.
    cell(grid, 0, 0).click()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(head(grid, 0)).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Alt+ArrowDown")
    menu = grid.get_by_role("dialog")
    expect(menu.get_by_label("Condition")).to_be_focused()
    menu.get_by_label("Condition").select_option("=")
    menu.get_by_label("Value").fill("name 7")
    page.keyboard.press("Enter")
    expect(status(grid)).to_contain_text("1 of 200 rows")
    expect(grid.get_by_role("grid")).to_be_focused()
    # Escape leads back to the code.
    page.keyboard.press("Escape")
    expect(page.locator(".cm-content")).to_be_focused()


def test_a_table_of_polars_and_its_view_as_code(tab: Tab) -> None:
    frame = 'pl.DataFrame({"a": [1, None, 3] * 50, "b": ["x", "", None] * 50}).with_row_index()'
    grid = shown(tab, f"import polars as pl\n{frame}\n", 2)
    expect(status(grid)).to_have_text(f"150 rows {TIMES} 3 columns")
    expect(cell(grid, 1, 1)).to_have_class(re.compile("rdit-grid-missing"))
    expect(cell(grid, 1, 2)).to_have_class(re.compile("rdit-grid-empty"))
    head(grid, 0).click()
    head(grid, 0).click()
    head(grid, 1).hover()
    head(grid, 1).get_by_role("button").click()
    menu = grid.get_by_role("dialog")
    menu.get_by_label("Value").fill("3")
    menu.get_by_role("button", name="Filter").click()
    expect(status(grid)).to_contain_text("50 of 150 rows")
    grid.get_by_role("button", name="As code").click()
    # The line gives what the grid shows.
    tab.page.keyboard.press("Shift+Enter")
    made = tab.result(3).locator(".rdit-grid")
    expect(status(made)).to_have_text(f"50 rows {TIMES} 3 columns")
    expect(cell(made, 0, 0)).to_have_text("149")
    expect(cell(made, 0, 1)).to_have_text("3")


def test_a_relation_of_duckdb_and_its_view_as_code(tab: Tab) -> None:
    query = "select i as number, 'n' || i % 3 as \"the name\" from range(150) numbers(i)"
    grid = shown(tab, f"import duckdb\nduckdb.sql({query!r})\n", 2)
    head(grid, 0).click()
    head(grid, 0).click()
    head(grid, 1).hover()
    head(grid, 1).get_by_role("button").click()
    menu = grid.get_by_role("dialog")
    menu.get_by_label("Value").fill("n1")
    menu.get_by_role("button", name="Filter").click()
    expect(status(grid)).to_contain_text("50 of 150 rows")
    grid.get_by_role("button", name="As code").click()
    # The line gives what the grid shows.
    tab.page.keyboard.press("Shift+Enter")
    made = tab.result(3).locator(".rdit-grid")
    expect(status(made)).to_have_text(f"50 rows {TIMES} 2 columns")
    expect(cell(made, 0, 0)).to_have_text("148")


def test_a_list_of_dictionaries_opens_as_a_table(tab: Tab) -> None:
    start(tab, "records.py", "[{'id': at, 'name': f'n{at}'} for at in range(500)]\n")
    tab.command("run-all").click()
    expect(tab.output(1)).to_contain_text("'name': 'n1'")
    tab.result(1).hover()
    tab.result(1).get_by_role("button", name="More").click()
    tab.page.get_by_role("menuitem", name="Open as table").click()
    dialog = tab.page.get_by_role("dialog", name="Table of line 1")
    grid = dialog.locator(".rdit-grid")
    expect(status(grid)).to_have_text(f"500 rows {TIMES} 2 columns")
    head(grid, 0).click()
    head(grid, 0).click()
    expect(cell(grid, 0, 1)).to_have_text("n499")
    assert findings(tab.page) == []
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    # The result stands as it did, and so does what one made of the table.
    expect(tab.output(1)).to_contain_text("'name': 'n1'")
    tab.result(1).get_by_role("button", name="More").click()
    tab.page.get_by_role("menuitem", name="Open as table").click()
    expect(cell(grid, 0, 1)).to_have_text("n499")
    tab.page.keyboard.press("Escape")
    tab.command("reset").click()
    tab.page.get_by_role("button", name="Clear", exact=True).click()
    tab.result(1).hover()
    tab.result(1).get_by_role("button", name="More").click()
    tab.page.get_by_role("menuitem", name="Open as table").click()
    expect(dialog).to_contain_text("the kernel no longer has the other rows")


def test_labels_look_the_same_whether_or_not_they_stay_in_view(tab: Tab) -> None:
    frame = "pd.DataFrame({'a': range(20)}, pd.Index(['label ' * 10] * 20, name='name'))"
    grid = shown(tab, f"import pandas as pd\n{frame}\n", 2)
    label = grid.locator('tr[data-row="0"] > th')
    assert label.evaluate("label => getComputedStyle(label).position") != "sticky"
    expect(grid.locator("thead th").first).to_have_css("font-style", "italic")
    color = grid.get_by_role("status").evaluate("bar => getComputedStyle(bar).color")
    expect(label).to_have_css("color", color)
    # What is cut is told.
    label.hover()
    expect(label).to_have_attribute("title", "label " * 10)


def test_what_one_has_made_of_a_grid_stays(tab: Tab) -> None:
    frame = "pd.DataFrame({'a': range(count), name: range(count)})"
    script = f"import pandas as pd\nname = 'b'\ncount = 3000\n{frame}\n"
    grid = shown(tab, script + "\n" * 300, 4)
    page = tab.page
    head(grid, 0).click()
    head(grid, 0).click()
    expect(cell(grid, 0, 0)).to_have_text("2999")
    cell(grid, 0, 1).click()
    page.keyboard.press("Alt+ArrowRight")
    # One by its texts, one by hand.
    widths = [head(grid, at).bounding_box()["width"] for at in range(2)]
    page.keyboard.press("Control+g")
    page.keyboard.type("1000")
    page.keyboard.press("Enter")
    expect(cell(grid, 1000, 0)).to_have_text("1999")

    def is_as_it_was(last: int) -> None:
        expect(status(grid)).to_contain_text("sorted by a, descending")
        expect(cell(grid, 1000, 0)).to_have_text(str(last - 1000))
        expect(cell(grid, 1000, 0)).to_be_in_viewport()
        expect(cell(grid, 0, 0)).to_have_count(0)
        assert [head(grid, at).bounding_box()["width"] for at in range(2)] == widths

    # While it is out of view.
    page.keyboard.press("Escape")
    page.keyboard.press("Control+End")
    expect(grid).to_have_count(0)
    page.keyboard.press("Control+Home")
    is_as_it_was(2999)
    # When the statement has run again, by another kernel.
    tab.go_to_line(3)
    page.keyboard.press("End")
    for key in ("Backspace", "Backspace", "Backspace", "Backspace"):
        page.keyboard.press(key)
    page.keyboard.type("4000")
    tab.command("restart").click()
    page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    tab.wait_for_state("idle")
    tab.command("run-all").click()
    is_as_it_was(3999)
    # With other columns it is another table.
    tab.go_to_line(2)
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    page.keyboard.type("c")
    tab.command("run-all").click()
    expect(head(grid, 1)).to_contain_text("c")
    expect(cell(grid, 0, 0)).to_have_text("0")


def test_a_view_becomes_code_from_the_large_view(tab: Tab) -> None:
    grid = shown(tab, "import pandas as pd\npd.DataFrame({'a': range(2000)}).head(1500)\n", 2)
    tab.result(2).hover()
    tab.result(2).get_by_role("button", name="Open large").click()
    large = tab.page.locator("dialog.rdit-large .rdit-grid")
    expect(cell(large, 20, 0)).to_be_in_viewport()
    head(large, 0).click()
    expect(head(large, 0)).to_have_attribute("aria-sort", "ascending")
    large.get_by_role("button", name="As code").click()
    expect(tab.page.locator("dialog")).to_have_count(0)
    expect(tab.page.locator(".cm-content")).to_be_focused()
    frame = "pd.DataFrame({'a': range(2000)}).head(1500)"
    made = f"{frame}.sort_values('a', kind=\"stable\")"
    assert tab.text().split("\n")[2] == made
    expect(grid).to_be_visible()


def test_cells_are_copied_and_saved(tab: Tab) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    frame = "{'number': range(300_000), 'text': ['b', ''] * 150_000}"
    grid = shown(tab, f"import pandas as pd\npd.DataFrame({frame})\n", 2)
    page = tab.page
    cell(grid, 0, 0).click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+c")
    expect(status(grid)).to_contain_text("2 rows copied")
    assert page.evaluate("navigator.clipboard.readText()") == "0\tb\n1\t"
    head(grid, 0).click()
    head(grid, 0).click()
    expect(status(grid)).to_contain_text("sorted by number, descending")
    # The menu of the result saves what others can read.
    tab.result(2).hover()
    tab.result(2).get_by_role("button", name="More").click()
    files = page.get_by_role("menuitem", name="Save as")
    expect(files).to_have_text(["Save as HTML", "Save as text"])
    page.keyboard.press("Escape")
    # In several pieces.
    with page.expect_download() as download:
        grid.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 300_001
    assert [*lines[:3], lines[-1]] == ["number,text", "299999,", "299998,b", "0,b"]


def test_rows_come_while_a_statement_runs_and_stay_when_the_kernel_is_gone(
    tab: Tab, gate: Gate
) -> None:
    frame = "pd.DataFrame({'number': range(1_000_000)})"
    script = f"import pandas as pd\nframe = {frame}\nframe\nframe.loc[:, 'number'] = -1\n"
    grid = shown(tab, f"{script}{gate.wait}\n", 3)
    tab.wait_for_state("busy")
    # As it was when it was shown.
    cell(grid, 0, 0).click()
    tab.page.keyboard.press("Control+ArrowDown")
    expect(cell(grid, 999_999, 0)).to_have_text("999999")
    gate.open()
    tab.wait_for_state("idle")
    tab.command("restart").click()
    tab.page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    tab.wait_for_state("idle")
    head(grid, 0).click()
    expect(status(grid)).to_contain_text(re.compile("kernel (no longer has|does not answer)"))
    # The rows that had come stay.
    expect(cell(grid, 999_999, 0)).to_have_text("999999")


def test_while_a_view_is_computed_rows_come_and_more_is_chosen(
    tab: Tab, questions: Questions
) -> None:
    frame = "pd.DataFrame({'a': range(1000), 'b': range(1000), 'c': 5})"
    grid = shown(tab, f"import pandas as pd\n{frame}\n", 2)
    page = tab.page
    questions.holds = lambda _, params: any(each["column"] == 0 for each in params["filters"])
    choose_filter(grid, 0, "<", "900")
    expect(status(grid)).to_contain_text("computing")
    # Other rows of the view that is still there.
    cell(grid, 0, 0).click()
    page.keyboard.press("Control+End")
    expect(cell(grid, 999, 0)).to_have_text("999")
    assert "computing" in status(grid).text_content()
    # More is chosen: it is added to what is on its way.
    choose_filter(grid, 1, ">=", "800")
    head(grid, 0).click()
    questions.release()
    expect(status(grid)).to_have_text(
        f"100 of 1,000 rows {TIMES} 3 columns \N{MIDDLE DOT} sorted by a \N{MIDDLE DOT} a < 900"
        " \N{MIDDLE DOT} b >= 800"
    )
    expect(cell(grid, 0, 0)).to_have_text("800")


def test_a_table_that_changes_in_place_is_shown_as_it_is_now(
    tab: Tab, questions: Questions
) -> None:
    # Too large for a copy, so it is read where it is.
    script = """import numpy as np
a = np.zeros((40_000, 60), int)
a[:, 0] = range(40_000)
a
a.shape = 80_000, 30
"""
    grid = shown(tab, script, 4)
    page = tab.page
    tab.wait_for_state("idle")
    # It has more rows now. The page learns that while a sort is on its way, which is still wanted.
    questions.holds = lambda _, params: params["sort"] is not None
    head(grid, 0).click()
    cell(grid, 0, 0).click()
    page.keyboard.press("Control+ArrowDown")
    questions.wait_for(3)
    questions.release()
    expect(grid.get_by_role("grid")).to_have_attribute("aria-rowcount", "80001")
    assert "sorted by 0" in status(grid).text_content()
    # And fewer columns: those that are gone are asked for once, not again and again.
    cell(grid, 0, 0).click()
    page.keyboard.press("Control+ArrowRight")
    expect(status(grid)).to_contain_text("The table has other columns now")
    asked = questions.asked
    page.keyboard.press("ArrowLeft")
    expect(cell(grid, 0, 58)).to_have_attribute("aria-selected", "true")
    assert questions.asked == asked


def test_a_view_that_takes_long_comes_back_at_its_place(tab: Tab, questions: Questions) -> None:
    grid = shown(tab, "import pandas as pd\npd.DataFrame({'a': range(3000)})\n", 2)
    page = tab.page
    head(grid, 0).click()
    head(grid, 0).click()
    expect(cell(grid, 0, 0)).to_have_text("2999")
    cell(grid, 0, 0).click()
    page.keyboard.press("Control+g")
    page.keyboard.type("1000")
    page.keyboard.press("Enter")
    expect(cell(grid, 1000, 0)).to_have_text("1999")
    questions.holds = lambda _, params: params["sort"] is not None
    tab.command("run-all").click()
    # The table as it is, so that something is there.
    expect(cell(grid, 0, 0)).to_have_text("0")
    questions.release()
    expect(status(grid)).to_contain_text("sorted by a, descending")
    expect(cell(grid, 1000, 0)).to_have_text("1999")
    expect(cell(grid, 1000, 0)).to_be_in_viewport()


def test_the_field_of_a_search_has_what_is_searched(tab: Tab) -> None:
    frame = "pd.DataFrame({'a': [f'name {at}' for at in range(200)]})"
    grid = shown(tab, f"import pandas as pd\n{frame}\n" + "\n" * 300, 2)
    page = tab.page
    field = grid.get_by_label("Search in all columns")
    cell(grid, 0, 0).click()
    page.keyboard.press("Control+f")
    page.keyboard.type("E 19")
    page.keyboard.press("Enter")
    expect(status(grid)).to_contain_text("11 of 200 rows")
    # Also of a grid that is made anew.
    page.keyboard.press("Escape")
    page.keyboard.press("Control+End")
    expect(grid).to_have_count(0)
    page.keyboard.press("Control+Home")
    expect(status(grid)).to_contain_text("11 of 200 rows")
    grid.get_by_role("button", name="Search").click()
    expect(field).to_have_value("E 19")
    page.keyboard.press("Escape")
    grid.get_by_role("button", name="Clear").click()
    grid.get_by_role("button", name="Search").click()
    expect(field).to_have_value("")


def test_the_end_of_a_slow_copy_takes_the_focus_from_nobody(tab: Tab, questions: Questions) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    grid = shown(tab, "import pandas as pd\npd.DataFrame({'a': range(3000)})\n", 2)
    page = tab.page
    questions.holds = lambda method, _: method == "table_text"
    cell(grid, 0, 0).click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    expect(status(grid)).to_contain_text("computing")
    tab.go_to_line(3)
    questions.release()
    expect(status(grid)).to_contain_text("3,000 rows copied")
    page.keyboard.type("typed")
    assert tab.text().split("\n")[2] == "typed"


def test_a_jump_is_one_question_of_what_is_in_view(tab: Tab, questions: Questions) -> None:
    grid = shown(tab)
    page = tab.page
    cell(grid, 0, 0).click()
    in_view = "cells => cells.filter(cell => cell.dataset.column).length"
    shown_columns = grid.locator('tr[data-row="3"] > *').evaluate_all(in_view)
    asked = questions.asked
    # The row is the last in view, and that is in two pages of 100 rows.
    page.keyboard.press("Control+g")
    page.keyboard.type("500002")
    questions.holds = lambda method, params: True
    page.keyboard.press("Enter")
    questions.wait_for(asked + 1)
    # The kernel takes longer than the rows before stay.
    expect(cell(grid, 500_002, 0)).to_have_class(re.compile("rdit-grid-pending"))
    questions.release()
    expect(cell(grid, 500_002, 0)).to_have_text("500002")
    expect(cell(grid, 499_995, 0)).to_have_text("499995")
    first, *others = questions.params[asked:]
    assert (first["start"], first["count"]) == (499_900, 200)
    assert first["columnCount"] <= shown_columns + 1
    # When the view rests, the other columns of these pages, once.
    questions.wait_for(asked + 2)
    page.keyboard.press("Control+ArrowUp")
    expect(cell(grid, 0, 0)).to_have_attribute("aria-selected", "true")
    others = questions.params[asked + 1 :]
    assert [each["columnStart"] for each in others] == [first["columnCount"]]
    assert others[0]["columnCount"] == 20 - first["columnCount"]


# The limit on waiting is up when the test says so.
LIMITS = """const { setTimeout } = window;
    window.limits = [];
    window.setTimeout = (act, ms, ...given) =>
        setTimeout(act, ms === 100 ? window.limits.push(act) && 1e9 : ms, ...given);"""


def jump_without_answer(tab: Tab, questions: Questions) -> None:
    """To the last row by a key; its rows come when the questions are released."""
    asked = questions.asked
    questions.holds = lambda method, params: True
    tab.page.keyboard.press("Control+ArrowDown")
    questions.wait_for(asked + 1)


def test_a_press_on_rows_that_keys_have_left_and_are_still_seen_is_of_them(
    tab: Tab, questions: Questions
) -> None:
    tab.page.add_init_script(LIMITS)
    grid = shown(tab)
    cell(grid, 3, 0).click()
    jump_without_answer(tab, questions)
    cell(grid, 5, 0).click()
    questions.release()
    active = grid.locator("td[data-active]")
    expect(active).to_have_text("5")
    tab.page.keyboard.press("ArrowDown")
    expect(active).to_have_text("6")
    expect(active).to_be_in_viewport()
    assert grid.locator(".rdit-grid-scroll").evaluate("scroller => scroller.scrollTop") == 0


def test_a_jump_by_keys_scrolls_with_its_rows(tab: Tab, questions: Questions) -> None:
    tab.page.add_init_script(LIMITS)
    grid = shown(tab)
    page = tab.page
    scroller = grid.locator(".rdit-grid-scroll")
    top = "scroller => scroller.scrollTop"
    frames = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    cell(grid, 3, 0).click()
    asked = questions.asked
    questions.holds = lambda method, params: True
    page.keyboard.press("Control+ArrowDown")
    questions.wait_for(asked + 1)
    page.evaluate(frames)
    assert scroller.evaluate(top) == 0
    expect(cell(grid, 3, 0)).to_be_in_viewport()
    # Other keys go on from there, and ask nothing more meanwhile.
    for _ in range(3):
        page.keyboard.press("PageUp")
    page.evaluate(frames)
    assert (scroller.evaluate(top), questions.asked) == (0, asked + 1)
    questions.release()
    last = grid.locator("td[data-active]")
    expect(last).to_have_text(re.compile(r"^9999\d\d$"))
    expect(last).to_be_in_viewport()
    # Not for ever.
    questions.holds = lambda method, params: True
    page.evaluate("() => void (window.limits.length = 0)")
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+g")
    page.keyboard.type("500002")
    page.keyboard.press("Enter")
    expect(cell(grid, 500_002, 0)).to_have_count(0)
    page.evaluate("() => window.limits.forEach(act => act())")
    expect(cell(grid, 500_002, 0)).to_have_class(re.compile("rdit-grid-pending"))
    expect(cell(grid, 500_002, 0)).to_be_in_viewport()
    questions.release()
    expect(cell(grid, 500_002, 0)).to_have_text("500002")


def test_who_scrolls_meanwhile_goes_on_from_where_keys_have_gone(
    tab: Tab, questions: Questions
) -> None:
    grid = shown(tab)
    cell(grid, 0, 0).click()
    jump_without_answer(tab, questions)
    grid.locator(".rdit-grid-scroll").evaluate("scroller => void scroller.scrollBy(0, 40)")
    expect(cell(grid, 999_999, 0)).to_be_in_viewport()
    questions.release()
    expect(cell(grid, 999_999, 0)).to_have_text("999999")


def test_only_what_may_be_too_wide_is_clipped_and_only_labels_that_move_stick(tab: Tab) -> None:
    # Each box that is clipped or sticky is put into the layers of a frame by itself.
    frame = "{'short': range(9000, 9300), 'long': 'W' * 60} | {f'c{at}': 0.5 for at in range(30)}"
    grid = shown(tab, f"import pandas as pd\npd.DataFrame({frame})\n", 2)
    page = tab.page
    page.mouse.move(0, 0)
    style = "(cell, name) => getComputedStyle(cell)[name]"
    short, long, label = cell(grid, 5, 0), cell(grid, 5, 1), grid.locator('tr[data-row="5"] > th')
    assert short.evaluate(style, "overflowX") == "visible"
    assert [long.evaluate(style, name) for name in ("overflowX", "textOverflow")] == [
        "hidden",
        "ellipsis",
    ]
    assert label.evaluate(style, "position") == "static"
    # What the user makes too narrow is.
    short.click()
    for _ in range(9):
        page.keyboard.press("Alt+ArrowLeft")
    assert short.evaluate(style, "overflowX") == "hidden"
    # By keys and by the mouse.
    page.mouse.move(0, 0)
    page.keyboard.press("Control+ArrowRight")
    expect(cell(grid, 5, 31)).to_have_text("0.5")
    expect(label).to_be_in_viewport()
    assert label.evaluate(style, "position") == "sticky"
    page.keyboard.press("Control+ArrowLeft")
    expect(short).to_be_in_viewport()
    assert label.evaluate(style, "position") == "static"
    short.hover()
    assert label.evaluate(style, "position") == "sticky"


def test_rows_without_an_answer_are_asked_for_again(tab: Tab, questions: Questions) -> None:
    grid = shown(tab)
    cell(grid, 0, 0).click()
    questions.refuses = True
    tab.page.keyboard.press("Control+ArrowDown")
    expect(status(grid)).to_contain_text("does not answer")
    questions.refuses = False
    # Nothing moves.
    expect(cell(grid, 999_999, 0)).to_have_text("999999")


def test_a_question_leaves_in_the_frame_of_a_scroll_before_rows_are_drawn(tab: Tab) -> None:
    grid = shown(tab)
    first = """async scroller => {
        const { send } = WebSocket.prototype;
        let first = null;
        WebSocket.prototype.send = function (data) {
            if (String(data).includes("table_rows"))
                first ??= scroller.querySelector("tbody tr").dataset.row;
            return send.call(this, data);
        };
        await new Promise(requestAnimationFrame);
        scroller.scrollTop = 4_000_000;
        // Scroll events come before the callbacks of their frame.
        await new Promise(requestAnimationFrame);
        WebSocket.prototype.send = send;
        return first;
    }"""
    assert grid.locator(".rdit-grid-scroll").evaluate(first) == "0"
    # All rows are higher than a browser lets an element be, so it stands at half of them.
    expect(grid.locator('td[data-column="0"]').first).to_have_text(re.compile(r"^(4999|5000)\d\d$"))


def test_a_table_comes_in_the_frame_of_its_result(tab: Tab) -> None:
    frame = "pd.DataFrame({'a': range(2000)})"
    shown(tab, f"import pandas as pd\n{frame}\n", 2)
    tab.go_to_line(3)
    tab.page.keyboard.type(f"{frame}[:1200]")
    # Its text is made first. When the script that made it is through, there is the grid: its chunk
    # is loaded, and it waits for no other task, before which a frame may be drawn.
    tab.page.evaluate(
        """() => {
            const { port1, port2 } = new MessageChannel();
            const kind = () => {
                const selector = '.rdit-result[data-line-start="3"] .rdit-output';
                return document.querySelector(selector)?.dataset.kind;
            };
            port1.onmessage = () => {
                window.kind = kind();
                const selector = '.rdit-result[data-line-start="3"] tbody tr';
                window.rows = document.querySelectorAll(selector).length;
            };
            new MutationObserver((_, observer) => {
                if (!kind()) return;
                observer.disconnect();
                port2.postMessage(0);
            }).observe(document.body, { childList: true, subtree: true });
        }"""
    )
    tab.page.keyboard.press("Shift+Enter")
    tab.page.wait_for_function("window.kind")
    assert tab.page.evaluate("window.kind") == "table"
    # What can be scrolled to next comes after that frame.
    spare = 6
    rows = tab.result(3).locator("tbody tr")
    expect(rows).to_have_count(tab.page.evaluate("window.rows") + spare)
