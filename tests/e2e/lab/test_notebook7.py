"""Notebook 7 has the same extensions as JupyterLab, and one document a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("notebook")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from .conftest import Lab
from .test_lab_find import count, search, search_results

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def test_notebook_7_opens_runs_and_restarts_a_script(new_lab: Callable[..., Lab]) -> None:
    lab = new_lab()
    lab.server.write("in notebook.py", "x = 6\nx * 7\n'x' in globals()\n")
    lab.go("edit/in%20notebook.py?factory=rdit")
    lab.wait_open("in notebook.py")
    lab.press("Shift+Enter", "Shift+Enter")
    expect(lab.output(2)).to_have_text("42")
    # Its page for text files has no Kernel menu; ours has the toolbar.
    lab.button("restart").click()
    lab.accept()
    expect(lab.page.locator(".jp-Dialog")).to_have_count(0)
    lab.focus()

    def is_new() -> bool:
        lab.press("Control+Enter")
        lab.wait_for_state("idle")
        return lab.output(3).all_text_contents() == ["False"]

    wait_for(is_new, "the kernel is a new one")
    lab.page.reload()
    lab.wait_open("in notebook.py")
    expect(lab.output(2)).to_have_text("42")


def test_its_search_bar_looks_in_results(new_lab: Callable[..., Lab]) -> None:
    lab = new_lab()
    lab.server.write("found.py", "print(6 * 7)\n")
    lab.go("edit/found.py?factory=rdit")
    lab.wait_open("found.py")
    lab.press("Shift+Enter")
    expect(lab.output(1)).to_have_text("42")
    search(lab, "42")
    expect(count(lab)).to_have_text("-/-")
    search_results(lab)
    expect(count(lab)).to_have_text("1/1")


def test_its_file_list_leads_to_rdit(new_lab: Callable[..., Lab]) -> None:
    lab = new_lab()
    lab.server.write("listed.py", "2 + 2\n")
    lab.go("tree")
    lab.page.locator(".jp-DirListing-item", has_text="listed.py").click(button="right")
    with lab.page.context.expect_page() as opened:
        lab.page.locator(".lm-Menu-itemLabel", has_text="Open with rdit").click()
    there = Lab(opened.value, lab.server)
    there.wait_open("listed.py")
    there.press("Shift+Enter")
    expect(there.output(1).first).to_have_text("4")
