"""What is printed: the script with its results, also those in frames."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

from tests.support.waiting import wait_for

from .conftest import Tab
from .test_palette import open_palette, option

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """class Framed:
    def _repr_html_(self):
        box = "<div style='height: 300px'>made by a script</div>"
        return f"<script>document.write({box!r})</script>"


Framed()
for number in range(60):
    print(number)

Framed()
"""

# What stands on paper when the browser prints.
PRINTED = """() => [...document.querySelectorAll(".rdit-paper iframe")].map(frame => [
    frame.dataset.loaded === "true", frame.offsetHeight,
])"""


def printing(page: Page, act: Callable[[], object]) -> list[tuple[bool, int]]:
    """What is on paper when the page has been asked to print."""
    page.evaluate(
        f"() => {{ delete window.onPaper; window.print = () => {{ onPaper = ({PRINTED})(); }} }}"
    )
    act()
    page.wait_for_function("window.onPaper")
    return [(loaded, height) for loaded, height in page.evaluate("onPaper")]


def test_the_command_waits_for_frames(tab: Tab) -> None:
    tab.open("print.py", SCRIPT)
    page = tab.page
    page.keyboard.press("Control+Shift+Enter")
    expect(tab.result(8)).to_contain_text("59")
    tab.wait_for_state("idle")
    # The second frame is out of view, where the editor has no element for it.

    def choose() -> None:
        open_palette(tab)
        page.keyboard.type("Print")
        option(tab, "print").click()

    assert printing(page, choose) == [(True, 300), (True, 300)]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".rdit-paper")).to_have_count(0)

    # By the browser itself, which waits for none: a line says what stands there.
    page.emulate_media(media="print")
    said = page.evaluate(
        """async () => {
            dispatchEvent(new Event("beforeprint"));
            const found = () => document.querySelector(".rdit-paper :has(> .rdit-sandbox)");
            for (let turn = 0; turn < 1000 && !found(); turn++) await null;
            const frame = getComputedStyle(found().querySelector(".rdit-sandbox"));
            return [frame.display, getComputedStyle(found(), "::before").content];
        }"""
    )
    assert said[0] == "none"
    assert "interactive output" in said[1]
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def test_a_hidden_document_makes_no_paper(tab: Tab) -> None:
    tab.open("hidden.py", "print('x')\n")
    page = tab.page
    page.keyboard.press("Control+Shift+Enter")
    expect(tab.output(1)).to_have_text("x\n")
    paper = page.locator(".rdit-paper")

    def is_made() -> bool:
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        return bool(paper.count() == 1)

    wait_for(is_made, "what makes paper is loaded")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(paper).to_have_count(0)
    page.locator(".cm-editor").evaluate("dom => { dom.parentElement.style.display = 'none'; }")
    assert not is_made()
    page.locator(".cm-editor").evaluate("dom => { dom.parentElement.style.display = ''; }")
    assert is_made()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
