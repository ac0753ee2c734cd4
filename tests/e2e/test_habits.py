"""Five habits, each with its own keys: a little analysis is written and run in each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.waiting import wait_for

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """values = [3, 1, 2]
sorted(values)
sum(values)
max(values)
"""


# Its first key in each habit.
RUN_ALL = {
    "": re.compile(r"^Control\+Shift\+Enter"),
    "vscode": re.compile(r"^Control\+F5"),
    "rstudio": re.compile(r"^Control\+Alt\+R"),
    "spyder": re.compile("^F5"),
}


@pytest.fixture
def habit(new_tab: Callable[..., Tab], request: pytest.FixtureRequest) -> Callable[..., Tab]:
    """A script in a page of a user with these settings."""

    def open_script(text: str = SCRIPT, **settings: Any) -> Tab:
        tab = new_tab()
        file = tab.server.settings_file
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(settings))
        name = request.node.name.partition("[")[0]
        tab.open(f"{name}.py", text)
        # The first page of a browser learns them from the server; the next ones have them at once.
        stored = "localStorage.getItem('rdit.settings:/a/b/')"
        wait_for(lambda: tab.page.evaluate(f"!!{stored}") or not settings, "they have come")
        tab.page.reload()
        tab.wait_for_state("idle")
        # Their chunks come after the first paint, and so do most commands that edit.
        tab.page.wait_for_selector(".cm-content.rdit-writing")
        run_all = tab.command("run-all")
        expect(run_all).to_have_attribute("aria-keyshortcuts", RUN_ALL[settings.get("keys", "")])
        tab.page.locator(".cm-content").focus()
        tab.page.keyboard.press("Control+Home")
        return tab

    return open_script


def press(tab: Tab, *keys: str) -> None:
    for key in keys:
        tab.page.keyboard.press(key)


def line(tab: Tab, number: int) -> None:
    expect(tab.status).to_contain_text(f"Ln {number},")


def test_jupyter(habit: Callable[..., Tab]) -> None:
    tab = habit()
    press(tab, "Shift+Enter", "Shift+Enter")
    expect(tab.output(2)).to_have_text("[1, 2, 3]")
    line(tab, 3)
    press(tab, "Control+Enter")
    expect(tab.output(3)).to_have_text("6")
    line(tab, 3)
    press(tab, "Alt+Enter")
    tab.page.keyboard.type("min(values)")
    press(tab, "Control+Shift+Enter")
    expect(tab.output(4)).to_have_text("1")
    expect(tab.output(5)).to_have_text("3")


def test_the_margin_names_the_key_of_the_habit(habit: Callable[..., Tab]) -> None:
    tab = habit(keys="rstudio")
    hint = tab.page.locator(".rdit-hint")
    expect(hint).to_have_text("Ctrl-Enter runs the statement under the cursor")
    press(tab, "Control+,")
    keys = tab.page.locator('[data-panel="settings"] [data-setting="keys"] select')
    keys.select_option("spyder")
    expect(hint).to_have_text("F9 runs the statement under the cursor")


def test_vs_code(habit: Callable[..., Tab]) -> None:
    tab = habit(keys="vscode")
    press(tab, "Shift+Enter", "Shift+Enter")
    expect(tab.output(2)).to_have_text("[1, 2, 3]")
    line(tab, 3)
    press(tab, "Control+Enter")
    expect(tab.output(3)).to_have_text("6")
    press(tab, "Control+k", "Control+c")
    expect(tab.page.locator(".cm-line").nth(2)).to_have_text("# sum(values)")
    press(tab, "Control+k", "Control+c", "Control+Shift+K")
    assert tab.text().count("sum(values)") == 0
    press(tab, "Control+F5")
    expect(tab.output(3)).to_have_text("3")
    press(tab, "Control+k", "Control+s")
    expect(tab.page.locator("dialog")).to_contain_text("CtrlKCtrlC")
    press(tab, "Escape", "Control+Shift+p")
    expect(tab.page.locator('[data-panel="palette"]')).to_be_visible()


def test_rstudio(habit: Callable[..., Tab]) -> None:
    tab = habit(keys="rstudio")
    press(tab, "Control+Enter", "Control+Enter")
    expect(tab.output(2)).to_have_text("[1, 2, 3]")
    line(tab, 3)
    press(tab, "Alt+Enter")
    expect(tab.output(3)).to_have_text("6")
    line(tab, 3)
    press(tab, "Control+d")
    assert "sum" not in tab.text()
    press(tab, "Control+Shift+c")
    expect(tab.page.locator(".cm-line").nth(2)).to_have_text("# max(values)")
    press(tab, "Control+Shift+c", "Control+Alt+b")
    expect(tab.output(3)).to_have_text("3")
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.type("len(values) + 4\n")
    press(tab, "Control+Alt+r")
    expect(tab.output(4)).to_have_text("7")
    tab.page.keyboard.type("len(values) + 5\n")
    press(tab, "Control+Shift+S")
    expect(tab.output(5)).to_have_text("8")


def test_spyder(habit: Callable[..., Tab]) -> None:
    tab = habit(keys="spyder")
    press(tab, "F9", "F9")
    expect(tab.output(2)).to_have_text("[1, 2, 3]")
    line(tab, 3)
    press(tab, "Control+d")
    assert "sum" not in tab.text()
    press(tab, "Control+1")
    expect(tab.page.locator(".cm-line").nth(2)).to_have_text("# max(values)")
    press(tab, "Control+1", "F5")
    expect(tab.output(3)).to_have_text("3")
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.type("# %%\nlen(values) + 4\n")
    press(tab, "ArrowUp", "Control+Enter")
    expect(tab.output(5)).to_have_text("7")
    press(tab, "Control+l")
    expect(tab.page.locator(".cm-panel input")).to_be_focused()
    tab.page.keyboard.type("1")
    press(tab, "Enter")
    line(tab, 1)


def test_vim(habit: Callable[..., Tab]) -> None:
    tab = habit(vim=True)
    expect(tab.page.locator(".cm-vim-panel")).to_contain_text("NORMAL")
    keyboard = tab.page.keyboard
    press(tab, "Shift+Enter", "Shift+Enter")
    expect(tab.output(2)).to_have_text("[1, 2, 3]")
    line(tab, 3)
    keyboard.type("ddO")
    keyboard.type("min(values)")
    press(tab, "Control+Enter")
    expect(tab.output(3)).to_have_text("1")
    press(tab, "Escape")
    keyboard.type("ggjyyp")
    assert tab.text().count("sorted(values)") == 2
    keyboard.type(":w\n")
    file = tab.server.root / "test_vim.py"
    wait_for(lambda: file.read_text().count("sorted(values)") == 2, "it is saved")
    # Its own keys are Vim's: Ctrl-D goes down, and Ctrl-R does again.
    press(tab, "u", "Control+r")
    assert tab.text().count("sorted(values)") == 2
    press(tab, "F1")
    expect(tab.page.locator('[data-panel="palette"]')).to_be_visible()


def test_a_habit_is_taken_up_and_left_at_once(habit: Callable[..., Tab]) -> None:
    tab = habit()
    keys = tab.page.locator('[data-setting="keys"] select')
    vim = tab.page.locator('[data-setting="vim"] input')
    press(tab, "Control+,")
    keys.select_option("spyder")
    vim.check()
    press(tab, "Escape")
    expect(tab.page.locator(".cm-vim-panel")).to_be_visible()
    press(tab, "F9")
    line(tab, 2)
    expect(tab.command("run")).to_have_attribute("aria-keyshortcuts", "F9")
    press(tab, "Control+,")
    keys.select_option("jupyter")
    vim.uncheck()
    press(tab, "Escape")
    expect(tab.page.locator(".cm-vim-panel")).to_have_count(0)
    expect(tab.command("run")).to_have_attribute("aria-keyshortcuts", "Shift+Enter")
    press(tab, "F9")
    line(tab, 2)
