"""A script in a tab of JupyterLab, and what other programs do to its file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from .conftest import DOCUMENT, Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


@pytest.fixture
def looking(lab: Lab) -> Iterator[Lab]:
    """It looks at the file whenever its window gets the focus, as well as every five seconds."""
    often = "window.looking = setInterval(() => window.dispatchEvent(new Event('focus')), 250)"
    lab.page.evaluate(often)
    yield lab
    lab.page.evaluate("clearInterval(window.looking)")


def test_a_file_that_another_program_empties_is_empty_in_the_open_tab(lab: Lab) -> None:
    path = Path(lab.server.root) / "emptied.py"
    lab.open("emptied.py", "x = 1\n")
    path.write_text("")
    lab.page.wait_for_function("jupyterapp.shell.currentWidget.context.model.toString() === ''")
    path.write_text("y = 2\n")
    expect(lab.document.locator(".cm-content")).to_contain_text("y = 2")
    expect(lab.page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)


def test_line_ends_of_a_file_that_is_loaded_again_are_kept(looking: Lab) -> None:
    lab = looking
    path = Path(lab.server.root) / "ends.py"
    path.write_bytes(b"x = 1\r\n6 * 7\r\n")
    lab.open("ends.py")
    lab.press("Control+End", "ArrowUp", "Control+Enter")
    expect(lab.output(2)).to_have_text("42")
    path.write_bytes(b"x = 2\r\ny = 3\r\n6 * 7\r\n")
    expect(lab.document.locator(".cm-content")).to_contain_text("y = 3")
    expect(lab.output(3)).to_have_text("42")
    expect(lab.page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    lab.focus()
    lab.press("Control+Home")
    lab.page.keyboard.type("# mine\n")
    lab.press("Control+s")
    wait_for(
        lambda: path.read_bytes() == b"# mine\r\nx = 2\r\ny = 3\r\n6 * 7\r\n",
        "it is saved with the ends that it had",
    )


def test_a_change_on_disk_reaches_both_views_of_a_script_line_by_line(lab: Lab) -> None:
    path = Path(lab.server.root) / "both.py"
    lab.open("both.py", "x = 1\n6 * 7\n")
    lab.press("Control+End", "ArrowUp", "Control+Enter")
    expect(lab.output(2)).to_have_text("42")
    lab.execute("docmanager:clone", options={"mode": "split-right"})
    views = lab.page.locator(DOCUMENT)
    expect(views).to_have_count(2)
    results = [view.locator('.rdit-result[data-line-start="2"]') for view in views.all()]
    for result in results:
        expect(result).to_contain_text("42")
    # Both look when the window gets the focus: the first one's reload must not be the other's.
    for n in range(3):
        path.write_text(f"x = 'new {n}'\n6 * 7\n")
        lab.page.evaluate("for (const _ of [1, 2]) window.dispatchEvent(new Event('focus'))")
        for view, result in zip(views.all(), results, strict=True):
            expect(view.locator(".cm-content")).to_contain_text(f"new {n}")
            expect(result).to_contain_text("42")


def test_a_file_that_is_deleted_is_said_once_and_its_text_can_be_saved(looking: Lab) -> None:
    lab = looking
    path = Path(lab.server.root) / "deleted.py"
    lab.open("deleted.py", "x = 1\n")
    path.unlink()
    toast = lab.page.locator(".Toastify__toast", has_text="deleted.py was moved or deleted")
    expect(toast).to_have_count(1)
    dirty = lab.page.locator(".lm-TabBar-tab.jp-mod-dirty")
    expect(dirty).to_have_count(1)
    # It comes back as it was, and then is missing again.
    path.write_text("x = 1\n")
    expect(dirty).to_have_count(0)
    path.unlink()
    expect(dirty).to_have_count(1)
    lab.focus()
    lab.press("Control+s")
    expect(dirty).to_have_count(0)
    assert path.read_text() == "x = 1\n"


def test_a_script_renamed_in_the_file_browser_is_followed_under_its_new_name(looking: Lab) -> None:
    lab = looking
    root = Path(lab.server.root)
    lab.open("followed_before.py", "x = 1\n")
    lab.page.evaluate(
        "jupyterapp.serviceManager.contents.rename('followed_before.py', 'followed_after.py')"
    )
    lab.page.wait_for_selector(f'{DOCUMENT}[data-path="followed_after.py"]')
    (root / "followed_after.py").write_text("x = 'renamed'\n")
    expect(lab.document.locator(".cm-content")).to_contain_text("renamed")
    expect(lab.page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    expect(lab.page.locator(".Toastify__toast", has_text="moved or deleted")).to_have_count(0)


def test_a_read_only_script_is_loaded_again_and_stays_read_only(looking: Lab) -> None:
    lab = looking
    path = Path(lab.server.root) / "frozen.py"
    path.write_text("x = 1\n")
    path.chmod(0o444)
    lab.open("frozen.py")
    path.chmod(0o644)
    path.write_text("x = 'thawed'\n")
    path.chmod(0o444)
    expect(lab.document.locator(".cm-content")).to_contain_text("thawed")
    expect(lab.page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    path.chmod(0o644)


def test_a_file_that_is_no_text_any_more_is_said_once(lab: Lab) -> None:
    path = Path(lab.server.root) / "binary.py"
    lab.open("binary.py", "x = 1\n")
    path.write_bytes(b"\xff\xfe\x00\x01")
    lab.page.wait_for_selector(".jp-Dialog")
    lab.press("Escape")
    expect(lab.page.locator(".jp-Dialog")).to_have_count(0)
    looks = lab.page.evaluate_handle(
        """() => {
          const { contents } = jupyterapp.serviceManager;
          const get = contents.get;
          const looks = { number: 0, end: () => { contents.get = get; } };
          contents.get = async (path, options) => {
            const file = await get.call(contents, path, options);
            if (path === "binary.py") looks.number += 1;
            return file;
          };
          return looks;
        }"""
    )
    for number in (1, 2):
        lab.page.evaluate("window.dispatchEvent(new Event('focus'))")
        lab.page.wait_for_function("([looks, n]) => looks.number >= n", arg=[looks, number])
    expect(lab.page.locator(".jp-Dialog")).to_have_count(0)
    path.write_text("x = 'text'\n")
    expect(lab.document.locator(".cm-content")).to_contain_text("text")
    looks.evaluate("looks => looks.end()")
