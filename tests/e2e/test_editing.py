"""Editing as people expect it: brackets, clauses, lines, cursors, folding, find and replace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .axe import findings
from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def start(tab: Tab, name: str, text: str) -> Tab:
    """The editor on a script, with the chunk that helps in writing."""
    tab.open(name, text)
    # The last of its extensions to show itself.
    tab.page.wait_for_selector(".cm-content.rdit-writing")
    tab.page.locator(".cm-content").focus()
    return tab


def test_brackets_and_quotes_close_are_typed_over_and_surround(tab: Tab) -> None:
    keyboard = start(tab, "brackets.py", "\n\nword\n").page.keyboard
    keyboard.type("f([{")
    assert tab.text().startswith("f([{}])\n")
    keyboard.type("}])")
    assert tab.text().startswith("f([{}])\n")
    keyboard.press("Shift+Home")
    keyboard.press("Delete")
    # A pair that was just opened goes as a pair.
    keyboard.type("(")
    keyboard.press("Backspace")
    assert tab.text().startswith("\n")
    keyboard.type('print(f"{x}")')
    assert tab.text().startswith('print(f"{x}")\n')
    keyboard.press("ArrowDown")
    keyboard.type('"""doc')
    assert tab.text().split("\n")[1] == '"""doc"""'
    keyboard.type('"""')
    assert tab.text().split("\n")[1] == '"""doc"""'
    keyboard.press("ArrowDown")
    keyboard.press("Home")
    keyboard.press("Shift+End")
    keyboard.type("'")
    assert tab.text().split("\n")[2] == "'word'"
    keyboard.type("(")
    assert tab.text().split("\n")[2] == "'(word)'"
    # No pair in a word: it's an apostrophe.
    keyboard.press("End")
    keyboard.press("Enter")
    keyboard.type("# it's")
    assert tab.text().split("\n")[3] == "# it's"


def test_clauses_dedent_as_they_are_typed(tab: Tab) -> None:
    keyboard = start(tab, "clauses.py", "").page.keyboard
    keyboard.type("def f(x):\ntry:\nreturn 1\nexcept ValueError:\npass\n")
    keyboard.type("else:\nraise\nfinally:\nx = [\n1")
    assert tab.text().split("\n") == [
        "def f(x):",
        "    try:",
        "        return 1",
        "    except ValueError:",
        "        pass",
        "    else:",
        "        raise",
        "    finally:",
        "        x = [",
        "            1",
        "        ]",
    ]


def test_lines_are_moved_copied_joined_deleted_and_commented(tab: Tab) -> None:
    keyboard = start(tab, "lines.py", "a = [\n    1,\n]\nb\nc\n").page.keyboard
    for key, text in (
        ("Control+j", "a = [1,\n]\nb\nc\n"),
        ("Control+j", "a = [1, ]\nb\nc\n"),
        ("Control+z", "a = [1,\n]\nb\nc\n"),
        ("Control+z", "a = [\n    1,\n]\nb\nc\n"),
        ("Control+End", "a = [\n    1,\n]\nb\nc\n"),
        ("ArrowUp", "a = [\n    1,\n]\nb\nc\n"),
        ("Alt+ArrowUp", "a = [\n    1,\n]\nc\nb\n"),
        ("Shift+Alt+ArrowDown", "a = [\n    1,\n]\nc\nc\nb\n"),
        ("Control+/", "a = [\n    1,\n]\nc\n# c\nb\n"),
        ("Control+/", "a = [\n    1,\n]\nc\nc\nb\n"),
        ("Control+Shift+K", "a = [\n    1,\n]\nc\nb\n"),
        ("Control+]", "a = [\n    1,\n]\nc\n    b\n"),
        ("Control+[", "a = [\n    1,\n]\nc\nb\n"),
    ):
        keyboard.press(key)
        assert tab.text() == text, key


def test_several_cursors(tab: Tab) -> None:
    page = start(tab, "cursors.py", "one = 1\ntwo = one\none + one\n").page
    page.keyboard.press("Control+d")
    page.keyboard.press("Control+d")
    page.keyboard.press("Control+d")
    page.keyboard.type("x")
    assert tab.text() == "x = 1\ntwo = x\nx + one\n"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+Alt+ArrowDown")
    page.keyboard.press("Control+Alt+ArrowDown")
    page.keyboard.type("#")
    assert tab.text() == "#x = 1\n#two = x\n#x + one\n"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    # Alt adds a cursor where one clicks.
    page.locator(".cm-line").nth(2).click(modifiers=["Alt"], position={"x": 9, "y": 10})
    page.keyboard.press("Delete")
    assert tab.text() == "x = 1\n#two = x\nx + one\n"


