"""A script in a tab of JupyterLab over time: changed by others, loaded again, asked something."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from ..conftest import wait_for
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


def test_what_another_program_writes_appears_in_the_open_tab(lab: Lab) -> None:
    path = Path(lab.server.root) / "shared.py"
    lines = [f"x{n} = {n}" for n in range(80)]
    lab.open("shared.py", "\n".join([*lines, "6 * 7", ""]))
    lab.press("Control+End", "ArrowUp", "Control+Enter")
    expect(lab.output(81)).to_have_text("42")
    top = lab.document.locator(".cm-scroller").evaluate("node => node.scrollTop")
    assert top > 0
    path.write_text("\n".join([*lines[:79], "x79 = 'changed'", "6 * 7", ""]))
    expect(lab.document.locator(".cm-content")).to_contain_text("changed")
    expect(lab.output(81)).to_have_text("42")
    now = lab.document.locator(".cm-scroller").evaluate("node => node.scrollTop")
    assert abs(now - top) <= 2
    # It is as on disk, so what comes next is taken over too: on both sides of a result, and where
    # only half of a character is another one.
    expect(lab.page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(0)
    for face in ("\U0001f600", "\U0001f601"):
        text = "\n".join([f"x0 = '{face}'", *lines[1:], "6 * 7", f"# {face}", ""])
        path.write_text(text, encoding="utf-8")
        lab.page.wait_for_function(
            "text => jupyterapp.shell.currentWidget.context.model.toString() === text", arg=text
        )
        expect(lab.output(81)).to_have_text("42")
    # What is typed while the file is on its way is not lost, nor is what it brings.
    lab.page.evaluate(
        """() => {
          const { contents } = jupyterapp.serviceManager;
          const get = contents.get;
          contents.get = async (path, options) => {
            const file = await get.call(contents, path, options);
            if (options?.content === false) return file;
            contents.get = get;
            const { model } = jupyterapp.shell.currentWidget.context;
            model.sharedModel.updateSource(0, 0, "# typed meanwhile\\n");
            return file;
          };
        }"""
    )
    path.write_text(text + "# the latest\n", encoding="utf-8")
    both = "# typed meanwhile\n" + text + "# the latest\n"
    lab.page.wait_for_function(
        "text => jupyterapp.shell.currentWidget.context.model.toString() === text", arg=both
    )
    expect(lab.page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(1)
    lab.press("Control+s")
    expect(lab.page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    assert path.read_text(encoding="utf-8") == both
    # Text of one's own is never replaced.
    lab.focus()
    lab.page.keyboard.type("# mine\n")
    path.write_text("gone = 1\n")
    lab.press("Control+s")
    expect(lab.page.locator(".jp-Dialog")).to_contain_text("changed")
    lab.page.locator(".jp-Dialog .jp-mod-reject").first.click()
    expect(lab.document.locator(".cm-content")).to_contain_text("# mine")


def test_the_caret_is_where_it_was_after_a_reload(new_lab: Callable[..., Lab]) -> None:
    # A browser of its own: what JupyterLab restores late would take the focus of the next test.
    text = "\n".join(f"x{n} = {n}" for n in range(200))
    lab = new_lab().open("caret.py", text, workspace="caret")
    lab.press("Control+End", "ArrowUp", "ArrowUp", "Home")
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 198, Col 1")
    wait_for(lambda: lab.kept_scripts("caret") == ["rdit:caret.py"], "the layout is kept")
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
