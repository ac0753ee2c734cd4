"""What one does with a result: copy it, save it, from its menu and by commands."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from .axe import findings
from .conftest import Tab
from .test_palette import open_palette, option

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """\
import pandas as pd

pd.DataFrame({"a": [1, 2]})


class Plot:
    def _repr_svg_(self):
        return '<svg width="60" height="40"><circle cx="20" cy="20" r="15" fill="red"/></svg>'


Plot()
print("\\x1b[31mred\\x1b[0m text")
1 / 0
"""
# What is on the clipboard, by its types; of an image its size.
READ = """async () => {
    const [item] = await navigator.clipboard.read();
    const found = {};
    for (const type of item.types) {
        const blob = await item.getType(type);
        if (type !== 'image/png') { found[type] = await blob.text(); continue; }
        const bitmap = await createImageBitmap(blob);
        found[type] = [bitmap.width, bitmap.height];
    }
    return found;
}"""


@pytest.fixture
def results(tab: Tab) -> Tab:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.open("taken.py", SCRIPT)
    tab.page.keyboard.press("Control+Shift+Enter")
    expect(tab.result(13)).to_contain_text("ZeroDivisionError")
    expect(tab.result(3).locator("td").first).to_have_text("1")
    return tab


def choose(tab: Tab, line: int, label: str) -> None:
    result = tab.result(line)
    result.hover()
    result.get_by_role("button", name="More").click()
    tab.page.get_by_role("menu").get_by_role("menuitem", name=label).click()
    expect(tab.page.get_by_role("menu")).to_have_count(0)


def copied(tab: Tab, line: int, label: str) -> dict[str, object]:
    tab.page.evaluate("navigator.clipboard.writeText('')")
    choose(tab, line, label)
    found: dict[str, object] = {}

    def is_there() -> bool:
        found.clear()
        found.update(tab.page.evaluate(READ))
        return found not in ({}, {"text/plain": ""})

    wait_for(is_there)
    return found


def test_a_result_is_copied(results: Tab) -> None:
    table = copied(results, 3, "Copy as text")
    assert table["text/plain"] == "   a\n0  1\n1  2"
    assert "<td>1</td>" in str(table["text/html"])
    assert copied(results, 12, "Copy as text") == {"text/plain": "red text"}
    error = str(copied(results, 13, "Copy as text")["text/plain"])
    assert error.startswith("Traceback (most recent call last):\n")
    assert error.endswith("ZeroDivisionError: division by zero")
    markdown = str(copied(results, 3, "Copy as Markdown")["text/plain"])
    assert markdown.split("\n")[0].replace(" ", "") == "||a|"
    assert copied(results, 11, "Copy as image") == {"image/png": [60, 40]}
    # What is no image is drawn as it stands there.
    width, height = copied(results, 3, "Copy as image")["image/png"]  # type: ignore[misc]
    assert width > 20
    assert height > 80


def test_a_result_is_saved(results: Tab) -> None:
    def saved(line: int, label: str) -> tuple[str, str]:
        with results.page.expect_download() as download:
            choose(results, line, label)
        return download.value.suggested_filename, Path(download.value.path()).read_text("utf-8")

    name, svg = saved(11, "Save as SVG")
    assert (name, svg[:4]) == ("taken-line-11.svg", "<svg")
    name, html = saved(3, "Save as HTML")
    assert name == "taken-line-3.html"
    assert "<td>1</td>" in html
    assert saved(12, "Save as text") == ("taken-line-12.txt", "red text")
    # Of the statement at the cursor, by the palette.
    results.page.locator(".cm-content").focus()
    results.page.keyboard.press("Control+Home")
    for _ in range(2):
        results.page.keyboard.press("ArrowDown")
    open_palette(results)
    results.page.keyboard.type("save result")
    with results.page.expect_download() as download:
        option(results, "save-result").click()
    assert download.value.suggested_filename == "taken-line-3.html"


def test_the_menu_and_the_copy_keys_work_from_the_keyboard(results: Tab) -> None:
    page = results.page
    result = results.result(12)
    result.focus()
    page.keyboard.press("Control+c")
    expect(page.locator(".rdit-toast").last).to_contain_text("Copied as text")
    assert page.evaluate("navigator.clipboard.readText()") == "red text"
    page.keyboard.press("Control+a")
    assert page.evaluate("getSelection().toString().trim()") == "red text"
    more = result.get_by_role("button", name="More")
    more.focus()
    page.keyboard.press("Enter")
    items = page.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "true")
    assert findings(page) == []
    page.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    page.keyboard.press("f")
    expect(items.filter(has_text="Fold")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(items.first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(result).to_have_attribute("data-folded", "true")


def test_text_is_copied_where_the_browser_gives_no_clipboard(results: Tab) -> None:
    page = results.page
    # As on a page without https.
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})"
    )
    choose(results, 12, "Copy as text")
    expect(page.locator(".rdit-toast").last).to_contain_text("Copied as text")
    page.evaluate("delete navigator.clipboard")
    assert page.evaluate("navigator.clipboard.readText()") == "red text"
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})"
    )
    choose(results, 11, "Copy as image")
    expect(page.locator(".rdit-toast").last).to_contain_text("save it instead")
