"""A script in a tab of JupyterLab over time: changed by others, loaded again, asked something."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from ..conftest import Gate
from .conftest import DOCUMENT, Lab

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
            // The folder is asked for as well, now and then, and other files.
            if (options?.content === false || path !== "shared.py") return file;
            if (contents.get === get) return file;
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
    # JupyterLab takes no further save meanwhile.
    with lab.executing("docmanager:save"):
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


def test_a_question_is_gone_to_with_the_cursor_elsewhere(lab: Lab, gate: Gate) -> None:
    lab.open("elsewhere.py", f"{gate.wait}\ninput('Who? ')\n" + "# comment\n" * 100)
    lab.press("Control+Shift+Enter")
    lab.wait_running()
    lab.press("Control+End")
    lab.page.keyboard.type("# a")
    gate.open()
    bar = lab.document.locator(".rdit-question")
    expect(bar).to_contain_text("Line 2 waits for a line: Who?")
    lab.page.keyboard.type("b")
    lab.press("Control+Alt+ArrowRight")
    field = lab.result(2).locator("input")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    expect(bar).to_have_count(0)
    lab.page.keyboard.type("ada\n")
    expect(lab.output(2).last).to_have_text("'ada'")
    # The cursor is where it was.
    lab.page.keyboard.type("c")
    source = lab.page.evaluate("jupyterapp.shell.currentWidget.context.model.toString()")
    assert source.endswith("# comment\n# abc")


def test_a_question_whose_statement_is_not_in_the_tab_is_asked(lab: Lab) -> None:
    lab.open("lost.py", "1\n")
    lab.page.keyboard.type("answer = input('Lost? ')\n")
    lab.press("ArrowUp", "Control+Enter")
    expect(lab.result(1).locator("input")).to_be_focused()
    # What was typed is not saved, and the tab that comes next has not got it.
    lab.close_all()
    lab.show("lost.py")
    bar = lab.document.locator(".rdit-question")
    expect(bar).to_contain_text("Lost?")
    field = bar.locator("input")
    lab.focus()
    lab.press("Control+Alt+ArrowRight")
    expect(field).to_be_focused()
    lab.page.keyboard.type("found\n")
    lab.wait_for_state("idle")
    expect(bar).to_have_count(0)
    lab.focus()
    lab.press("Control+End")
    lab.page.keyboard.type("answer")
    lab.press("Control+Enter")
    expect(lab.output(2)).to_have_text("'found'")


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
@pytest.mark.parametrize("key", ["Control+Enter", "Alt+Enter", "Control+Alt+Enter", "Shift+Enter"])
def test_what_was_run_at_the_lower_edge_is_in_view(lab: Lab, layout: str, key: str) -> None:
    lab.open("edge.py", "# comment\n" * 100 + "print('line\\n' * 12)\n" * 2)
    for _ in range(["beside", "spaced", "below"].index(layout)):
        lab.button("layout").click()
    expect(lab.document.locator(f".cm-editor.rdit-{layout}")).to_be_visible()
    line = 101 if key == "Shift+Enter" else 102
    lab.press("Control+End", *["ArrowUp"] * (103 - line), key)
    expect(lab.output(line)).to_contain_text("line")
    lab.wait_for_state("idle")
    for selector in (f'.rdit-result[data-line-start="{line}"]', ".cm-cursor-primary"):
        lab.page.wait_for_function(
            """([within, selector]) => {
              const document_ = document.querySelector(within);
              const { top, bottom } = document_.querySelector(selector).getBoundingClientRect();
              const window_ = document_.querySelector(".cm-scroller").getBoundingClientRect();
              return top >= window_.top && bottom <= window_.bottom;
            }""",
            arg=[DOCUMENT, selector],
        )


def test_frames_that_cannot_be_opened_are_no_links(lab: Lab, tmp_path: Path) -> None:
    def module(folder: Path, name: str, text: str) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(text)
        return str(folder)

    root = Path(lab.server.root)
    folders = [
        module(tmp_path, "outside", "from inside import g\n\n\ndef h():\n    g()\n"),
        module(root / "sub", "inside", "from hidden import f\n\n\ndef g():\n    f()\n"),
        module(root / ".hidden", "hidden", "def f():\n    1 / 0\n"),
    ]
    text = f"import sys\nsys.path += {folders}\nfrom outside import h\nh()\n"
    lab.open("frames.py", text)
    lab.press("Control+Shift+Enter")
    links = lab.result(4).locator(".rdit-frame-link")
    expect(links).to_have_text(["frames.py, line 4", "…/sub/inside.py, line 5"])
    away = lab.result(4).locator(".rdit-frame-away")
    expect(away).to_contain_text(["outside.py, line 5", "hidden.py, line 2"])
    for frame in away.all():
        assert "cannot be opened" in (frame.get_attribute("title") or "")
    links.last.click()
    lab.page.wait_for_selector(f'{DOCUMENT}[data-path="sub/inside.py"] .cm-content')
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 5, Col")


def test_modules_that_were_edited_are_named(lab: Lab) -> None:
    lab.server.write("edited.py", "value = 1\n")
    lab.open("imports.py", "import edited\nedited.value\n")
    lab.press("Control+Shift+Enter")
    expect(lab.output(2)).to_have_text("1")
    lab.server.write("edited.py", "value = 22\n")
    lab.press("Control+Shift+Enter")
    expect(lab.output(2)).to_have_text("22")
    toast = lab.page.locator(".Toastify__toast", has_text="Edited, loaded anew: edited")
    expect(toast).to_be_visible()


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
