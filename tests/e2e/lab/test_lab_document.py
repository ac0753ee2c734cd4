"""A script in a tab of JupyterLab over time: changed by others, loaded again, asked something."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def test_the_run_menu_speaks_of_no_cells(lab: Lab) -> None:
    lab.open("menu.py", "1 + 1\n")
    lab.page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    menu = lab.page.locator(".lm-Menu").last
    expect(menu).to_contain_text("Run Statement and Advance")
    items = menu.locator(".lm-Menu-item")
    shown = [item for item in items.all() if item.is_visible()]
    labels = [item.inner_text().strip() for item in shown]
    assert not [label for label in labels if "Cell" in label], labels
    assert not [item for item in shown if "lm-mod-disabled" in (item.get_attribute("class") or "")]
    # No line stands under another.
    assert not [pair for pair in pairwise(labels) if pair == ("", "")], labels


def test_the_caret_is_where_it_was_after_a_reload(new_lab: Callable[..., Lab]) -> None:
    # A browser of its own: what JupyterLab restores late would take the focus of the next test.
    text = "\n".join(f"x{n} = {n}" for n in range(200))
    lab = new_lab().open("caret.py", text, workspace="caret")
    lab.press("Control+End", "ArrowUp", "ArrowUp", "Home")
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 198, Col 1")
    lab.page.reload()
    lab.wait_open("caret.py")
    expect(lab.document.locator(".cm-content")).to_contain_text("x197 = 197")
    lab.focus()
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 198, Col 1")


def test_the_last_statement_opens_a_line_below(lab: Lab) -> None:
    lab.open("last.py", "6 * 7")
    lab.press("Shift+Enter")
    expect(lab.output(1)).to_have_text("42")
    lab.page.keyboard.type("7 * 8")
    lab.press("Shift+Enter")
    expect(lab.output(2)).to_have_text("56")
    assert lab.text().startswith("6 * 7\n7 * 8")


def test_a_question_takes_the_focus_however_soon_it_is_asked(lab: Lab) -> None:
    lab.open("question.py", "")
    lab.page.keyboard.type("name = input('q')")
    lab.press("Control+Enter")
    field = lab.document.locator(".rdit-result input")
    expect(field).to_be_focused()
    lab.page.keyboard.type("Ada")
    lab.press("Enter")
    expect(lab.result(1)).to_contain_text("qAda")
    assert lab.text() == "name = input('q')"


def test_the_icon_that_clears_is_whole_in_every_toolbar(lab: Lab) -> None:
    def strokes(path: str) -> Any:
        lab.open(path, "1\n")
        icon = lab.button("reset").locator("svg")
        expect(icon).to_be_visible()
        return icon.evaluate('svg => svg.outerHTML.replace(/ data-icon-id="[^"]*"/, \'\')')

    first, second = strokes("one.py"), strokes("two.py")
    assert first == second
    # Nothing that another toolbar has to lend.
    assert "url(#" not in second
