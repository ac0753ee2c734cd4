"""Typing and running in one go: where the cursor goes, whom a question stops, what is in view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Gate, Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def question_bar(tab: Tab) -> Any:
    return tab.page.locator(".rdit-question")


def test_the_last_statement_is_followed_by_a_line_of_its_own(tab: Tab) -> None:
    tab.open("begin.py", "")
    tab.page.keyboard.type("import sys")
    tab.page.keyboard.press("Shift+Enter")
    tab.page.keyboard.type("sys.byteorder")
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(2)).to_have_text("'little'")
    assert tab.text() == "import sys\nsys.byteorder\n"


def test_a_question_takes_the_focus_however_soon_it_comes(tab: Tab) -> None:
    tab.open("soon.py", "1\n")
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(1)).to_have_text("1")
    tab.page.keyboard.type("name = input('q')")
    tab.page.keyboard.press("Control+Enter")
    expect(tab.result(2).locator("input")).to_be_focused()
    tab.page.keyboard.type("ada\n")
    expect(tab.result(2)).to_contain_text("qada")
    # The cursor is where it was.
    tab.page.keyboard.press("Shift+Enter")
    tab.page.keyboard.type("name")
    tab.page.keyboard.press("Escape")
    assert tab.text().startswith("1\nname = input('q')\n")


def test_a_question_leaves_the_cursor_to_whom_is_typing(tab: Tab, gate: Gate) -> None:
    tab.open("typing.py", f"{gate.wait}\ninput('Who? ')\n\n")
    tab.command("run-all").click()
    tab.wait_for_state("busy")
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.type("# a")
    gate.open()
    expect(question_bar(tab)).to_contain_text("Line 2 waits for a line: Who?")
    tab.page.keyboard.type("b")
    assert tab.text().endswith("\n# ab")
    tab.page.keyboard.press("Control+Alt+ArrowRight")
    expect(tab.result(2).locator("input")).to_be_focused()
    expect(question_bar(tab)).to_have_count(0)
    tab.page.keyboard.type("ada\n")
    expect(tab.output(2).last).to_have_text("'ada'")
    tab.page.keyboard.type("c")
    assert tab.text().endswith("\n# abc")


def test_a_question_below_the_window_comes_into_view(tab: Tab) -> None:
    tab.open("below.py", "1\n" + "# comment\n" * 200 + "input('far? ')\n")
    tab.command("run-all").click()
    box = tab.result(202).locator("input")
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport()
    tab.page.keyboard.type("yes\n")
    expect(tab.output(202).last).to_have_text("'yes'")


def test_a_question_of_a_statement_that_is_not_there_is_asked(
    tab: Tab, new_tab: Callable[..., Tab]
) -> None:
    tab.open("reload.py", "1\n")
    tab.page.keyboard.type("answer = input('Lost? ')\n")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Control+Enter")
    expect(tab.result(1).locator("input")).to_be_focused()
    other = new_tab()
    other.go("rdit/edit/reload.py")
    other.wait_for_state("busy")
    box = question_bar(other).locator("input")
    expect(question_bar(other)).to_contain_text("Lost?")
    expect(box).to_be_focused()
    other.page.keyboard.type("found\n")
    other.wait_for_state("idle")
    expect(question_bar(other)).to_have_count(0)
    expect(tab.result(1)).to_contain_text("Lost? found")


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
@pytest.mark.parametrize("key", ["Control+Enter", "Alt+Enter", "Control+Alt+Enter", "Shift+Enter"])
def test_what_was_run_at_the_lower_edge_is_in_view(tab: Tab, layout: str, key: str) -> None:
    tab.open(f"edge-{layout}-{key[:9]}.py", "# comment\n" * 100 + "print('line\\n' * 12)\n" * 2)
    for _ in range(["beside", "spaced", "below"].index(layout)):
        tab.command("layout").click()
    line = 101 if key == "Shift+Enter" else 102
    tab.page.keyboard.press("Control+End")
    for _ in range(103 - line):
        tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press(key)
    expect(tab.output(line)).to_contain_text("line")
    tab.wait_for_state("idle")
    for selector in (f'.rdit-result[data-line-start="{line}"]', ".cm-cursor-primary"):
        tab.page.wait_for_function(
            """selector => {
                const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
                const window = document.querySelector(".cm-scroller").getBoundingClientRect();
                return top >= window.top && bottom <= window.bottom;
            }""",
            arg=selector,
        )


# Closes a dialog in which something is selected, as a click on one of its buttons does.
CLOSE = """async () => {
    const dialog = document.querySelector("dialog[open]");
    const closed = new Promise(done => dialog.addEventListener("close", done));
    getSelection().selectAllChildren(dialog.querySelector("button"));
    dialog.close();
    await closed;
    return document.querySelector(".cm-content").contains(getSelection().anchorNode);
}"""


@pytest.mark.parametrize("command", ["saving", "place", "settings", "help", "restart"])
def test_after_a_dialog_the_next_key_is_for_the_code(tab: Tab, command: str) -> None:
    tab.open("after.py", "1\n")
    tab.command(command).first.click()
    expect(tab.page.get_by_role("dialog")).to_be_visible()
    assert tab.page.evaluate(CLOSE)
    expect(tab.page.locator(".cm-content")).to_be_focused()
    tab.page.keyboard.type("2")
    assert tab.text() == "21\n"
