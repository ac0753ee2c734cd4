"""The command palette: every command by its name."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Gate, Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def palette(tab: Tab) -> Any:
    return tab.page.locator('[data-panel="palette"]')


def open_palette(tab: Tab, keys: str = "F1") -> None:
    tab.page.keyboard.press(keys)
    expect(tab.page.get_by_role("combobox", name="Command")).to_be_focused()


def option(tab: Tab, command: str) -> Any:
    return palette(tab).locator(f'[role="option"][data-command="rdit:{command}"]')


def selected(tab: Tab) -> Any:
    return palette(tab).locator('[role="option"][aria-selected="true"]')


@pytest.mark.parametrize("keys", ["F1", "Control+Shift+p"])
def test_a_command_is_found_by_a_few_letters_and_run_by_enter(tab: Tab, keys: str) -> None:
    tab.open("found.py", "6 * 7\n1 + 1\n")
    keyboard = tab.page.keyboard
    open_palette(tab, keys)
    keyboard.type("run all")
    expect(selected(tab)).to_have_attribute("data-command", "rdit:run-all")
    expect(selected(tab)).to_contain_text("Enter")
    keyboard.press("Enter")
    expect(palette(tab)).to_have_count(0)
    expect(tab.output(1)).to_have_text("42")
    expect(tab.output(2)).to_have_text("2")
    expect(tab.page.locator(".cm-content")).to_be_focused()


def test_arrows_lead_through_the_list_and_escape_back_to_the_code(tab: Tab) -> None:
    tab.open("arrows.py", "1\n")
    keyboard = tab.page.keyboard
    open_palette(tab)
    options = palette(tab).get_by_role("option")
    count = options.count()
    assert count > 15
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    keyboard.press("ArrowUp")
    expect(options.nth(count - 1)).to_have_attribute("aria-selected", "true")
    expect(options.nth(count - 1)).to_be_in_viewport()
    expect(tab.page.get_by_role("combobox", name="Command")).to_have_attribute(
        "aria-activedescendant", options.nth(count - 1).get_attribute("id") or "?"
    )
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    keyboard.type("no such thing")
    expect(options).to_have_count(0)
    expect(palette(tab).get_by_role("status")).to_have_text("There is no such command.")
    keyboard.press("Enter")
    keyboard.press("Escape")
    expect(palette(tab)).to_have_count(0)
    expect(tab.page.locator(".cm-content")).to_be_focused()


@pytest.mark.parametrize("height", [340, 555, 800])
def test_no_row_of_the_list_is_cut(tab: Tab, height: int) -> None:
    tab.page.set_viewport_size({"width": 700, "height": height})
    tab.open("rows.py", "1\n")
    open_palette(tab)
    # A row is seen whole, or not so far that its text is.
    cut = (
        palette(tab)
        .get_by_role("listbox")
        .evaluate(
            """list => {
            const end = list.getBoundingClientRect().bottom;
            const tops = [...list.children].map(row => row.getBoundingClientRect());
            const last = tops.filter(({ top }) => top < end - 5).at(-1);
            return last.bottom - end;
        }"""
        )
    )
    assert cut <= 0


def test_the_mouse_runs_a_command_too_and_it_is_first_the_next_time(tab: Tab) -> None:
    tab.open("mouse.py", "6 * 7\n")
    tab.command("palette").click()
    option(tab, "run-and-stay").click()
    expect(tab.output(1)).to_have_text("42")
    tab.command("palette").click()
    first = palette(tab).get_by_role("option").nth(0)
    expect(first).to_have_attribute("data-command", "rdit:run-and-stay")
    expect(first).to_contain_text("recently used")


def test_what_does_not_apply_now_says_why_and_does_nothing(tab: Tab) -> None:
    tab.open("idle.py", "1\n")
    open_palette(tab)
    tab.page.keyboard.type("interrupt")
    expect(option(tab, "interrupt")).to_have_attribute("aria-disabled", "true")
    expect(option(tab, "interrupt")).to_contain_text("nothing runs")
    option(tab, "interrupt").click(force=True)
    expect(palette(tab)).to_be_visible()


def test_what_can_be_run_is_shown_as_it_changes(tab: Tab, gate: Gate) -> None:
    """In place, for Stop has to be clicked while a script puts out text."""
    tab.open("busy.py", f"print(1)\n{gate.wait}\n")
    tab.command("run-all").click()
    tab.wait_for_state("busy")
    open_palette(tab)
    tab.page.keyboard.type("interrupt")
    expect(selected(tab)).to_have_attribute("data-command", "rdit:interrupt")
    assert option(tab, "interrupt").get_attribute("aria-disabled") is None
    row = option(tab, "interrupt").element_handle()
    gate.open()
    expect(option(tab, "interrupt")).to_have_attribute("aria-disabled", "true")
    expect(option(tab, "interrupt")).to_contain_text("nothing runs")
    assert row.evaluate("row => row.isConnected")


def test_a_command_that_moves_the_focus_keeps_it(tab: Tab) -> None:
    tab.open("focus.py", "6 * 7\n")
    tab.page.keyboard.press("Control+Enter")
    expect(tab.output(1)).to_have_text("42")
    open_palette(tab)
    tab.page.keyboard.type("go to result")
    tab.page.keyboard.press("Enter")
    expect(tab.result(1)).to_be_focused()


def test_what_is_for_results_is_for_the_focused_one_and_no_key_opens_two(tab: Tab) -> None:
    tab.open("results.py", "6 * 7\n1 + 1\n")
    tab.command("run-all").click()
    expect(tab.output(2)).to_have_text("2")
    # The cursor is at another statement.
    tab.go_to_line(2)
    tab.result(1).focus()
    tab.page.keyboard.press("F1")
    tab.page.keyboard.press("F1")
    expect(tab.page.get_by_role("combobox", name="Command")).to_be_focused()
    expect(palette(tab)).to_have_count(1)
    tab.page.keyboard.type("fold or unfold result")
    tab.page.keyboard.press("Enter")
    expect(tab.result(1)).to_have_attribute("data-folded", "true")


def test_a_command_that_asks_has_its_question(tab: Tab) -> None:
    tab.open("asks.py", "1\n")
    open_palette(tab)
    tab.page.keyboard.type("clear namespace")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("dialog")).to_contain_text("Clear the namespace?")
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator(".cm-content")).to_be_focused()
