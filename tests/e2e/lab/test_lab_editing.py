"""What JupyterLab's editor does not have by itself: sections, folds by command, guides, clauses."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """# %% One
a = 1
a

# %% Two
def f():
    return a


f()
"""


def expect_cursor(lab: Lab, line: int) -> None:
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text(f"Ln {line},")


def test_sections_run_and_lead_on(lab: Lab) -> None:
    lab.open("sections.py", SCRIPT)
    expect(lab.document.locator(".rdit-section-title")).to_have_text(["One", "Two"])
    lab.press("Shift+Alt+Enter")
    expect(lab.output(3)).to_have_text("1")
    expect_cursor(lab, 5)
    expect(lab.result(10)).to_have_count(0)
    lab.execute("rdit:run-section")
    expect(lab.output(10)).to_have_text("1")
    lab.press("Control+Alt+PageUp")
    expect_cursor(lab, 1)


def test_code_folds_by_command(lab: Lab) -> None:
    lab.open("folds.py", SCRIPT)
    folds = lab.document.locator(".cm-foldPlaceholder")
    lab.execute("rdit:fold-section")
    expect(folds).to_have_count(1)
    lab.execute("rdit:fold-all-code")
    expect(folds).to_have_count(2)
    lab.execute("rdit:unfold-all-code")
    expect(folds).to_have_count(0)


def test_lines_stand_where_they_belong(lab: Lab) -> None:
    lab.open("dedent.py", "")
    lab.page.keyboard.type("def f(x):\ntry:\nreturn x\nexcept E:\npass\n")
    lines = lab.document.locator(".cm-line")
    expect(lines).to_have_text(
        ["def f(x):", "    try:", "        return x", "    except E:", "        pass", "    "]
    )
    expect(lab.document.locator(".cm-line.cm-indent-markers")).to_have_count(5)


def test_the_table_of_contents_follows_the_cursor(lab: Lab) -> None:
    lab.open("follows.py", SCRIPT)
    lab.execute("rdit:outline")
    active = lab.page.locator(".jp-TableOfContents .jp-tocItem[selected]")
    lab.focus()
    lab.press("Control+End")
    expect(active).to_contain_text("f()")
    lab.press("Control+Home")
    expect(active).to_contain_text("One")
    lab.execute("filebrowser:activate")
