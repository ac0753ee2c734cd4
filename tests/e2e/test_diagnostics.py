"""What is found as one types, how it is mended, and the format, on the page."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import TimeoutError, expect

from tests.support.waiting import wait_for

from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

# Milliseconds in which a tooltip comes, if it is not closed.
STAYS = 5_000


def found(tab: Tab, severity: str = "") -> Any:
    """What is underlined."""
    return tab.page.locator(f".cm-lintRange{severity and f'-{severity}'}")


def problems(tab: Tab) -> Any:
    return tab.command("problems")


def hover(tab: Tab, text: str, act: Callable[[Any], Any]) -> None:
    """Act on the tooltip of what is found at this text; again, if a look has closed it."""
    tooltip = tab.page.locator(".cm-tooltip-lint")

    def is_done() -> bool:
        tab.page.mouse.move(0, 0)
        tab.page.locator(".cm-lintRange", has_text=text).first.hover()
        try:
            act(tooltip)
        except (AssertionError, TimeoutError):
            return False
        return True

    wait_for(is_done, f"the tooltip at {text}")


def is_told(tab: Tab, text: str, words: str) -> None:
    hover(tab, text, lambda tooltip: expect(tooltip).to_contain_text(words, timeout=STAYS))


def quick_fix(tab: Tab, text: str, name: str) -> None:
    """Press the quick fix of this name in the tooltip."""
    hover(tab, text, lambda tooltip: tooltip.get_by_role("button", name=name).click(timeout=STAYS))


def toast(tab: Tab) -> Any:
    return tab.page.locator(".rdit-toast").last


def press(tab: Tab, *keys: str) -> None:
    for key in keys:
        tab.page.keyboard.press(key)


def test_what_is_wrong_is_found_as_one_types_and_goes_when_it_is_mended(tab: Tab) -> None:
    tab.open("typed.py", "x = 1\n")
    press(tab, "Control+End")
    tab.page.keyboard.type("print(nothing)\n")
    expect(found(tab, "error")).to_have_text("nothing")
    expect(problems(tab)).to_have_text("1 problem")
    expect(problems(tab)).to_have_attribute("title", re.compile(r"ruff \d"))
    is_told(tab, "nothing", "Undefined name `nothing`")
    # Beside what does not parse it stays.
    tab.page.keyboard.type("y = = 2\n")
    expect(found(tab, "error")).to_have_count(2)
    is_told(tab, "=", "SyntaxError: ")
    expect(problems(tab)).to_have_text("2 problems")
    press(tab, "ArrowUp", "Home", "ArrowRight", "ArrowRight", "Delete", "Delete")
    tab.go_to_line(2)
    press(tab, "Shift+End", "Delete")
    expect(found(tab)).to_have_count(0)
    expect(problems(tab)).to_be_hidden()


def test_a_look_that_ends_late_says_nothing_more(tab: Tab) -> None:
    """It has asked the kernel for a name, and its text is gone."""
    tab.open("late.py", "import os\nos.getpid()\n")
    press(tab, "Shift+Enter", "Shift+Enter")
    expect(tab.output(2)).to_have_text(re.compile(r"^\d+$"))
    process = int(tab.output(2).text_content())
    os.kill(process, signal.SIGSTOP)
    try:
        with tab.page.expect_response("**/rdit/lint"):
            tab.page.keyboard.type("nothing")
        with tab.page.expect_response("**/rdit/lint"):
            press(tab, "Control+Backspace")
    finally:
        os.kill(process, signal.SIGCONT)
    # The kernel answers in order.
    tab.page.locator(".cm-line").nth(1).get_by_text("getpid").hover()
    expect(tab.page.locator(".cm-tooltip-hover")).to_contain_text("process id")
    expect(problems(tab)).to_be_hidden()


def test_a_name_that_only_the_kernel_knows_is_told_as_such(tab: Tab) -> None:
    tab.open("known.py", "frame = 1\nframe\n")
    press(tab, "Shift+Enter", "Shift+Enter")
    expect(tab.output(2)).to_have_text("1")
    tab.go_to_line(1)
    press(tab, "Shift+ArrowDown", "Delete")
    expect(found(tab, "info")).to_have_text("frame")
    is_told(tab, "frame", "`frame` is in the kernel, but nothing in this script binds it")


def test_a_kernel_that_answers_late_is_heard(tab: Tab) -> None:
    tab.open("heard.py", "import os\nglobals()['made'] = os.getpid()\nmade\n")
    press(tab, "Shift+Enter", "Shift+Enter", "Shift+Enter")
    expect(tab.output(3)).to_have_text(re.compile(r"^\d+$"))
    expect(found(tab, "info")).to_have_text("made")
    process = int(tab.output(3).text_content())
    os.kill(process, signal.SIGSTOP)
    try:
        tab.page.keyboard.type("# typed")
        expect(found(tab, "error")).to_have_text("made")
    finally:
        os.kill(process, signal.SIGCONT)
    # Nothing more is typed.
    expect(found(tab, "info")).to_have_text("made")


def test_a_run_that_binds_a_name_is_seen(tab: Tab) -> None:
    tab.open("bound.py", "globals()['made'] = 3\nmade\n")
    expect(found(tab, "error")).to_have_text("made")
    press(tab, "Shift+Enter")
    expect(found(tab, "info")).to_have_text("made")


def test_quick_fixes_are_in_the_tooltip_and_one_undo_takes_them_back(tab: Tab) -> None:
    tab.open("fixes.py", "import os\nprint(f'a')\n")
    expect(found(tab, "hint")).to_have_text("os")
    expect(found(tab, "warning").or_(found(tab, "error"))).to_have_text("f'a'")
    quick_fix(tab, "f'a'", "Remove extraneous")
    expect(found(tab)).to_have_count(1)
    assert tab.text() == "import os\nprint('a')\n"
    quick_fix(tab, "os", "Remove unused import")
    expect(found(tab)).to_have_count(0)
    assert tab.text() == "print('a')\n"
    press(tab, "Control+z")
    assert tab.text() == "import os\nprint('a')\n"
    expect(found(tab, "hint")).to_have_text("os")


def test_the_problems_are_listed_and_keys_lead_from_one_to_the_next(tab: Tab) -> None:
    tab.open("listed.py", "first\n\nsecond\nthird = \n")
    expect(problems(tab)).to_have_text("1 problem")
    tab.open("listed.py", "first\n\nsecond\n")
    expect(problems(tab)).to_have_text("2 problems")
    problems(tab).click()
    panel = tab.page.locator('[data-panel="problems"]')
    expect(panel.get_by_role("treeitem")).to_have_count(2)
    expect(panel.get_by_role("treeitem").first).to_contain_text("Undefined name `first`")
    panel.get_by_role("treeitem").last.click()
    expect(tab.status).to_contain_text("Ln 3, Col 7")
    press(tab, "Escape")
    expect(panel).to_have_count(0)
    press(tab, "Control+Home", "Alt+F8")
    expect(tab.status).to_contain_text("Ln 1, Col 6")
    expect(tab.page.locator(".cm-tooltip-lint")).to_contain_text("`first`")
    press(tab, "Alt+F8")
    expect(tab.status).to_contain_text("Ln 3,")
    press(tab, "Alt+F8")
    expect(tab.status).to_contain_text("Ln 1,")
    press(tab, "Shift+Alt+F8")
    expect(tab.status).to_contain_text("Ln 3,")
    press(tab, "Control+Shift+M")
    expect(panel).to_be_visible()


def test_the_rules_of_the_project_apply(tab: Tab) -> None:
    tab.server.write("project/pyproject.toml", '[tool.ruff.lint]\nselect = ["T201"]\n')
    tab.open("project/inner/rules.py", "print(nothing)\nx = 1\nx\n")
    expect(found(tab)).to_have_text("print")
    expect(problems(tab)).to_have_attribute("title", re.compile("by the rules of the project"))


def test_a_wrong_configuration_is_told_and_the_rules_of_the_page_apply(
    new_tab: Callable[..., Tab],
) -> None:
    tab = new_tab()
    tab.server.write("wrong/ruff.toml", "line-length = 'long'\n")
    tab.open("wrong/rules.py", "print(nothing)\n")
    expect(found(tab)).to_have_text("nothing")
    expect(problems(tab)).to_have_attribute("title", re.compile("ruff.toml"))
    tab.page.locator(".cm-content").focus()
    press(tab, "Alt+Shift+f")
    expect(toast(tab)).to_contain_text("Not formatted. Ruff: ")
    assert all("422" in said or "ruff.toml" in said for said in tab.complaints), tab.complaints
    tab.complaints.clear()


def test_without_ruff_on_the_server_the_page_has_its_own(tab: Tab) -> None:
    none = json.dumps({"message": "There is no ruff.", "cause": "no-ruff"})
    for what in ("lint", "format"):
        tab.page.route(f"**/rdit/{what}", lambda route: route.fulfill(status=501, body=none))
    tab.open("own.py", "import os\nx  = (1,\n2)\nprint('😀', nothing)\n")
    expect(found(tab, "error")).to_have_text("nothing")
    expect(problems(tab)).to_have_attribute("title", re.compile(r"ruff \d.*There is no ruff"))
    quick_fix(tab, "os", "Remove unused import")
    expect(found(tab)).to_have_count(1)
    press(tab, "Control+Home", "Shift+End", "Shift+Alt+f")
    expect(tab.page.locator(".cm-line").first).to_have_text("x = (1, 2)")
    # Only what was selected.
    assert tab.text() == "x = (1, 2)\nprint('😀', nothing)\n"
    assert all("501" in said or "no ruff" in said for said in tab.complaints), tab.complaints
    tab.complaints.clear()


def test_a_script_is_formatted_and_caret_and_results_stay(tab: Tab) -> None:
    script = "x=[ 1,\n  2 ]\ny  =  'b'\nx;\nx\n"
    tab.open("format.py", script)
    tab.command("run-all").click()
    expect(tab.output(5)).to_have_text("[1, 2]")
    tab.go_to_line(3)
    press(tab, "End", "Shift+Alt+f")
    expect(tab.page.locator(".cm-line").first).to_have_text("x = [1, 2]")
    # A semicolon hides a value here, and stays.
    assert tab.text() == 'x = [1, 2]\ny = "b"\nx;\nx\n'
    expect(tab.output(4)).to_have_text("[1, 2]")
    expect(tab.status).to_contain_text("Ln 2, Col 8")
    expect(tab.page.locator('.rdit-result[data-stale="true"]')).to_have_count(0)
    press(tab, "Control+z")
    assert tab.text() == script
    expect(tab.page.locator('.rdit-result[data-stale="true"]')).to_have_count(0)


def test_of_a_selection_only_its_statements_are_formatted_though_others_do_not_parse(
    tab: Tab,
) -> None:
    tab.open("part.py", "a=1\nif a:\n  b=(2,\n   3)\nc = = 4\n")
    tab.go_to_line(3)
    press(tab, "Shift+End", "Alt+Shift+f")
    expect(tab.page.locator(".cm-line").nth(2)).to_have_text("    b = (2, 3)")
    assert tab.text() == "a=1\nif a:\n    b = (2, 3)\nc = = 4\n"
    press(tab, "Control+Home", "Alt+Shift+f")
    expect(toast(tab)).to_contain_text("Not formatted: line 4 does not parse.")
    assert tab.text() == "a=1\nif a:\n    b = (2, 3)\nc = = 4\n"


def test_saving_formats_if_the_user_wants_so(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab()
    tab.page.add_init_script("localStorage.setItem('rdit.formatOnSave', 'true')")
    tab.open("save.py", "x=1\n")
    tab.page.locator(".cm-content").focus()
    press(tab, "Control+s")
    expect(tab.page.locator(".cm-line").first).to_have_text("x = 1")
    expect(tab.status).to_contain_text("Saved")
    assert (tab.server.root / "save.py").read_text() == "x = 1\n"
    # What does not parse is saved as it is.
    press(tab, "Control+End")
    tab.page.keyboard.type("y= = 1")
    press(tab, "Control+s")
    expect(toast(tab)).to_contain_text("line 2 does not parse")
    expect(tab.status).to_contain_text("Saved")
    assert (tab.server.root / "save.py").read_text() == "x = 1\ny= = 1"


def test_what_is_found_follows_its_setting_at_once(tab: Tab) -> None:
    tab.open("follow.py", "nothing\n")
    expect(found(tab)).to_have_text("nothing")
    panel = tab.page.locator('[data-panel="settings"]')
    wanted = panel.locator('[data-setting="diagnostics"] input')
    press(tab, "Control+,")
    wanted.uncheck()
    expect(found(tab)).to_have_count(0)
    wanted.check()
    expect(found(tab)).to_have_text("nothing")


def test_quick_fixes_are_a_menu_for_the_keyboard(tab: Tab) -> None:
    script = "def f():\n    unused = 1\n"
    tab.open("menu.py", script)
    expect(found(tab)).to_have_text("unused")

    def open_menu() -> Any:
        press(tab, "Control+Home", "ArrowDown", "F1")
        expect(tab.page.locator('[data-panel="palette"] input')).to_be_focused()
        tab.page.keyboard.type("quick fix")
        press(tab, "Enter")
        menu = tab.page.get_by_role("menu", name="Quick fixes")
        expect(menu.get_by_role("menuitem")).to_be_focused()
        return menu

    menu = open_menu()
    press(tab, "Escape")
    expect(menu).to_have_count(0)
    expect(tab.page.locator(".cm-content")).to_be_focused()
    menu = open_menu()
    press(tab, "Enter")
    expect(menu).to_have_count(0)
    expect(found(tab)).to_have_count(0)
    assert "unused" not in tab.text()
    # The focus is in the code again.
    press(tab, "Control+z")
    assert tab.text() == script


def test_nothing_is_looked_for_if_the_user_wants_none(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab()
    tab.page.add_init_script("localStorage.setItem('rdit.diagnostics', 'false')")
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.open("off.py", "nothing\n")
    press(tab, "Control+End")
    tab.page.keyboard.type("a = = b\n")
    press(tab, "Control+Shift+M")
    expect(tab.page.locator('[data-panel="problems"]')).to_contain_text("No diagnostics")
    assert not [url for url in asked if url.endswith("rdit/lint")]