def test_a_rectangle_is_selected_with_alt(tab: Tab) -> None:
    page = start(tab, "rectangle.py", "abc\nabc\nabc\n").page
    first, last = page.locator(".cm-line").nth(0), page.locator(".cm-line").nth(2)
    a, b = first.bounding_box(), last.bounding_box()
    assert a
    assert b
    width = page.evaluate("getComputedStyle(document.querySelector('.cm-line')).paddingLeft")
    left = a["x"] + float(width.removesuffix("px"))
    char = page.evaluate(
        """() => {
            const range = document.createRange();
            range.selectNodeContents(document.querySelector(".cm-line"));
            return range.getBoundingClientRect().width / 3;
        }"""
    )
    page.keyboard.down("Alt")
    page.mouse.move(left + char, a["y"] + 10)
    page.mouse.down()
    page.mouse.move(left + 2 * char, b["y"] + 10, steps=3)
    page.mouse.up()
    page.keyboard.up("Alt")
    page.keyboard.type("-")
    assert tab.text() == "a-c\na-c\na-c\n"


def test_the_selection_grows_and_shrinks_with_the_syntax(tab: Tab) -> None:
    page = start(tab, "grow.py", "f(alpha + 1)\n").page
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    selected = "() => getSelection().toString()"
    page.keyboard.press("Control+i")
    assert page.evaluate(selected) == "alpha"
    page.keyboard.press("Shift+Alt+ArrowRight")
    assert page.evaluate(selected) == "alpha + 1"
    page.keyboard.press("Control+u")
    assert page.evaluate(selected) == "alpha"


def test_code_folds_with_its_results(tab: Tab) -> None:
    text = "def f():\n    return 1\n\n\n# region work\nf()\n# endregion\n99\n"
    page = start(tab, "fold.py", text).page
    tab.command("run-all").click()
    expect(tab.output(6)).to_have_text("1")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+Shift+BracketLeft")
    expect(page.locator(".cm-foldPlaceholder")).to_have_count(1)
    page.keyboard.press("Control+Shift+BracketRight")
    expect(page.locator(".cm-foldPlaceholder")).to_have_count(0)
    page.keyboard.press("Control+Alt+BracketLeft")
    expect(page.locator(".cm-foldPlaceholder")).to_have_count(2)
    expect(tab.output(6)).to_have_count(0)
    expect(tab.output(8)).to_have_text("99")
    page.keyboard.press("Control+k")
    page.keyboard.press("Control+j")
    expect(page.locator(".cm-foldPlaceholder")).to_have_count(0)
    expect(tab.output(6)).to_have_text("1")
    # From inside: the block around.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Shift+BracketLeft")
    expect(page.locator(".cm-foldPlaceholder")).to_have_count(1)


def test_find_counts_and_replaces(tab: Tab) -> None:
    page = start(tab, "find.py", "rate = 1\nrates = rate + 1\nRate = rate\n").page
    page.keyboard.press("Control+f")
    count = page.locator(".rdit-matches")
    page.keyboard.type("rate")
    expect(count).to_have_text("5 matches")
    page.keyboard.press("Enter")
    expect(count).to_have_text("1 of 5")
    page.keyboard.press("F3")
    expect(count).to_have_text("2 of 5")
    page.get_by_role("checkbox", name="whole word").check()
    expect(count).to_contain_text("4")
    page.get_by_role("checkbox", name="match case").check()
    expect(count).to_contain_text("3")
    page.get_by_role("checkbox", name="whole word").uncheck()
    page.get_by_role("checkbox", name="regular expression").check()
    find = page.locator(".cm-search [name=search]")
    find.select_text()
    page.keyboard.type("(rat")
    expect(count).to_have_text("No regular expression")
    expect(find).to_have_attribute("aria-invalid", "true")
    find.select_text()
    page.keyboard.type(r"r(ate)\b")
    expect(count).to_contain_text("3")
    page.keyboard.press("Control+h")
    replace = page.locator(".cm-search input[name=replace]")
    expect(replace).to_be_focused()
    page.keyboard.type("d$1")
    page.get_by_role("button", name="replace all").click()
    assert tab.text() == "date = 1\nrates = date + 1\nRate = date\n"
    expect(count).to_have_text("No matches")
    page.keyboard.press("Escape")
    expect(page.locator(".cm-search")).to_have_count(0)
    expect(page.locator(".cm-content")).to_be_focused()


def test_go_to_line_and_column(tab: Tab) -> None:
    page = start(tab, "goto.py", "a = 1\n" * 300).page
    page.keyboard.press("Control+g")
    page.keyboard.type("250:3")
    page.keyboard.press("Enter")
    expect(tab.status).to_contain_text("Ln 250, Col 4")
    expect(page.locator(".cm-content")).to_be_focused()


def test_guides_stand_at_each_level(tab: Tab) -> None:
    page = start(tab, "guides.py", "def f():\n    if x:\n\n        y\n    z\n").page
    expect(page.locator(".cm-line.cm-indent-markers")).to_have_count(5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_of_it_keeps_people_out(new_tab: Callable[..., Tab], scheme: str) -> None:
    tab = new_tab(color_scheme=scheme)
    page: Any = start(tab, "axe.py", "# %% One\ndef f():\n    return 1\n\n\n# %%\nf()\n").page
    page.keyboard.press("Control+f")
    page.keyboard.type("f")
    expect(page.locator(".rdit-matches")).to_have_text("3 matches")
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+g")
    expect(page.locator(".cm-goto-line")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+O")
    expect(page.locator('[data-panel="outline"]')).to_be_visible()
    assert findings(page) == []
