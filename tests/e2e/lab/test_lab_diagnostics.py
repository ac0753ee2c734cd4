"""What is found as one types, and the format, in JupyterLab."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def found(lab: Lab) -> Any:
    return lab.document.locator(".cm-lintRange")


def test_errors_are_found_and_mended_in_the_editor_of_jupyterlab(lab: Lab) -> None:
    lab.open("found.py", "import os\nprint(nothing)\n")
    expect(found(lab)).to_have_text(["os", "nothing"])
    found(lab).last.hover()
    tooltip = lab.page.locator(".cm-tooltip-lint")
    expect(tooltip).to_contain_text("Undefined name `nothing`")
    lab.focus()
    lab.press("Control+Home", "Alt+F8")
    expect(tooltip).to_contain_text("`os` imported but unused")
    tooltip.get_by_role("button", name="Remove unused import").click()
    expect(found(lab)).to_have_text(["nothing"])
    assert lab.text() == "print(nothing)\n"


def test_a_script_is_formatted_by_the_command_and_results_stay(lab: Lab) -> None:
    lab.open("format.py", "x=[ 1,\n  2 ]\nx\n")
    lab.focus()
    lab.press("Control+Shift+Enter")
    expect(lab.output(3)).to_have_text("[1, 2]")
    lab.execute("rdit:format")
    expect(lab.document.locator(".cm-line").first).to_have_text("x = [1, 2]")
    expect(lab.output(2)).to_have_text("[1, 2]")
    expect(lab.document.locator('.rdit-result[data-stale="true"]')).to_have_count(0)
    lab.focus()
    lab.press("Control+z")
    expect(lab.document.locator(".cm-line").first).to_have_text("x=[ 1,")


def test_quick_fixes_are_a_menu_for_the_keyboard(lab: Lab) -> None:
    script = "def f():\n    unused = 1\n    import os\n"
    lab.open("menu.py", script)
    expect(found(lab)).to_have_count(2)
    lab.focus()
    lab.press("Control+Home", "ArrowDown")
    lab.execute("rdit:quick-fix")
    menu = lab.page.get_by_role("menu", name="Quick fixes")
    expect(menu.get_by_role("menuitem")).to_be_focused()
    expect(menu).to_contain_text("may change what it does")
    lab.press("Escape")
    expect(menu).to_have_count(0)
    assert lab.text() == script
    lab.execute("rdit:fix-all")
    expect(lab.document.locator(".cm-line", has_text="import")).to_have_count(0)
