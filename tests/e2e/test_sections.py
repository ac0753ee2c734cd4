"""Sections: run one, those above and below, go from one to the next, fold."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from .conftest import Tab
from .test_editing import start
from .test_palette import open_palette

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """7

# %% One
a = 1
a

# %% [markdown]
# # Words

# %% Two
22
a + 1
# %%% Deeper
33
"""


def expect_ran(tab: Tab, *lines: int) -> None:
    """These lines have results when all has run, and no others."""
    tab.wait_for_state("idle")
    results = tab.page.locator(".rdit-result")
    with_text = (
        "all => all.filter(one => one.textContent).map(one => Number(one.dataset.lineStart))"
    )
    wait_for(
        lambda: sorted(results.evaluate_all(with_text)) == list(lines), f"{lines} have results"
    )


def test_a_section_runs_and_the_cursor_goes_on(tab: Tab) -> None:
    page = start(tab, "sections.py", SCRIPT).page
    tab.go_to_line(4)
    page.keyboard.press("Control+Shift+Alt+Enter")
    expect(tab.output(5)).to_have_text("1")
    expect_ran(tab, 5)
    expect(tab.status).to_contain_text("Ln 4, Col 1")
    page.keyboard.press("Shift+Alt+Enter")
    expect(tab.status).to_contain_text("Ln 7, Col 1")
    # Nothing to run in Markdown: on to the next.
    page.keyboard.press("Shift+Alt+Enter")
    expect(tab.status).to_contain_text("Ln 10, Col 1")
    page.keyboard.press("Shift+Alt+Enter")
    expect(tab.output(12)).to_have_text("2")
    expect(tab.status).to_contain_text("Ln 13, Col 1")
    expect_ran(tab, 5, 11, 12)


def test_sections_above_and_below_run_and_what_follows_the_cursor(tab: Tab) -> None:
    page = start(tab, "around.py", SCRIPT).page

    def run(command: str) -> None:
        open_palette(tab)
        page.keyboard.type(command)
        page.keyboard.press("Enter")

    tab.go_to_line(12)
    run("run sections above")
    expect(tab.output(5)).to_have_text("1")
    expect_ran(tab, 1, 5)
    run("run from here to the end")
    expect(tab.output(14)).to_have_text("33")
    expect_ran(tab, 1, 5, 12, 14)
    run("run section and all below")
    expect(tab.output(11)).to_have_text("22")
    expect_ran(tab, 1, 5, 11, 12, 14)
    expect(tab.status).to_contain_text("Ln 12, Col 1")


def test_what_stands_above_the_first_section_line_is_a_section(tab: Tab) -> None:
    page = start(tab, "top.py", SCRIPT).page
    page.keyboard.press("Shift+Alt+Enter")
    expect(tab.output(1)).to_have_text("7")
    expect(tab.status).to_contain_text("Ln 3, Col 1")
    expect_ran(tab, 1)


def test_the_cursor_goes_from_section_to_section(tab: Tab) -> None:
    page = start(tab, "goto-section.py", SCRIPT).page
    for key, line in (
        ("Control+Alt+PageDown", 3),
        ("Control+Alt+PageDown", 7),
        ("ArrowDown", 8),
        ("Control+Alt+PageUp", 7),
        ("Control+Alt+PageUp", 3),
        ("Control+Alt+PageUp", 1),
    ):
        page.keyboard.press(key)
        expect(tab.status).to_contain_text(f"Ln {line}, Col")


def test_a_section_line_has_a_rule_and_its_title_stands_out(tab: Tab) -> None:
    page = start(tab, "rule.py", 'x = """\n# %% no\n"""\n' + SCRIPT).page
    expect(page.locator(".cm-line.rdit-section")).to_have_count(4)
    expect(page.locator(".rdit-section-title")).to_have_text(["One", "Two", "Deeper"])
    lines = page.locator(".cm-line").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert len(set(lines)) == 1


def test_a_section_folds_with_what_is_deeper(tab: Tab) -> None:
    page = start(tab, "fold-section.py", SCRIPT).page
    tab.go_to_line(10)
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Shift+BracketLeft")
    expect(page.locator(".cm-foldPlaceholder")).to_have_count(1)
    assert tab.text().endswith("# %% Two⋯\n")
    page.keyboard.press("Control+Shift+BracketRight")
    assert tab.text() == SCRIPT
