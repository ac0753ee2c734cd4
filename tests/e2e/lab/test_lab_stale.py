"""What is stale is marked in JupyterLab as on the page, and the same commands run it."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = "xs = [1]\nn = len(xs)\nn\n'apart' * 2\n"


def test_what_is_stale_is_marked_and_runs(lab: Lab) -> None:
    lab.open("stale.py", SCRIPT)
    lab.execute("rdit:run-all")
    expect(lab.output(4)).to_have_text("'apartapart'")
    expect(lab.output(3)).to_have_text("1")
    stale = lab.document.locator('.rdit-result[data-stale="true"]')
    lab.press("Control+Home")
    lab.press("End")
    lab.press("ArrowLeft")
    lab.page.keyboard.type(", 2")
    reason = "Line 2, which binds `n`, is stale: line 1, which binds `xs`, was edited since it ran"
    expect(lab.result(3)).to_have_attribute("title", reason)
    expect(stale).to_have_count(1)
    lab.press("Control+z")
    expect(stale).to_have_count(0)
    lab.press("Control+Shift+z")
    expect(stale).to_have_count(1)
    count = lab.document.locator(".rdit-stale-count")
    expect(count).to_have_text("3 stale")
    count.click()
    expect(lab.output(3)).to_have_text("2")
    expect(stale).to_have_count(0)
    expect(count).to_be_hidden()
    # What runs again makes its readers stale, and the command runs them.
    lab.press("Control+Home")
    lab.execute("rdit:run-and-stay")
    expect(count).to_have_text("2 stale")
    lab.execute("rdit:run-stale")
    expect(stale).to_have_count(0)


def test_each_of_two_scripts_keeps_its_marks(lab: Lab) -> None:
    lab.open("first.py", SCRIPT)
    lab.execute("rdit:run-all")
    expect(lab.output(3)).to_have_text("1")
    stale = lab.document.locator('.rdit-result[data-stale="true"]')
    count = lab.document.locator(".rdit-stale-count")
    lab.press("Control+Home", "End", "ArrowLeft")
    lab.page.keyboard.type(", 2")
    edited = "Line 2, which binds `n`, is stale: line 1, which binds `xs`, was edited since it ran"
    expect(lab.result(3)).to_have_attribute("title", edited)
    expect(count).to_have_text("3 stale")

    # Another one, over it: its own marks, of its own kernel.
    lab.server.write("second.py", "ys = [1]\nprint(ys)\n")
    lab.show("second.py")
    lab.wait_open("second.py")
    expect(stale).to_have_count(0)
    lab.execute("rdit:run-all")
    expect(lab.output(2)).to_have_text("[1]")
    expect(stale).to_have_count(0)
    lab.press("Control+Home")
    lab.execute("rdit:run-and-stay")
    again = "`ys` was bound again on line 1"
    expect(lab.result(2)).to_have_attribute("title", again)
    expect(count).to_have_text("1 stale")

    lab.show("first.py")
    lab.wait_open("first.py")
    expect(lab.result(3)).to_have_attribute("title", edited)
    expect(stale).to_have_count(1)
    expect(count).to_have_text("3 stale")
    lab.execute("rdit:run-stale")
    expect(lab.output(3)).to_have_text("2")
    expect(stale).to_have_count(0)
    expect(count).to_be_hidden()

    lab.show("second.py")
    lab.wait_open("second.py")
    expect(lab.result(2)).to_have_attribute("title", again)
    expect(count).to_have_text("1 stale")
