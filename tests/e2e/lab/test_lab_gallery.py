"""The gallery of results in JupyterLab, whose own renderers show what they can."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api")

from ..test_gallery import GALLERY, leaves, walk
from .conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


@pytest.mark.timeout(300)
def test_each_statement_of_the_gallery_shows_what_it_should(lab: Lab) -> None:
    lab.page.set_viewport_size({"width": 1400, "height": 900})
    asked: list[str] = []
    lab.page.context.on("request", lambda request: asked.append(request.url))
    lab.open("gallery.py", GALLERY)
    lab.press("Control+Shift+Enter")
    lab.wait_running()
    lab.wait_for_state("idle")

    def go_to(line: int) -> None:
        lab.page.evaluate(
            """line => {
              const { editor } = jupyterapp.shell.currentWidget.content;
              editor.setCursorPosition({ line: line - 1, column: 0 });
              editor.focus();
            }""",
            line,
        )

    walk(lab, go_to, in_lab=True)
    assert [url for url in asked if leaves(url)] == []
    # ipywidgets says so of the widget that no kernel has.
    lab.complaints[:] = [said for said in lab.complaints if "widget model not found" not in said]
